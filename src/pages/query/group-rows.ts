import { toCount } from "../answer/findings/breakdown.ts";
import type { Fold } from "../answer/fold.ts";
import { sumBacklinks } from "../answer/fold-sums.ts";
import type { Page } from "../snapshot/page.ts";
import { type ByMap, type ByValue, type GroupingRule, UNKNOWN } from "./groupings.ts";

/** One group, or several taken together. */
export interface Group {
  /** What it is called in the data; null for rows that do not tell. */
  key: string | null;
  rows: readonly Fold[];
  /** Backlinks of its rows; for a grouping by map the referring links counted under its key. Null is unknown. */
  links: number | null;
  /** There may be more {@link links}: a row's count is unknown, or a map was cut before this key. */
  isAtLeast: boolean;
}

/**
 * Parts rows into groups, most backlinks (or links) first, unknown ones last. By a value of their own, every row is in
 * a group, and the groups' backlinks are those of the rows. By map, a row is in every group of which it holds a link.
 * @param listLimit the most keys a map can have; one with that many may have been cut
 */
export function groupRows(rows: readonly Fold[], rule: GroupingRule, listLimit: number | null): Group[] {
  const groups = rule.kind === "value" ? groupByValue(rows, rule) : groupByMap(rows, rule, listLimit);
  return groups.sort((a, b) => (b.links ?? -1) - (a.links ?? -1));
}

function groupByValue(rows: readonly Fold[], { read }: ByValue): Group[] {
  const groups = new Map<string | null, Fold[]>();
  const add = (key: string | null, row: Fold) => {
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

function groupByMap(rows: readonly Fold[], { read }: ByMap, listLimit: number | null): Group[] {
  const groups = new Map<string, { rows: Set<Fold>; links: number; openMaps: number }>();
  // Maps that may hide a key which they do not hold: those that are cut, and those that are not told.
  let openMaps = 0;
  const groupOf = (key: string) => {
    const known = groups.get(key);
    if (known !== undefined) return known;
    const fresh = { rows: new Set<Fold>(), links: 0, openMaps: 0 };
    groups.set(key, fresh);
    return fresh;
  };
  const add = (row: Fold, page: Page) => {
    const map = read(page);
    const counts = Object.entries(map ?? {});
    const isOpen = map === null ? page.referringPages !== 0 : listLimit !== null && counts.length >= listLimit;
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
  for (const row of rows) for (const page of row.members) add(row, page);
  return [...groups].map(([key, group]) => ({
    key,
    rows: [...group.rows],
    links: group.links,
    isAtLeast: group.openMaps < openMaps,
  }));
}

/** Several groups as one; a row that is in several of them counts once, but its links under each key. */
export function mergeGroups(groups: readonly Group[], rule: GroupingRule): Group {
  const rows = [...new Set(groups.flatMap((group) => group.rows))];
  if (rule.kind === "value") return { key: null, rows, ...sumBacklinks(rows) };
  return {
    key: null,
    rows,
    links: groups.reduce((sum, { links }) => sum + (links ?? 0), 0),
    isAtLeast: groups.some(({ isAtLeast }) => isAtLeast),
  };
}

/** What a group is called where nothing names it. */
export const nameOf = ({ key }: Group, rule: GroupingRule): { name: string; isOurs: boolean } => {
  if (key === null) return { name: UNKNOWN, isOurs: true };
  if (key === "" && rule.kind === "map") return { name: rule.emptyKey, isOurs: true };
  return { name: key, isOurs: false };
};
