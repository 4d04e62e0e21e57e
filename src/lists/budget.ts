import { type Cell, cutTexts, SHORTER, toCsvLine } from "./cells.ts";
import { estimateTokens } from "./tokens.ts";

// What of an answer there is room for: the parts of one list beside each other, and the tables of two that are compared.

/** What a row takes of the room. */
export type RowCost = (columns: readonly string[], row: readonly Cell[]) => number;

/**
 * In tokens, each row at the price of the dearer of its two forms: a model may be shown either.
 * @param word the cells as a text words them
 */
export const createTokenCost =
  (word: (columns: readonly string[], row: readonly Cell[]) => readonly Cell[] = (_columns, row) => row): RowCost =>
  (columns, row) =>
    Math.max(estimateTokens(toCsvLine(columns, word(columns, row))), estimateTokens(JSON.stringify(row))) + 1;

export interface LazyTable {
  columns: string[];
  /** One row, made when it is asked for: of a long list only the first are. */
  row: (index: number) => Cell[];
}

/** A table that tells what its rows cost. */
export interface PricedTable extends LazyTable {
  cost: (row: number) => number;
}

/**
 * The forms that a table can take, the fullest first: those that are given, with ever fewer columns, then the last of
 * them with texts cut shorter. Rows and what they cost are made once, when asked for.
 */
export function toForms(tables: readonly LazyTable[], price: RowCost): PricedTable[] {
  const last = tables.at(-1);
  const shorter = SHORTER.flatMap((maxChars): LazyTable[] =>
    last === undefined ? [] : [{ ...last, row: (index) => cutTexts(last.row(index), maxChars) }],
  );
  return [...tables, ...shorter].map(({ columns, row: makeRow }) => {
    const made = new Map<number, { row: Cell[]; cost: number }>();
    const make = (index: number) => {
      const known = made.get(index);
      if (known !== undefined) return known;
      const row = makeRow(index);
      const fresh = { row, cost: price(columns, row) };
      made.set(index, fresh);
      return fresh;
    };
    return { columns, row: (index) => make(index).row, cost: (index) => make(index).cost };
  });
}

/**
 * How an answer is fitted into its tokens. Everything in it is ordered by value already: rows by the list's order,
 * findings by what can be won by acting. What does not fit is left out from the end, and counted by the caller.
 */
export interface WantedParts {
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

export interface GrantedParts {
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
export const MIN_ROWS = 3;

/** A list of fewer rows than this says little; rather than that, columns go. */
export const GOOD_ROWS = 10;

/** Decides how much of everything fits. */
export function fitParts(wanted: WantedParts): GrantedParts {
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
export function fitPartsWithRows(wanted: WantedParts, costsBesideRows: () => readonly number[]): GrantedParts {
  const granted = fitParts(wanted);
  if (granted.rows < wanted.rowCount || granted.findings === wanted.findingCosts.length) return granted;
  const more = fitParts({ ...wanted, findingCosts: costsBesideRows() });
  return more.rows === wanted.rowCount && more.columns === granted.columns ? more : granted;
}

/** What all rows cost with all columns; once that is more than there is, how much more does not matter. */
function costOfRows({ tokens, rowCount, rowCost }: WantedParts): number {
  let total = 0;
  for (let row = 0; row < rowCount && total <= tokens; row += 1) total += rowCost(0, row);
  return total;
}

/** All columns if that leaves a good number of rows, else the first choice that does, else the one with the most. */
function fitRows(
  { rowCount, columnChoices, shorterFrom = columnChoices, rowCost }: WantedParts,
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

/** How many of some things fit one after the other, from the first on. */
export function countFitting(count: number, cost: (index: number) => number, tokens: number): number {
  let left = tokens;
  for (let index = 0; index < count; index += 1) {
    left -= cost(index);
    if (left < 0) return index;
  }
  return count;
}

export interface Table {
  columns: string[];
  rows: Cell[][];
}

/** A table of which rows may be left out to fit. */
export interface Block extends Table {
  name: string;
  /** How it is ordered and to be read; empty when its name says enough. */
  says: string;
  /** Rows left out. */
  leftOut: number;
  /** What they are, in words; null where the count says enough. */
  leftOutAre: string | null;
}

/** A table before it is known how many of its rows fit. */
export interface WideBlock {
  name: string;
  says: string;
  columns: string[];
  rowCount: number;
  /** More are not shown even where they fit. @default rowCount */
  mostRows?: number;
  /** One row, made when it is asked for. */
  row: (index: number) => Cell[];
  /** What the rows from this one on are, in words; left out where the count says enough. */
  describeRest?: (from: number) => string;
  /** What of the tokens it is sure of, 0 to 1; what others leave comes on top. */
  share: number;
}

/** The block with so many of its rows. */
export function cutBlock(
  { row, rowCount, describeRest, share: _share, mostRows: _most, ...block }: WideBlock,
  rows: number,
): Block {
  const leftOut = rowCount - rows;
  return {
    ...block,
    rows: Array.from({ length: rows }, (_, index) => row(index)),
    leftOut,
    leftOutAre: leftOut > 0 ? (describeRest?.(rows) ?? null) : null,
  };
}

/**
 * Fits blocks into a room. Every block first gets what fits its share; what is left then goes to them in their order.
 * @param room in the measure of `rowCost`
 */
export function fitBlocks(blocks: readonly WideBlock[], room: number, rowCost: RowCost): Block[] {
  const fitted = blocks.map((block) => ({
    block,
    rows: 0,
    most: Math.min(block.rowCount, block.mostRows ?? Infinity),
  }));
  let left = room;
  const grow = (each: (typeof fitted)[number], allowed: number) => {
    let within = allowed;
    while (each.rows < each.most) {
      const cost = rowCost(each.block.columns, each.block.row(each.rows));
      if (cost > within || cost > left) return;
      each.rows += 1;
      within -= cost;
      left -= cost;
    }
  };
  for (const each of fitted) grow(each, room * each.block.share);
  for (const each of fitted) grow(each, left);
  return fitted.map(({ block, rows }) => cutBlock(block, rows));
}
