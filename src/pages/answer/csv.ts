import { type Cell, TITLE, URL_COLUMN } from "./table.ts";

/** A header line and one line per row, parted by line breaks; none at the end. */
export function toCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns.join(","), ...rows.map((row) => toCsvLine(columns, row))].join("\n");
}

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
