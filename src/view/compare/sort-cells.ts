import { toFigure } from "./before-after.ts";
import type { Cell } from "./compared.ts";

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
