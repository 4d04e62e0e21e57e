import { countOf, toOneLine } from "../../lists/text.ts";
import { countDead, type Fold, overlapDomains, sumBacklinks } from "../answer/fold.ts";
import { type Cell, toRangeCell } from "../answer/table.ts";
import { sumReferringPages } from "../findings/finding.ts";
import type { TableChoice } from "./fit-table.ts";
import { type Group, type GroupingRule, mergeGroups, nameOf } from "./group-rows.ts";
import type { Grouping } from "./query-schema.ts";

const MAX_NAME_CHARS = 60;

/** A table of groups: one row each, and one for all that have none. */
export interface GroupTable extends TableChoice {
  /** The groups but the given ones, counted and summed; null when none is left. */
  others: (shown: readonly Group[]) => Cell[] | null;
  notes: string[];
}

/** By value: what the rows of each group hold. By map: the referring links under each key, which no row tells apart. */
export function toGroupTable(
  grouping: Grouping,
  groups: readonly Group[],
  rows: readonly Fold[],
  rule: GroupingRule,
): GroupTable {
  const isMap = rule.kind === "map";
  const whole = isMap ? rows.reduce((sum, row) => sum + sumReferringPages(row), 0) : (sumBacklinks(rows).links ?? 0);
  const toRow = (name: string, group: Group): Cell[] => [
    name,
    group.rows.length,
    toCountCell(group),
    ...(isMap ? [] : [toRangeCell(overlapDomains(group.rows))]),
    countDead(group.rows),
    toShare(group, whole),
  ];
  return {
    columns: [grouping, "pages", ...(isMap ? ["ref_links"] : ["backlinks", "ref_domains"]), "dead", "share%"],
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

/** One digit behind the point: a small share is not none. */
function toShare({ links }: Group, whole: number): Cell {
  return links === null || whole <= 0 ? null : Math.round((1000 * links) / whole) / 10;
}

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
