import type { Surface } from "../../lists/calls.ts";
import { type Cell, cutTexts, SHORTER, toCsvLine } from "../../lists/cells.ts";
import { atWorst, estimateJsonTokens, estimateTokens } from "../../lists/tokens.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { factsOf, foldsOf } from "../findings/find-facts.ts";
import { describeFinding, type Finding, nameFinding, SHARE_NOTE } from "../findings/finding.ts";
import { type Fold, sumBacklinks } from "./fold.ts";
import { type HeaderOptions, toHeaderFacts } from "./header-facts.ts";
import { suggestNext } from "./next-steps.ts";
import { type Answer, renderHeader, renderNext, renderStructured, toFindingFacts } from "./render-answer.ts";
import { NO_SECTIONS, renderSections, rollUpSections } from "./sections.ts";
import { DISPENSABLE, type Table, toTable } from "./table.ts";

export interface AnswerOptions extends HeaderOptions {
  /** How large the answer may get, in tokens; rows are left out to fit, and counted. */
  maxTokens: number;
  /** Where the answer is read, which decides what can be called next. */
  surface: Surface;
}

/** A list this short is read whole; what is said of it is not to be longer than the list. */
const SHORT_LIST = 10;

/** What an answer about a short list gets of the tokens: 800 of the usual 1,500. */
const SHORT_SHARE = 800 / 1500;

/** What the sentences about left-out rows and columns may add to the frame once they are known. */
const FRAME_SLACK = 30;

/**
 * Condenses a snapshot. Pure: the same snapshot and options give the same answer.
 * A snapshot without pages gives an answer without rows that says so.
 */
export function buildAnswer(snapshot: PagesSnapshot, options: AnswerOptions): Answer {
  const folds = foldsOf(snapshot);
  const findings = factsOf(snapshot);
  const sections = rollUpSections(folds, snapshot.request.target);
  const frame = buildFrame(snapshot, folds, options);
  const isShort = snapshot.items.length <= SHORT_LIST;
  const price = isShort ? IN_EITHER_FORM : IN_TEXT;
  const tables = toTables(folds, frame.target, price.row);
  const wanted: Wanted = {
    tokens:
      options.maxTokens * (isShort ? SHORT_SHARE : 1) - FRAME_SLACK - price.frame(frame, tables[0]?.columns ?? []),
    rowCount: folds.length,
    columnChoices: tables.length,
    shorterFrom: DISPENSABLE.length + 1,
    rowCost: (choice, row) => tables[choice]?.cost(row) ?? 0,
    findingCosts: findings.map(price.finding),
    nameCosts: findings.map((finding) => estimateTokens(`${nameFinding(finding)}, `)),
    sectionsCost: estimateTokens(renderSections(sections)),
  };
  const granted = fitWithRows(wanted, () => {
    const shown = new Set(folds.map(({ main }) => main.handle));
    return withoutUrlsOf(shown, findings).map(price.finding);
  });
  const table = tables[granted.columns];
  const rows = Array.from({ length: granted.rows }, (_, index) => table?.row(index) ?? []);
  const left = {
    rowsLeftOut: folds.length - rows.length,
    columnsLeftOut: DISPENSABLE.slice(0, granted.columns).filter((name) => tables[0]?.columns.includes(name)),
    textsCutTo: SHORTER[granted.columns - DISPENSABLE.length - 1] ?? null,
    findingsLeftOut: findings.slice(granted.findings).map(nameFinding),
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
      leftOut: { rows: left.rowsLeftOut, columns: left.columnsLeftOut, findings: left.findingsLeftOut.length },
      surface: options.surface,
    }),
  };
}

/** What the parts of an answer cost. */
interface Price {
  frame: (frame: Answer, columns: readonly string[]) => number;
  row: (columns: readonly string[], row: readonly Cell[]) => number;
  finding: (finding: Finding) => number;
}

const IN_TEXT: Price = {
  frame: (frame) => estimateTokens(atWorst(renderHeader(frame) + renderNext(frame), frame.snapshotId)),
  row: (columns, row) => estimateTokens(toCsvLine(columns, row)) + 1,
  finding: (finding) => estimateTokens(describeFinding(finding)) + 2,
};

/** Each part at the price of the dearer of its two forms: a model may be shown either. */
const IN_EITHER_FORM: Price = {
  frame: (frame, columns) => {
    const data = JSON.stringify(renderStructured({ ...frame, columns: [...columns] }));
    return Math.max(
      IN_TEXT.frame(frame, columns),
      estimateJsonTokens(JSON.parse(atWorst(data, frame.snapshotId))) + estimateTokens(SHARE_NOTE),
    );
  },
  row: (columns, row) => Math.max(IN_TEXT.row(columns, row), estimateJsonTokens(row)),
  finding: (finding) => Math.max(IN_TEXT.finding(finding), estimateJsonTokens(toFindingFacts(finding))),
};

/** Everything but the rows and findings, worded as if all of them were left out: the longest the frame can get. */
function buildFrame(snapshot: PagesSnapshot, folds: readonly Fold[], options: AnswerOptions): Answer {
  const facts = toHeaderFacts(snapshot, folds.length, options);
  return {
    ...facts,
    backlinksShown: sumBacklinks(folds).links ?? 0,
    rowsLeftOut: folds.length,
    columnsLeftOut: [],
    textsCutTo: null,
    findingsLeftOut: [],
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

/**
 * The table with all columns, then with ever fewer, then with texts cut shorter; rows and what they cost are made once, when
 * asked for.
 */
function toTables(
  folds: readonly Fold[],
  target: string,
  price: Price["row"],
): (Table & { cost: (row: number) => number })[] {
  const whole = [0, ...DISPENSABLE.keys()].map((_, choice) => toTable(folds, target, DISPENSABLE.slice(0, choice)));
  const last = whole.at(-1);
  const shorter = SHORTER.flatMap((maxChars): Table[] =>
    last === undefined ? [] : [{ ...last, row: (index) => cutTexts(last.row(index), maxChars) }],
  );
  return [...whole, ...shorter].map((table) => {
    const made = new Map<number, { row: Cell[]; cost: number }>();
    const make = (index: number) => {
      const known = made.get(index);
      if (known !== undefined) return known;
      const row = table.row(index);
      const fresh = { row, cost: price(table.columns, row) };
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

/**
 * How an answer is fitted into its tokens. Everything in it is ordered by value already: rows by the list's order,
 * findings by what can be won by acting. What does not fit is left out from the end, and counted by the caller.
 */
export interface Wanted {
  /** What the rows, findings and sections may cost together. */
  tokens: number;
  rowCount: number;
  /** How many choices of columns there are: the first has all, each further one fewer, or the same with shorter texts. */
  columnChoices: number;
  /** From this choice on texts are cut shorter, which is worth it only where hardly a row fits. @default none */
  shorterFrom?: number;
  /** Cost of one row under one choice of columns; asked for as many rows as may fit, and no more. */
  rowCost: (choice: number, row: number) => number;
  findingCosts: readonly number[];
  /** Cost of each finding's name, which stands for it where it is left out. */
  nameCosts: readonly number[];
  /** Cost of the rollup by section as a whole; 0 when there is none. */
  sectionsCost: number;
}

export interface Granted {
  rows: number;
  /** Which choice of columns. */
  columns: number;
  findings: number;
  sections: boolean;
}

/** What findings and sections may take from the rows: an answer is read for both. */
const FINDINGS_SHARE = 0.45;

/** The rollup is the only word on rows that are left out, so it comes before the last findings, if it is this cheap. */
const SECTIONS_SHARE = 0.15;

/** However small the budget: an answer without rows answers nothing. */
const MIN_ROWS = 3;

/** A list of fewer rows than this says little; rather than that, columns go. */
const GOOD_ROWS = 10;

/** Decides how much of everything fits. */
export function fitAnswer(wanted: Wanted): Granted {
  const { findingCosts, nameCosts, sectionsCost } = wanted;
  // All are named to begin with; a finding that is told gives the cost of its name back.
  const tokens = wanted.tokens - nameCosts.reduce((sum, cost) => sum + cost, 0);
  const costOf = (index: number): number => (findingCosts[index] ?? 0) - (nameCosts[index] ?? 0);
  const sections = sectionsCost > 0 && sectionsCost <= tokens * SECTIONS_SHARE;
  const forSections = sections ? sectionsCost : 0;
  const forFindings = Math.max(tokens * FINDINGS_SHARE, tokens - costOfRows(wanted)) - forSections;
  const findings = countFitting(findingCosts.length, costOf, forFindings);
  const spent = findingCosts.slice(0, findings).reduce((sum, _, index) => sum + costOf(index), 0);
  return { findings, sections, ...fitRows(wanted, tokens - forSections - spent) };
}

/**
 * Where every row fits, findings need not tell the URLs that these hold, and more of them may fit.
 * @param costsBesideRows what they cost then
 */
function fitWithRows(wanted: Wanted, costsBesideRows: () => readonly number[]): Granted {
  const granted = fitAnswer(wanted);
  if (granted.rows < wanted.rowCount || granted.findings === wanted.findingCosts.length) return granted;
  const more = fitAnswer({ ...wanted, findingCosts: costsBesideRows() });
  return more.rows === wanted.rowCount && more.columns === granted.columns ? more : granted;
}

/** What all rows cost with all columns; once that is more than there is, how much more does not matter. */
function costOfRows({ tokens, rowCount, rowCost }: Wanted): number {
  let total = 0;
  for (let row = 0; row < rowCount && total <= tokens; row += 1) total += rowCost(0, row);
  return total;
}

/** All columns if that leaves a good number of rows, else the first choice that does, else the one with the most. */
function fitRows(
  { rowCount, columnChoices, shorterFrom = columnChoices, rowCost }: Wanted,
  tokens: number,
): { rows: number; columns: number } {
  const least = Math.min(MIN_ROWS, rowCount);
  let rows = 0;
  for (let columns = 0; columns < columnChoices; columns += 1) {
    rows = countFitting(rowCount, (row) => rowCost(columns, row), tokens);
    const enough = columns + 1 < shorterFrom ? GOOD_ROWS : MIN_ROWS;
    if (rows >= Math.min(enough, rowCount)) return { rows, columns };
  }
  return { rows: Math.max(rows, least), columns: Math.max(0, columnChoices - 1) };
}

function countFitting(count: number, cost: (index: number) => number, tokens: number): number {
  let left = tokens;
  for (let index = 0; index < count; index += 1) {
    left -= cost(index);
    if (left < 0) return index;
  }
  return count;
}
