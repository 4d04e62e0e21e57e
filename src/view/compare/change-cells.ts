import type { ComparisonView } from "../../pages/view/view-data.ts";

// The parts of what is drawn by their names: the view knows of the server what its data looks like, and nothing else.
export type Comparison = ComparisonView["comparison"];
export type Side = Comparison["first"];
export type Missing = NonNullable<Comparison["pages"]>["added"];
export type Table = Comparison["figures"];
export type Cell = Table["rows"][number][number];

/** `200>404`, `11>`, `>7`, `before>after`: what it was and what it is, as a comparison tells both in one cell. */
const BEFORE_AFTER = /^([^>\s]*)>([^>\s;]*)/;

/** Told with an arrow, and with a dash for what there is not. */
export const toArrow = (text: string): string =>
  text.replace(BEFORE_AFTER, (_, before, after) => `${before || "–"} → ${after || "–"}`);

/** What it is now, or was, as a figure: `11>`, `5>12+`, `801-938`; null when it is none. */
export function toFigure(text: string): number | null {
  const [, before = "", after = ""] = BEFORE_AFTER.exec(text) ?? [null, text, ""];
  const [digits] = /^-?\d+(?:\.\d+)?/.exec(after === "" ? before : after) ?? [];
  return digits === undefined ? null : Number(digits);
}

export interface CellSort {
  column: number;
  isDescending: boolean;
}

/** Falling first, then rising, then as it was told. */
export function toggleCellSort(sort: CellSort | null, column: number): CellSort | null {
  if (sort?.column !== column) return { column, isDescending: true };
  return sort.isDescending ? { column, isDescending: false } : null;
}

/** A sorted copy; figures before words, what is unknown last. Null leaves the order that tells most. */
export function sortCells(rows: readonly Cell[][], sort: CellSort | null): readonly Cell[][] {
  if (sort === null) return rows;
  const { column, isDescending } = sort;
  return [...rows].sort((a, b) => compareCells(a[column] ?? null, b[column] ?? null, isDescending ? -1 : 1));
}

function compareCells(a: Cell, b: Cell, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const [figureA, figureB] = [figureOf(a), figureOf(b)];
  if (figureA !== null && figureB !== null) return sign * (figureA - figureB);
  if (figureA !== null || figureB !== null) return figureA === null ? 1 : -1;
  return sign * (a < b ? -1 : Number(a > b));
}

function figureOf(cell: string | number): number | null {
  return typeof cell === "number" ? cell : toFigure(cell);
}
