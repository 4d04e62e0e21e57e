import { type State, stateOf } from "../state/page-state.ts";
import type { PlacedRow } from "../state/read-rows.ts";

export interface Point {
  handle: string;
  state: State;
  /** 0 (left, bottom) to 1. */
  x: number;
  y: number;
}

export interface Scatter {
  points: Point[];
  /** Where the horizontal axis is marked: powers of ten. */
  xTicks: { value: number; x: number }[];
  yTicks: { value: number; y: number }[];
}

/** Rank over referring domains, these on a logarithmic axis; rows that tell both. */
export function toScatter(rows: readonly PlacedRow[]): Scatter {
  const told = rows.flatMap((row) =>
    row.rank !== null && row.domains !== null && row.domains.low > 0
      ? [{ row, rank: row.rank, domains: row.domains.low }]
      : [],
  );
  const decades = Math.max(1, Math.ceil(Math.log10(told.reduce((most, { domains }) => Math.max(most, domains), 1))));
  const step = toStep(told.reduce((most, { rank }) => Math.max(most, rank), 1));
  const top = step.value * step.count;
  return {
    points: told.map(({ row, rank, domains }) => ({
      handle: row.handle,
      state: stateOf(row),
      x: Math.log10(domains) / decades,
      y: rank / top,
    })),
    xTicks: Array.from({ length: decades + 1 }, (_, power) => ({ value: 10 ** power, x: power / decades })),
    yTicks: Array.from({ length: step.count + 1 }, (_, at) => ({ value: at * step.value, y: at / step.count })),
  };
}

/** Four to five round steps up to at least `most`. */
function toStep(most: number): { value: number; count: number } {
  const rough = most / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const value = Math.max(1, ([1, 2, 2.5, 5, 10].find((factor) => factor * unit >= rough) ?? 10) * unit);
  return { value, count: Math.max(1, Math.ceil(most / value)) };
}

/** The point next to a place, if any is near it. */
export function findNearest(points: readonly Point[], x: number, y: number, within: number): Point | null {
  let nearest: Point | null = null;
  let least = within;
  for (const point of points) {
    const distance = Math.hypot(point.x - x, point.y - y);
    if (distance > least) continue;
    least = distance;
    nearest = point;
  }
  return nearest;
}
