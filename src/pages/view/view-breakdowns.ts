import { foldsOf } from "../answer/snapshot-folds.ts";
import type { Grouping } from "../query/choices.ts";
import { groupRows } from "../query/group-rows.ts";
import { toGroupName } from "../query/group-table.ts";
import { toGroupingRule } from "../query/groupings.ts";
import { itemRulesOf } from "../query/select-rows.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { Breakdown, SnapshotView } from "./view-data.ts";

/** More bars than that are a table. */
const MOST_ENTRIES = 12;

/** Where the links of a whole snapshot come from, and what they are. */
export const toBreakdowns = (snapshot: Snapshot): SnapshotView["breakdowns"] => ({
  linkTypes: toBreakdown("link_type", snapshot),
  countries: toBreakdown("country", snapshot),
  tlds: toBreakdown("tld", snapshot),
});

function toBreakdown(grouping: Grouping, snapshot: Snapshot): Breakdown {
  const rule = toGroupingRule(grouping, snapshot);
  const groups = groupRows(foldsOf(snapshot), rule, itemRulesOf(snapshot).listLimit);
  return {
    entries: groups
      .slice(0, MOST_ENTRIES)
      .map((group) => ({ name: toGroupName(group, rule), links: group.links ?? 0 })),
    more: Math.max(0, groups.length - MOST_ENTRIES),
    atLeast: groups.some(({ isAtLeast }) => isAtLeast),
  };
}
