import type { NextStep } from "../../lists/calls.ts";
import { type Cell, toCsv } from "../../lists/cells.ts";
import { describeNotFetched, toNotFetched } from "../../lists/coverage.ts";
import type { Told } from "../../lists/endpoint.ts";
import { describeFilters, describeSnapshot, describeSource, toMoney } from "../../lists/header.ts";
import { countOf, formatCount } from "../../lists/text.ts";
import { BODY_DEFAULTS } from "../body.ts";
import { DOMAIN_PAGES } from "../domain-pages.ts";
import { describeEvidence, describeFinding, type Finding, needsNote, SHARE_NOTE } from "../findings/finding.ts";
import type { HeaderFacts } from "./header-facts.ts";
import { renderSections, type Sections, withNamedSections } from "./sections.ts";

/**
 * What a snapshot is condensed to. Both renderings, text and structured, are made from this one model
 * and state the same facts.
 */
export interface Answer extends HeaderFacts, LeftOut {
  /** Backlinks in the rows shown. */
  backlinksShown: number;
  columns: string[];
  rows: Cell[][];
  findings: Finding[];
  /** Pages, backlinks and dead pages by subdomain and first path segment; no rows where it would say nothing. */
  sections: Sections;
  next: NextStep[];
}

/** What did not fit. Nothing of it is lost: the snapshot's CSV holds every fetched page. */
export interface LeftOut {
  /** Folds without a row. */
  rowsLeftOut: number;
  columnsLeftOut: string[];
  /** What texts in the rows were cut to so that a few rows fit; null where they have their usual length. */
  textsCutTo: number | null;
  /** Each by its name and how many it is of: `redirects 12`. */
  findingsLeftOut: string[];
}

const { words: WORDS } = DOMAIN_PAGES;

/** The lines above the table: what was asked, what came, what it cost, and how much of the whole it is. */
export function renderHeader(answer: Answer): string {
  const lines = [
    ...describeSource(answer.source),
    `${answer.target}: ${describeSize(answer)}; ${describeView(answer)}`,
    ...describeFilters(answer),
    `snapshot ${answer.snapshotId} ${describeSnapshot(answer, WORDS)}`,
    ...(answer.itemsFetched > 0 ? [`coverage: ${describeCoverage(answer)}`] : []),
    ...answer.notes.map((note) => `note: ${note}`),
  ];
  return lines.join("\n");
}

function describeSize({ itemsFetched, itemsTotal, folds, rowsLeftOut }: Answer): string {
  if (itemsFetched === 0) {
    return itemsTotal === null || itemsTotal === 0
      ? "no pages found"
      : `no pages here, of ${countOf(itemsTotal, "URL")} in all`;
  }
  const total = itemsTotal === null ? "an unknown number of" : formatCount(itemsTotal);
  const shown = rowsLeftOut > 0 ? `, ${formatCount(folds - rowsLeftOut)} shown` : "";
  return `${formatCount(itemsFetched)} of ${total} URL${itemsTotal === 1 ? "" : "s"} fetched${describeFolding(itemsFetched, folds)}${shown}`;
}

/** `, 80 pages after folding`: what comes from the upstream is counted as URLs, and what has a row as pages. */
export const describeFolding = (urls: number, folds: number): string =>
  folds < urls ? `, ${countOf(folds, "page")} after folding` : "";

/** Order, and which backlinks count. */
export function describeView(answer: HeaderFacts): string {
  const order =
    answer.orderBy.length === 0 ? "by rank" : `by ${answer.orderBy.map((rule) => rule.replace(",", " ")).join(", ")}`;
  const parts = [
    answer.rankScale === "one_hundred" ? `${order} (rank 0-100)` : order,
    ...(answer.coverage.itemsSkipped > 0 ? [`from offset ${formatCount(answer.coverage.itemsSkipped)}`] : []),
    `${answer.statusType} backlinks, subdomains ${answer.includeSubdomains ? "included" : "left out"}`,
    ...(answer.excludeInternal ? [] : ["internal links counted"]),
  ];
  return parts.join("; ");
}

/** How much of what was fetched the rows hold, and what bounds the pages that were not. */
export function describeCoverage({
  coverage,
  backlinksShown,
  ...answer
}: LeftOut & Pick<Answer, "coverage" | "backlinksShown">): string {
  const fetched = coverage.backlinksFetched;
  const held =
    answer.rowsLeftOut === 0 || backlinksShown === fetched
      ? `the rows hold all ${formatCount(fetched)} backlinks fetched`
      : `the rows hold ${formatCount(backlinksShown)} of ${formatCount(fetched)} backlinks fetched (${Math.floor((100 * backlinksShown) / fetched)}%)`;
  const unknown =
    coverage.pagesWithoutCount === 0 ? "" : ` (${countOf(coverage.pagesWithoutCount, "URL")} without a count)`;
  return [held + unknown, ...describeLeftOut(answer), ...describeNotFetched(coverage, WORDS)].join("; ");
}

function describeLeftOut({ rowsLeftOut, columnsLeftOut, textsCutTo, findingsLeftOut }: LeftOut): string[] {
  const parts = [
    ...(rowsLeftOut === 0 ? [] : [countOf(rowsLeftOut, "more row")]),
    ...(columnsLeftOut.length === 0 ? [] : [`the columns ${columnsLeftOut.join(", ")}`]),
    ...(findingsLeftOut.length === 0
      ? []
      : [`${countOf(findingsLeftOut.length, "more finding")} (${findingsLeftOut.join(", ")})`]),
  ];
  return [
    ...(parts.length === 0 ? [] : [`${parts.join(", ")} left out`]),
    ...(textsCutTo === null ? [] : [`texts cut to ${textsCutTo} characters to fit`]),
  ];
}

/** The answer as text: header, coverage, one CSV line per row, findings, sections, next calls. No newline at its end. */
export function renderText(answer: Answer): string {
  const blocks = [
    renderHeader(answer),
    renderTable(answer),
    renderFindings(answer),
    renderSections(answer.sections),
    renderNext(answer),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

/** The answer in every form in which it is told. */
export const tellAnswer = (answer: Answer): Told => ({
  text: () => renderText(answer),
  structured: () => renderStructured(answer),
  blocks: () => [
    renderHeader(answer),
    { title: "", columns: answer.columns, rows: answer.rows },
    renderFindings(answer),
    { title: "sections", ...withNamedSections(answer.sections) },
    renderNext(answer),
  ],
});

function renderTable({ columns, rows }: Answer): string {
  if (rows.length === 0) return "";
  return toCsv(columns, rows);
}

/** The block of findings; empty when there are none. */
export function renderFindings({ findings }: Answer): string {
  if (findings.length === 0) return "";
  const head = needsNote(findings) ? `findings (${SHARE_NOTE})` : "findings";
  return [head, ...findings.map(describeFinding)].join("\n");
}

/** The calls that make sense next, one a line; empty when there are none. */
export function renderNext({ next }: Answer): string {
  return next.map(({ cost, call, gain }) => `next, ${cost}: ${call} (${gain})`).join("\n");
}

/**
 * The answer as data: the same facts as the text, in columns and rows. Keys are left out where they would say
 * nothing: no filters, no notes, the whole list fetched.
 */
export function renderStructured(answer: Answer): Record<string, unknown> {
  return dropEmpty({
    target: answer.target,
    snapshot_id: answer.snapshotId,
    source: answer.source,
    fetched_at: answer.fetchedAt === null ? null : new Date(answer.fetchedAt).toISOString(),
    ...toMoney(answer),
    pages_last_crawled: answer.crawled ?? undefined,
    upstream_cost_usd: answer.upstreamCostUsd ?? undefined,
    urls_fetched: answer.itemsFetched,
    urls_total: answer.itemsTotal,
    pages_after_folding: answer.folds,
    order_by: answer.orderBy.length === 0 ? "rank" : answer.orderBy.join("; "),
    rank_scale: answer.rankScale === BODY_DEFAULTS.rank_scale ? undefined : answer.rankScale,
    backlinks_status_type: answer.statusType,
    include_subdomains: answer.includeSubdomains,
    exclude_internal_backlinks: answer.excludeInternal ? undefined : false,
    filters: answer.filters ?? undefined,
    backlinks_filters: answer.backlinksFilters ?? undefined,
    coverage: toCoverage(answer),
    columns: answer.columns,
    rows: answer.rows,
    findings_note: needsNote(answer.findings) ? SHARE_NOTE : undefined,
    findings: answer.findings.map(toFindingFacts),
    sections: answer.sections.rows.length === 0 ? undefined : answer.sections,
    notes: answer.notes.length === 0 ? undefined : answer.notes,
    next: answer.next.map(({ cost, call, gain }) => `${cost}: ${call} (${gain})`),
  });
}

/** One finding as data. */
export const toFindingFacts = ({ rule, pages, unit, backlinks, top }: Finding): Record<string, unknown> => ({
  rule,
  pages,
  ...(unit === "URL" && { counts: "URLs" }),
  backlinks,
  top: top.map(describeEvidence),
});

function toCoverage({ coverage, ...answer }: Answer): Record<string, unknown> {
  return dropEmpty({
    backlinks_fetched: coverage.backlinksFetched,
    backlinks_shown: answer.backlinksShown,
    urls_without_count: coverage.pagesWithoutCount || undefined,
    urls_skipped: coverage.itemsSkipped || undefined,
    ...toNotFetched(coverage, WORDS),
    rows_left_out: answer.rowsLeftOut || undefined,
    columns_left_out: answer.columnsLeftOut.length === 0 ? undefined : answer.columnsLeftOut,
    texts_cut_to: answer.textsCutTo ?? undefined,
    findings_left_out: answer.findingsLeftOut.length === 0 ? undefined : answer.findingsLeftOut,
  });
}

function dropEmpty(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
