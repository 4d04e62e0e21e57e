import type { WireFilter } from "../filters/filter.ts";
import { type RequestBody, toRequestBody, withDefaults } from "../request/request.ts";
import type { Charge, Snapshot, Source } from "../snapshot/snapshot.ts";
import { countOf } from "../text.ts";
import { type Coverage, measureCoverage } from "./coverage.ts";
import { toCsvLine } from "./csv.ts";
import { type Finding, findFacts } from "./findings.ts";
import { type Fold, foldPages } from "./fold.ts";
import { type NextStep, type Surface, suggestNext } from "./next-steps.ts";
import { type Cell, toTable } from "./table.ts";
import { estimateTokens } from "./tokens.ts";

/**
 * What a snapshot is condensed to. Both renderings, text and structured, are made from this one model
 * and state the same facts.
 */
export interface Answer {
  target: string;
  snapshotId: string;
  source: Source;
  fetchedAt: number | null;
  charge: Charge;
  upstreamCostUsd: number | null;
  pagesFetched: number;
  pagesTotal: number | null;
  folds: number;
  /** Sorting in force, in the upstream's form; empty for its default. */
  orderBy: string[];
  statusType: string;
  includeSubdomains: boolean;
  excludeInternal: boolean;
  rankScale: string;
  filters: WireFilter | null;
  backlinksFilters: WireFilter | null;
  coverage: Coverage;
  /** Backlinks in the rows shown. */
  backlinksShown: number;
  /** Folds left out to keep the answer small. */
  rowsLeftOut: number;
  columns: string[];
  rows: Cell[][];
  findings: Finding[];
  notes: string[];
  next: NextStep[];
}

export interface AnswerOptions {
  /** How large the answer may get, in tokens; rows are left out to fit, and counted. */
  maxTokens: number;
  /** Where the answer is read, which decides what can be called next. */
  surface: Surface;
  /** What the request parser read differently, and other things the reader must know. */
  notes?: readonly string[];
}

/**
 * What the answer around its rows comes to, measured on real answers: header, coverage, findings, next steps.
 * Notes, filters and the URLs in findings are not in it: they have no usual length.
 */
const FRAME_TOKENS = 280;

/** However small the budget: an answer without a row answers nothing. */
const MIN_ROWS = 3;

/**
 * Condenses a snapshot. Pure: the same snapshot and options give the same answer.
 * A snapshot without pages gives an answer without rows that says so.
 */
export function buildAnswer(snapshot: Snapshot, options: AnswerOptions): Answer {
  const folds = foldPages(snapshot.pages);
  const request = withDefaults(snapshot.request);
  const body = toRequestBody(snapshot.request);
  const notes = [...(options.notes ?? []), ...noteOddFields(snapshot)];
  const findings = findFacts(folds, request.target);
  const frame = FRAME_TOKENS + estimateTokens(notes.join(" ")) + filterTokens(body) + urlTokens(findings);
  const shown = fitRows(folds, snapshot, options.maxTokens - frame);
  const rowsLeftOut = folds.length - shown.rows.length;
  const coverage = measureCoverage(snapshot);
  return {
    target: request.target,
    snapshotId: snapshot.id,
    source: snapshot.source,
    fetchedAt: snapshot.fetchedAt,
    charge: snapshot.charge,
    upstreamCostUsd: snapshot.upstreamCostUsd,
    pagesFetched: snapshot.pages.length,
    pagesTotal: snapshot.totalCount,
    folds: folds.length,
    orderBy: body.order_by ?? [],
    statusType: request.backlinks_status_type,
    includeSubdomains: request.include_subdomains,
    excludeInternal: request.exclude_internal_backlinks,
    rankScale: request.rank_scale,
    filters: body.filters ?? null,
    backlinksFilters: body.backlinks_filters ?? null,
    coverage,
    backlinksShown: folds.slice(0, shown.rows.length).reduce((sum, fold) => sum + (fold.backlinks ?? 0), 0),
    rowsLeftOut,
    columns: shown.columns,
    rows: shown.rows,
    findings: withoutUrlsOf(new Set(shown.rows.map((row) => String(row[0]))), findings),
    notes,
    next: suggestNext({ snapshot, coverage, rowsLeftOut, surface: options.surface }),
  };
}

/** At most: the URLs of pages that have a row are left out in the end. */
function urlTokens(findings: readonly Finding[]): number {
  const urls = findings.flatMap(({ top }) => top.map(({ url }) => url ?? ""));
  return urls.reduce((sum, url) => sum + estimateTokens(url), 0);
}

/** A page with a row of its own has its URL there. */
function withoutUrlsOf(handles: ReadonlySet<string>, findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({
    ...finding,
    top: finding.top.map((each) => (handles.has(each.handle) ? { ...each, url: null } : each)),
  }));
}

/** Filters stand in the header, and again in the call that fetches more. */
function filterTokens({ filters, backlinks_filters }: RequestBody): number {
  const written = [filters, backlinks_filters].filter((filter) => filter !== undefined);
  return 2 * written.reduce((sum, filter) => sum + estimateTokens(JSON.stringify(filter)), 0);
}

/** The longest head of the table that fits; columns are those of the whole list, so that rows never change form. */
function fitRows(folds: readonly Fold[], snapshot: Snapshot, maxTokens: number): { columns: string[]; rows: Cell[][] } {
  const { columns, rows } = toTable(folds, snapshot.request.target);
  let left = maxTokens;
  const fits = rows.findIndex((row, index) => {
    left -= estimateTokens(toCsvLine(columns, row)) + 1;
    return left < 0 && index >= MIN_ROWS;
  });
  return { columns, rows: fits < 0 ? rows : rows.slice(0, fits) };
}

function noteOddFields({ oddFields }: Snapshot): string[] {
  if (oddFields === 0) return [];
  return [
    `${countOf(oddFields, "field")} not in the documented form; read as unknown where no value could be made out`,
  ];
}
