import { toOneLine } from "./text.ts";

/** A value that overlaps between variants: only known to lie between two bounds. Equal bounds are exact. */
export interface Range {
  low: number;
  /** Null when no upper bound is known, because a variant's own value is not. */
  high: number | null;
}

/** From here on an upper bound says nothing any more: the parts may overlap wholly, or not at all. */
const MOST_TIMES = 3;

/**
 * A figure that overlaps between its parts, as domains do, without an upper bound that is more than three times the lower
 * one: `329-15,249` tells no more than that there are 329 or more. What is sorted is sorted by the lower one all the same.
 */
export const toTellable = (range: Range): Range =>
  range.high !== null && range.high > MOST_TIMES * range.low ? { low: range.low, high: null } : range;

/** `null` is unknown and prints as nothing; 0 is a known zero and prints as 0. */
export type Cell = string | number | null;

/** Long enough to tell pages apart; a cut is marked. */
export const MAX_URL_CHARS = 120;

/** The column that always holds a stranger's words and is therefore always quoted. */
export const TITLE = "title";

export const URL_COLUMN = "url";

/** What texts are cut to, one after the other, where not even a few rows fit. */
export const SHORTER = [40, 12] as const;

/** The row with its texts cut. */
export const cutTexts = (row: readonly Cell[], maxChars: number): Cell[] =>
  row.map((cell) => (typeof cell === "string" ? toOneLine(cell, maxChars) : cell));

/** `38`, `151-198`, or `151+` when nothing bounds it from above. */
export function toRangeCell(range: Range | null): number | string | null {
  if (range === null) return null;
  if (range.high === null) return `${range.low}+`;
  return range.low === range.high ? range.low : `${range.low}-${range.high}`;
}

/** The same for what overlaps between its parts: a range too wide to mean anything is told by its lower bound alone. */
export const toOverlapCell = (range: Range | null): number | string | null =>
  toRangeCell(range === null ? null : toTellable(range));

/** A header line and one line per row, parted by line breaks; none at the end. */
export function toCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns.join(","), ...rows.map((row) => toCsvLine(columns, row))].join("\n");
}

/**
 * One CSV line: unknown cells empty, titles always in quotes, other texts where they hold a comma, a quote, a tab or a line
 * break.
 */
export function toCsvLine(columns: readonly string[], row: readonly Cell[]): string {
  return row.map((cell, index) => toCsvCell(cell, columns[index])).join(",");
}

function toCsvCell(cell: Cell, column: string | undefined): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  // A URL with spaces is somebody's sentence: in quotes it is plainly one piece of data.
  const isTold = column === TITLE || (column === URL_COLUMN && cell.includes(" "));
  return isTold || /[",\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
