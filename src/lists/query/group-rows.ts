import type { Cell } from "../cells.ts";
import type { FieldType } from "../filters/field-names.ts";
import type { JsonObject, Snapshot } from "../snapshot.ts";
import type { Row, Where } from "./list-query.ts";

/** One group, or several taken together. */
export interface Group<R extends Row> {
  /** What it is called in the data; null for rows that do not tell. */
  key: string | null;
  rows: readonly R[];
  /** Backlinks of its rows; for a grouping by map the referring links counted under its key. Null is unknown. */
  links: number | null;
  /** There may be more {@link links}: a row's count is unknown, or a map was cut before this key. */
  isAtLeast: boolean;
}

/** The sum over the rows that tell theirs; null when none does, `isAtLeast` when one of several does not. */
export type SumBacklinks<R extends Row> = (rows: readonly R[]) => { links: number | null; isAtLeast: boolean };

/** Rows parted by a value of their own. A row may have several (technologies), or none: then it is in `(unknown)`. */
export interface ByValue<R extends Row> {
  kind: "value";
  read: (row: R) => readonly string[];
  /** A row can be in several groups, so that groups do not add up to the whole. */
  isSeveral: boolean;
}

/** Links parted by a counting map of the items they are of. */
export interface ByMap<R extends Row> {
  kind: "map";
  /** The map; null when the item does not tell it. */
  read: (item: R["members"][number]) => JsonObject | null;
  /** What the counts of a whole map come to; null when the item does not tell it. */
  whole: (item: R["members"][number]) => number | null;
  /** What a key of no characters means. */
  emptyKey: string;
  /** Each link stands under one key, so that the counts of a whole map come to all of them. */
  isPartition: boolean;
}

export type GroupingRule<R extends Row> = ByValue<R> | ByMap<R>;

/** What rows can be grouped by. */
export interface Grouping<S extends Snapshot, R extends Row, W extends object> {
  /** Whether it parts rows by a value of theirs, or links by a counting map. */
  kind: GroupingRule<R>["kind"];
  /** How it reads the rows of a snapshot. */
  toRule: (snapshot: S, fold: boolean) => GroupingRule<R>;
  /** What its table shows of a group beside rows, links and their share. */
  columns: readonly GroupColumn<R>[];
  /** Its groups are months: they stand in the order of time. */
  isTime?: true;
  /** An argument of its own chooses its groups, which goes by the rows of what matches. */
  isByArgument?: true;
  /** The condition that holds for one group; left out where none says what the group is. */
  narrow?: Narrowing<R, W>;
}

/** A field that has the group's name as its value; a count that is more than 0; or conditions of the domain's own. */
export type Narrowing<R extends Row, W extends object> =
  | { kind: "value"; field: string; type: FieldType }
  | { kind: "count"; toField: (key: string) => string }
  | {
      kind: "own";
      /** @throws {Refusal} where the group's name is no argument. @returns undefined where a condition would be lost */
      toWhere: (key: string, group: Group<R>, where: Where<W>) => Partial<W> | undefined;
      /** The group as a text names it. */
      name?: (key: string) => string;
    };

/** One figure of a group. */
export interface GroupColumn<R extends Row> {
  name: string;
  read: (group: Group<R>) => Cell;
}

/** What groups are made with. */
export interface GroupTerms<R extends Row> {
  /** The most keys a map can have; one with that many may have been cut. */
  listLimit: number | null;
  sumBacklinks: SumBacklinks<R>;
}

/**
 * Parts rows into groups, most backlinks (or links) first, months in their order, unknown ones last. By a value of
 * their own, every row is in a group, and the groups' backlinks are those of the rows. By map, a row is in every group
 * of which it holds a link.
 */
export function groupRows<R extends Row>(
  rows: readonly R[],
  rule: GroupingRule<R>,
  terms: GroupTerms<R>,
  isTime = false,
): Group<R>[] {
  const groups = rule.kind === "value" ? groupByValue(rows, rule, terms) : groupByMap(rows, rule, terms);
  if (isTime) return groups.sort(byTime);
  return groups.sort((a, b) => (b.links ?? -1) - (a.links ?? -1));
}

function groupByValue<R extends Row>(
  rows: readonly R[],
  { read }: ByValue<R>,
  { sumBacklinks }: GroupTerms<R>,
): Group<R>[] {
  const groups = new Map<string | null, R[]>();
  const add = (key: string | null, row: R) => {
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [row]);
    else members.push(row);
  };
  for (const row of rows) {
    const values = read(row);
    if (values.length === 0) add(null, row);
    for (const value of values) add(value, row);
  }
  return [...groups].map(([key, members]) => ({ key, rows: members, ...sumBacklinks(members) }));
}

/** For groups of which not all may be shown: the newest months are what is asked for. Those of unknown time last. */
export const newestFirst = <R extends Row>(groups: readonly Group<R>[]): Group<R>[] =>
  groups.toSorted((a, b) => (a.key === null || b.key === null ? byTime(a, b) : byTime(b, a)));

/** Months in their order, those of unknown time last. */
export function byTime({ key: a }: { key: string | null }, { key: b }: { key: string | null }): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : Number(a > b);
}

/** Null when it is none. What a JSON object inherits (`constructor`, `__proto__`) is never a number. */
export const toCount = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : null;

/** A list of exactly as many entries as there could be is whole all the same, where its counts come to all there is. */
function holdsAll(counts: readonly [string, unknown][], whole: number | null): boolean {
  const sum = counts.reduce((total, [, value]) => total + (toCount(value) ?? 0), 0);
  return whole !== null && sum >= whole;
}

function groupByMap<R extends Row>(
  rows: readonly R[],
  { read, whole, isPartition }: ByMap<R>,
  { listLimit }: GroupTerms<R>,
): Group<R>[] {
  const groups = new Map<string, { rows: Set<R>; links: number; openMaps: number }>();
  // Maps that may hide a key which they do not hold: those that are cut, and those that are not told.
  let openMaps = 0;
  const groupOf = (key: string) => {
    const known = groups.get(key);
    if (known !== undefined) return known;
    const fresh = { rows: new Set<R>(), links: 0, openMaps: 0 };
    groups.set(key, fresh);
    return fresh;
  };
  const add = (row: R, item: R["members"][number]) => {
    const map = read(item);
    const counts = Object.entries(map ?? {});
    const isFull = listLimit !== null && counts.length >= listLimit;
    const isOpen = map === null ? whole(item) !== 0 : isFull && !(isPartition && holdsAll(counts, whole(item)));
    const open = isOpen ? 1 : 0;
    openMaps += open;
    for (const [key, value] of counts) {
      const count = toCount(value);
      if (count === null) continue;
      const group = groupOf(key);
      group.rows.add(row);
      group.links += count;
      group.openMaps += open;
    }
  };
  for (const row of rows) for (const item of row.members) add(row, item);
  return [...groups].map(([key, group]) => ({
    key,
    rows: [...group.rows],
    links: group.links,
    isAtLeast: group.openMaps < openMaps,
  }));
}

/** Several groups as one; a row that is in several of them counts once, but its links under each key. */
export function mergeGroups<R extends Row>(
  groups: readonly Group<R>[],
  rule: GroupingRule<R>,
  sumBacklinks: SumBacklinks<R>,
): Group<R> {
  const rows = [...new Set(groups.flatMap((group) => group.rows))];
  if (rule.kind === "value") return { key: null, rows, ...sumBacklinks(rows) };
  return {
    key: null,
    rows,
    links: groups.reduce((sum, { links }) => sum + (links ?? 0), 0),
    isAtLeast: groups.some(({ isAtLeast }) => isAtLeast),
  };
}

/** What rows are called that do not tell what they are grouped by. */
export const UNKNOWN = "(unknown)";

/** What a group is called where nothing names it. */
export const nameOf = <R extends Row>({ key }: Group<R>, rule: GroupingRule<R>): { name: string; isOurs: boolean } => {
  if (key === null) return { name: UNKNOWN, isOurs: true };
  if (key === "" && rule.kind === "map") return { name: rule.emptyKey, isOurs: true };
  return { name: key, isOurs: false };
};

/**
 * How a grouping reads the rows of a question.
 * @param wholeOf the row that says what an item is, given the row of those folded with it which match: a filter on the same
 * goes by it. Left out: the row itself
 */
export function toGroupingRule<S extends Snapshot, R extends Row, W extends object>(
  { toRule, isByArgument }: Grouping<S, R, W>,
  snapshot: S,
  fold: boolean,
  wholeOf?: (row: R) => R,
): GroupingRule<R> {
  const rule = toRule(snapshot, fold);
  if (rule.kind === "map" || wholeOf === undefined || isByArgument === true) return rule;
  return { ...rule, read: (row: R) => rule.read(wholeOf(row)) };
}

/** For groupings of which a row has one value, or none. */
export const byValue = <R extends Row>(read: (row: R) => string | null): ByValue<R> => ({
  kind: "value",
  read: (row) => {
    const value = read(row);
    return value === null ? [] : [value];
  },
  isSeveral: false,
});

/** `2026-01` */
export const toMonth = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 7);
