import type { Snapshot } from "../snapshot/snapshot.ts";
import { fitAnswer } from "./budget.ts";
import { toCsvLine } from "./csv.ts";
import { describeFinding, type Finding } from "./findings/finding.ts";
import type { Fold } from "./fold.ts";
import { sumBacklinks } from "./fold-sums.ts";
import { type HeaderFacts, type HeaderOptions, toHeaderFacts } from "./header-facts.ts";
import { type NextStep, type Surface, suggestNext } from "./next-steps.ts";
import { renderHeader } from "./render-header.ts";
import { renderNext } from "./render-text.ts";
import { NO_SECTIONS, renderSections, rollUpSections, type Sections } from "./sections.ts";
import { factsOf, foldsOf } from "./snapshot-folds.ts";
import { type Cell, DISPENSABLE, type Table, toTable } from "./table.ts";
import { estimateTokens } from "./tokens.ts";

/** What did not fit. Nothing of it is lost: the snapshot's CSV holds every fetched page. */
export interface LeftOut {
  /** Folds without a row. */
  rowsLeftOut: number;
  columnsLeftOut: string[];
  findingsLeftOut: number;
}

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

export interface AnswerOptions extends HeaderOptions {
  /** How large the answer may get, in tokens; rows are left out to fit, and counted. */
  maxTokens: number;
  /** Where the answer is read, which decides what can be called next. */
  surface: Surface;
}

/** What the sentences about left-out rows and columns may add to the frame once they are known. */
const FRAME_SLACK = 30;

/**
 * Condenses a snapshot. Pure: the same snapshot and options give the same answer.
 * A snapshot without pages gives an answer without rows that says so.
 */
export function buildAnswer(snapshot: Snapshot, options: AnswerOptions): Answer {
  const folds = foldsOf(snapshot);
  const frame = buildFrame(snapshot, folds, options);
  const tokens = options.maxTokens - FRAME_SLACK - estimateTokens(renderHeader(frame) + renderNext(frame));
  const findings = factsOf(snapshot);
  const sections = rollUpSections(folds, frame.target);
  const tables = toTables(folds, frame.target);
  const granted = fitAnswer({
    tokens,
    rowCount: folds.length,
    columnChoices: tables.length,
    rowCost: (choice, row) => tables[choice]?.cost(row) ?? 0,
    findingCosts: findings.map((finding) => estimateTokens(describeFinding(finding)) + 2),
    sectionsCost: estimateTokens(renderSections(sections)),
  });
  const table = tables[granted.columns];
  const rows = Array.from({ length: granted.rows }, (_, index) => table?.row(index) ?? []);
  const left = {
    rowsLeftOut: folds.length - rows.length,
    columnsLeftOut: DISPENSABLE.slice(0, granted.columns).filter((name) => tables[0]?.columns.includes(name)),
    findingsLeftOut: findings.length - granted.findings,
  };
  return {
    ...frame,
    ...left,
    backlinksShown: sumBacklinks(folds.slice(0, rows.length)).links ?? 0,
    columns: rows.length === 0 ? [] : (table?.columns ?? []),
    rows,
    findings: withoutUrlsOf(new Set(rows.map((row) => String(row[0]))), findings.slice(0, granted.findings)),
    sections: granted.sections ? sections : NO_SECTIONS,
    next: suggestNext({
      snapshot,
      coverage: frame.coverage,
      rowsShown: rows.length,
      leftOut: { rows: left.rowsLeftOut, columns: left.columnsLeftOut, findings: left.findingsLeftOut },
      surface: options.surface,
    }),
  };
}

/** Everything but the rows and findings, worded as if all of them were left out: the longest the frame can get. */
function buildFrame(snapshot: Snapshot, folds: readonly Fold[], options: AnswerOptions): Answer {
  const facts = toHeaderFacts(snapshot, folds.length, options);
  return {
    ...facts,
    backlinksShown: sumBacklinks(folds).links ?? 0,
    rowsLeftOut: folds.length,
    columnsLeftOut: [],
    findingsLeftOut: 0,
    columns: [],
    rows: [],
    findings: [],
    sections: NO_SECTIONS,
    next: suggestNext({
      snapshot,
      coverage: facts.coverage,
      rowsShown: folds.length,
      leftOut: { rows: folds.length, columns: [], findings: 0 },
      surface: options.surface,
    }),
  };
}

/** The table with all columns, then with ever fewer; rows and what they cost are made once, when asked for. */
function toTables(folds: readonly Fold[], target: string): (Table & { cost: (row: number) => number })[] {
  return [0, ...DISPENSABLE.keys()].map((_, choice) => {
    const table = toTable(folds, target, DISPENSABLE.slice(0, choice));
    const made = new Map<number, { row: Cell[]; cost: number }>();
    const make = (index: number) => {
      const known = made.get(index);
      if (known !== undefined) return known;
      const row = table.row(index);
      const fresh = { row, cost: estimateTokens(toCsvLine(table.columns, row)) + 1 };
      made.set(index, fresh);
      return fresh;
    };
    return { columns: table.columns, row: (index) => make(index).row, cost: (index) => make(index).cost };
  });
}

/** A page with a row of its own has its URL there. */
function withoutUrlsOf(handles: ReadonlySet<string>, findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({
    ...finding,
    top: finding.top.map((each) => (handles.has(each.handle) ? { ...each, url: null } : each)),
  }));
}
