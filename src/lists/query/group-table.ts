import type { Cell } from "../cells.ts";
import { toPercent } from "../filters/evaluate-filter.ts";
import type { OrderRule } from "../filters/order-by.ts";
import type { Snapshot } from "../snapshot.ts";
import { countOf, toOneLine } from "../text.ts";
import type { TableChoice } from "./fit-table.ts";
import { type Group, type Grouping, type GroupingRule, mergeGroups, nameOf, type SumBacklinks } from "./group-rows.ts";
import type { Row } from "./list-query.ts";
import { compareKeys, type SortKey } from "./order-rows.ts";

const MAX_NAME_CHARS = 60;

/** A table of groups: one row each, and one for all that have none. */
export interface GroupTable<R extends Row> extends TableChoice {
  /** The groups but the given ones, counted and summed; null when none is left. */
  others: (shown: readonly Group<R>[]) => Cell[] | null;
  notes: string[];
}

/** What the links of a group are called: those of its rows, or those that lists count under its name. */
const LINKS_COLUMN = { value: "backlinks", map: "ref_links" } as const;

const SHARE_COLUMN = "share%";

/**
 * The columns of a table of groups: the grouping's own name, rows, links, the figures of the domain's, and the share of all
 * links.
 * @param many what rows are called: `pages`
 */
export const listGroupColumns = <S extends Snapshot, R extends Row, W extends object>(
  name: string,
  { kind, columns }: Grouping<S, R, W>,
  many: string,
): string[] => [name, many, LINKS_COLUMN[kind], ...columns.map((each) => each.name), SHARE_COLUMN];

/** What else the columns of every table of groups are called. */
const OTHER_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ["links", Object.values(LINKS_COLUMN)],
  ["backlinks", [LINKS_COLUMN.map]],
  ["ref_links", [LINKS_COLUMN.value]],
  ["share", [SHARE_COLUMN]],
]);

/** The column that a name stands for in a table with these columns. */
export function toGroupColumn(
  written: string,
  columns: readonly string[],
  otherNames: ReadonlyMap<string, readonly string[]> = new Map(),
): string | undefined {
  const name = written.trim().toLowerCase();
  return [name, ...(otherNames.get(name) ?? OTHER_NAMES.get(name) ?? [])].find((each) => columns.includes(each));
}

/** Sorts groups by what their table shows of them, a range by the least it can be. Unknown values come last. */
export function orderGroups<R extends Row>(
  groups: readonly Group<R>[],
  order: readonly OrderRule[],
  { columns, row }: TableChoice,
): readonly Group<R>[] {
  if (order.length === 0) return groups;
  const keyed = groups.map((group, index) => ({ group, cells: row(index) }));
  const keyOf = ({ group, cells }: (typeof keyed)[number], field: string) => {
    const isName = columns[0] === field;
    // The name of what is unknown is a word of ours.
    return isName && group.key === null ? null : toSortKey(cells[columns.indexOf(field)], isName);
  };
  keyed.sort((a, b) => {
    for (const { field, direction } of order) {
      const by = compareKeys(keyOf(a, field), keyOf(b, field), direction === "desc");
      if (by !== 0) return by;
    }
    return 0;
  });
  return keyed.map(({ group }) => group);
}

const toSortKey = (cell: Cell | undefined, isName: boolean): SortKey => {
  if (cell === undefined || cell === null || isName || typeof cell === "number") return cell ?? null;
  const least = Number.parseFloat(cell);
  return Number.isNaN(least) ? null : least;
};

/** What a table of groups is made of. */
export interface Groups<S extends Snapshot, R extends Row, W extends object> {
  name: string;
  grouping: Grouping<S, R, W>;
  rule: GroupingRule<R>;
  /** All rows that were grouped. */
  rows: readonly R[];
  sumBacklinks: SumBacklinks<R>;
  /** What rows are called. */
  words: { one: string; many: string };
}

/** By value: what the rows of each group hold. By map: the links under each key, which no row tells apart. */
export function toGroupTable<S extends Snapshot, R extends Row, W extends object>(
  groups: readonly Group<R>[],
  { name, grouping, rule, rows, sumBacklinks, words }: Groups<S, R, W>,
): GroupTable<R> {
  const whole = rule.kind === "map" ? sumWhole(rows, rule.whole) : (sumBacklinks(rows).links ?? 0);
  const toRow = (called: string, group: Group<R>): Cell[] => [
    called,
    group.rows.length,
    toCountCell(group),
    ...grouping.columns.map(({ read }) => read(group)),
    toPercent(group.links, whole, 1),
  ];
  return {
    columns: listGroupColumns(name, grouping, words.many),
    told: [true],
    row: (index) => {
      const group = groups[index];
      if (group === undefined) throw new RangeError(`no group ${index} among ${groups.length}`);
      return toRow(toGroupName(group, rule), group);
    },
    others: (shown) => {
      const kept = new Set(shown);
      const left = groups.filter((group) => !kept.has(group));
      return left.length === 0
        ? null
        : toRow(`(${left.length} other${left.length === 1 ? "" : "s"})`, mergeGroups(left, rule, sumBacklinks));
    },
    notes: listNotes(groups, rule, whole, words),
  };
}

/** Over the items that tell theirs. */
function sumWhole<R extends Row>(rows: readonly R[], read: (item: R["members"][number]) => number | null): number {
  let sum = 0;
  for (const { members } of rows) for (const item of members) sum += read(item) ?? 0;
  return sum;
}

/** What a group is called. Our own names stand in brackets; a stranger's that does too is told apart by a mark. */
export function toGroupName<R extends Row>(group: Group<R>, rule: GroupingRule<R>): string {
  const { name, isOurs } = nameOf(group, rule);
  if (isOurs) return name;
  const line = toOneLine(name, MAX_NAME_CHARS);
  return line.startsWith("(") ? `'${line}` : line;
}

const toCountCell = ({ links, isAtLeast }: { links: number | null; isAtLeast: boolean }): Cell =>
  isAtLeast && links !== null ? `${links}+` : links;

function listNotes<R extends Row>(
  groups: readonly Group<R>[],
  rule: GroupingRule<R>,
  whole: number,
  { one, many }: { one: string; many: string },
): string[] {
  if (rule.kind === "value") {
    return rule.isSeveral ? [`a ${one} can be in several groups, so shares add up to more than the whole`] : [];
  }
  return [
    `${LINKS_COLUMN.map} are counts from the ${many}' breakdown lists; ${SHARE_COLUMN} is of ${countOf(whole, "referring page")}`,
    ...(groups.some(({ isAtLeast }) => isAtLeast)
      ? ["lists are cut to the longest entries, so + means at least: what fell off is unknown"]
      : []),
  ];
}
