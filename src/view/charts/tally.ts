import { type PlacedRow, STATES, type State, stateOf } from "../state/placed-rows.ts";

/** One bar: what it stands for, its length, and what else there is to say. */
export interface Tallied {
  name: string;
  value: number;
}

export interface StateTally extends Tallied {
  name: State;
  backlinks: number;
}

/** Pages by what they answered, those there are. */
export function tallyStates(rows: readonly PlacedRow[]): StateTally[] {
  const tallies = new Map<State, StateTally>(STATES.map((name) => [name, { name, value: 0, backlinks: 0 }]));
  for (const row of rows) {
    const tally = tallies.get(stateOf(row));
    if (tally === undefined) continue;
    tally.value += 1;
    tally.backlinks += row.backlinks ?? 0;
  }
  return [...tallies.values()].filter(({ value }) => value > 0);
}

/** Backlinks by section, most first. */
export function tallySections(rows: readonly PlacedRow[]): Tallied[] {
  return sumUp(
    rows,
    ({ section }) => section,
    ({ backlinks }) => backlinks ?? 0,
  ).sort((a, b) => b.value - a.value);
}

/** More bars than that are too thin to click. */
const MAX_PERIODS = 24;

/**
 * Pages by when they were first seen, without gaps: by month where that is few enough bars, else by year, and of more
 * years the last ones.
 */
export function tallyFirstSeen(rows: readonly PlacedRow[]): Tallied[] {
  const byMonth = fillGaps(countBy(rows, 7), nextMonth);
  return byMonth.length <= MAX_PERIODS ? byMonth : fillGaps(countBy(rows, 4), nextYear).slice(-MAX_PERIODS);
}

const countBy = (rows: readonly PlacedRow[], chars: number): Tallied[] =>
  sumUp(
    rows,
    ({ firstSeen }) => (isDay(firstSeen) ? firstSeen.slice(0, chars) : null),
    () => 1,
  );

/** A date that a page on the web can have. */
const isDay = (text: string | null): text is string =>
  text !== null && /^(?:19|20)\d\d-(?:0[1-9]|1[0-2])-\d\d$/.test(text);

function fillGaps(tallies: readonly Tallied[], next: (name: string) => string): Tallied[] {
  const values = new Map(tallies.map(({ name, value }) => [name, value]));
  const names = [...values.keys()].sort();
  const last = names.at(-1) ?? "";
  const filled: Tallied[] = [];
  for (let name = names[0] ?? "?"; name <= last; name = next(name)) filled.push({ name, value: values.get(name) ?? 0 });
  return filled;
}

const nextYear = (year: string): string => String(Number(year) + 1).padStart(4, "0");

function nextMonth(month: string): string {
  const [year = "", number] = month.split("-");
  return number === "12" ? `${nextYear(year)}-01` : `${year}-${String(Number(number) + 1).padStart(2, "0")}`;
}

function sumUp(
  rows: readonly PlacedRow[],
  nameOf: (row: PlacedRow) => string | null,
  amountOf: (row: PlacedRow) => number,
): Tallied[] {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const name = nameOf(row);
    if (name !== null) sums.set(name, (sums.get(name) ?? 0) + amountOf(row));
  }
  return [...sums].map(([name, value]) => ({ name, value }));
}

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
