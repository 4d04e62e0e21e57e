import { toCsv } from "../answer/csv.ts";
import type { Cell } from "../answer/table.ts";

/** What spreadsheets take for the beginning of a formula, in quotes too (OWASP, CSV injection, read 2026-11). */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * A CSV file that a spreadsheet may open: a header line and one line per row, the last one closed. A text that would be
 * taken for a formula gets an apostrophe before it, as spreadsheets mark texts.
 */
export const toSheetCsv = (columns: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  `${toCsv(
    columns,
    rows.map((row) => row.map(toTextCell)),
  )}\n`;

const toTextCell = (cell: Cell): Cell => (typeof cell === "string" && FORMULA.test(cell) ? `'${cell}` : cell);
