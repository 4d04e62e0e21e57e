import { type Cell, TITLE, URL_COLUMN } from "./table.ts";

/** One CSV line: unknown cells empty, titles always in quotes, other texts where they hold a mark of the format. */
export function toCsvLine(columns: readonly string[], row: readonly Cell[]): string {
  return row.map((cell, index) => toCsvCell(cell, columns[index])).join(",");
}

function toCsvCell(cell: Cell, column: string | undefined): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  // A URL with spaces is somebody's sentence: in quotes it is plainly one piece of data.
  const isTold = column === TITLE || (column === URL_COLUMN && cell.includes(" "));
  return isTold || /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
