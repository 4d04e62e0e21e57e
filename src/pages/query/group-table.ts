import { type Cell, toOverlapCell } from "../../lists/cells.ts";
import { toPercent } from "../../lists/filters/evaluate-filter.ts";
import type { OrderRule } from "../../lists/filters/order-by.ts";
import { countOf, toOneLine } from "../../lists/text.ts";
import { countDead, type Fold, overlapDomains, sumBacklinks } from "../answer/fold.ts";
import { isDead } from "../answer/follow-redirects.ts";
import { BREAKDOWNS } from "../catalogue.ts";
import { sumReferringPages } from "../findings/finding.ts";
import type { TableChoice } from "./fit-table.ts";
import { type Group, type GroupingRule, mergeGroups, nameOf } from "./group-rows.ts";
import type { Grouping } from "./query-schema.ts";
import { compareKeys, type SortKey } from "./row-table.ts";

const MAX_NAME_CHARS = 60;

/** A table of groups: one row each, and one for all that have none. */
export interface GroupTable extends TableChoice {
  /** The groups but the given ones, counted and summed; null when none is left. */
  others: (shown: readonly Group[]) => Cell[] | null;
  notes: string[];
}

/**
 * The columns of a table of groups, the grouping's own name first. Of areas, which are what decides about a relaunch,
 * also how much a page of them earns, and how much of it is lost on pages that fail.
 */
export function listGroupColumns(grouping: Grouping): string[] {
  if (BREAKDOWNS.has(grouping)) return [grouping, "pages", "ref_links", "dead", "share%"];
  const isArea = grouping === "area";
  return [
    grouping,
    "pages",
    "backlinks",
    ...(isArea ? ["links/page"] : []),
    "ref_domains",
    "dead",
    ...(isArea ? ["dead_links%"] : []),
    "share%",
  ];
}

/** What else the columns are called: by the fields that they sum up. */
const OTHER_COLUMN_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ["links", ["backlinks", "ref_links"]],
  ["backlinks", ["ref_links"]],
  ["page_summary.backlinks", ["backlinks", "ref_links"]],
  ["ref_links", ["backlinks"]],
  ["referring_domains", ["ref_domains"]],
  ["page_summary.referring_domains", ["ref_domains"]],
  ["count", ["pages"]],
  ["share", ["share%"]],
  ["broken", ["dead"]],
]);

/** The column that a name stands for in a table with these columns. */
export function toGroupColumn(written: string, columns: readonly string[]): string | undefined {
  const name = written.trim().toLowerCase();
  return [name, ...(OTHER_COLUMN_NAMES.get(name) ?? [])].find((each) => columns.includes(each));
}

/** Sorts groups by what their table shows of them, a range by the least it can be. Unknown values come last. */
export function orderGroups(
  groups: readonly Group[],
  order: readonly OrderRule[],
  { columns, row }: TableChoice,
): readonly Group[] {
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

/** By value: what the rows of each group hold. By map: the referring links under each key, which no row tells apart. */
export function toGroupTable(
  grouping: Grouping,
  groups: readonly Group[],
  rows: readonly Fold[],
  rule: GroupingRule,
): GroupTable {
  const isMap = rule.kind === "map";
  const isArea = grouping === "area";
  const whole = isMap ? rows.reduce((sum, row) => sum + sumReferringPages(row), 0) : (sumBacklinks(rows).links ?? 0);
  const toRow = (name: string, group: Group): Cell[] => [
    name,
    group.rows.length,
    toCountCell(group),
    ...(isArea ? [toLinksPerPage(group)] : []),
    ...(isMap ? [] : [toOverlapCell(overlapDomains(group.rows))]),
    countDead(group.rows),
    ...(isArea ? [toDeadShare(group)] : []),
    toPercent(group.links, whole, 1),
  ];
  return {
    columns: listGroupColumns(grouping),
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
        : toRow(`(${left.length} other${left.length === 1 ? "" : "s"})`, mergeGroups(left, rule));
    },
    notes: listNotes(groups, rule, whole),
  };
}

/** What a group is called. Our own names stand in brackets; a stranger's that does too is told apart by a mark. */
export function toGroupName(group: Group, rule: GroupingRule): string {
  const { name, isOurs } = nameOf(group, rule);
  if (isOurs) return name;
  const line = toOneLine(name, MAX_NAME_CHARS);
  return line.startsWith("(") ? `'${line}` : line;
}

const toCountCell = ({ links, isAtLeast }: Group): Cell => (isAtLeast && links !== null ? `${links}+` : links);

/** Backlinks of a page on average, one digit behind the point; at least that many where some are not known. */
function toLinksPerPage({ links, isAtLeast, rows }: Group): Cell {
  if (links === null || rows.length === 0) return null;
  const mean = Math.round((10 * links) / rows.length) / 10;
  return isAtLeast ? `${mean}+` : mean;
}

/** Of the group's known backlinks, those that lead to pages which fail. */
const toDeadShare = ({ links, rows }: Group): Cell =>
  toPercent(sumBacklinks(rows.filter(({ main }) => isDead(main))).links ?? 0, links, 1);

function listNotes(groups: readonly Group[], rule: GroupingRule, whole: number): string[] {
  if (rule.kind === "value") {
    return rule.isSeveral ? ["a page can be in several groups, so shares add up to more than the whole"] : [];
  }
  return [
    `ref_links are counts from the pages' breakdown lists; share% is of ${countOf(whole, "referring page")}`,
    ...(groups.some(({ isAtLeast }) => isAtLeast)
      ? ["lists are cut to the longest entries, so + means at least: what fell off is unknown"]
      : []),
  ];
}
