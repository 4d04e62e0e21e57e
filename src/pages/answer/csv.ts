import { type Cell, TITLE } from "./table.ts";

/** One CSV line: unknown cells empty, titles always in quotes, other texts where they hold a mark of the format. */
export function toCsvLine(columns: readonly string[], row: readonly Cell[]): string {
  return row.map((cell, index) => toCsvCell(cell, columns[index] === TITLE)).join(",");
}

function toCsvCell(cell: Cell, alwaysQuote: boolean): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  return alwaysQuote || /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
