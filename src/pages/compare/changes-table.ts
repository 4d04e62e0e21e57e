import type { Cell } from "../answer/table.ts";
import { toDisplayUrl } from "../answer/table.ts";
import { formatCount } from "../text.ts";
import type { Differences } from "./differences.ts";
import type { WideBlock } from "./fit-blocks.ts";
import { CHANGE_KINDS, isUntold, type PageChange } from "./page-change.ts";
import { backlinksCell, domainsCell, httpCell, NOWHERE, type PageState, toMoveCell } from "./page-state.ts";

interface Column {
  name: string;
  read: (change: PageChange, target: string) => Cell;
  needs?: keyof Differences;
}

const toMove = ({ before, after }: PageChange, read: (state: PageState) => Cell): Cell =>
  toMoveCell(before === null ? NOWHERE : read(before), after === null ? NOWHERE : read(after));

const COLUMNS: readonly Column[] = [
  { name: "what", read: ({ kind }) => kind },
  { name: "id", read: (change) => toMove(change, ({ page }) => page.handle) },
  {
    name: "url",
    read: ({ before, after }, target) => toDisplayUrl((after ?? before)?.page.url ?? "", target) || null,
  },
  {
    name: "http",
    // Where a page leads is worth its tokens only where it has just begun or ceased to lead there.
    read: (change, target) =>
      toMove(change, (state) => (change.kind === "status" ? httpCell(state, target) : state.page.status)),
  },
  { name: "backlinks", read: (change) => toMove(change, backlinksCell), needs: "links" },
  { name: "change", read: toDifference, needs: "links" },
  { name: "ref_domains", read: (change) => toMove(change, domainsCell), needs: "links" },
  { name: "rank", read: (change) => toMove(change, ({ rank }) => rank), needs: "rank" },
];

/** By how many backlinks; null where one side is not known. */
function toDifference(change: PageChange): Cell {
  const { before, after } = change;
  if (isUntold(change)) return null;
  const was = before === null ? 0 : before.backlinks;
  const is = after === null ? 0 : after.backlinks;
  return was === null || is === null ? null : is - was;
}

/** How many pages of which nothing is known are named. */
const MOST_UNTOLD = 10;

/** The table of changes, one row each, `before>after`. */
export function toChangesBlock(changes: readonly PageChange[], target: string, can: Differences): WideBlock {
  const columns = COLUMNS.filter(({ needs }) => needs === undefined || can[needs] === true);
  return {
    name: "changes",
    says: "before>after; status first, then by links at stake",
    columns: columns.map(({ name }) => name),
    rowCount: changes.length,
    // Untold ones are the last, and no change as far as anybody knows.
    mostRows: changes.filter((change) => !isUntold(change)).length + MOST_UNTOLD,
    row: (index) => {
      const change = changes[index];
      return change === undefined ? [] : columns.map(({ read }) => read(change, target));
    },
    // Of what is left out, a reader wants to know whether pages were lost.
    describeRest: (from) => {
      const rest = changes.slice(from);
      const counts = CHANGE_KINDS.map((kind) => ({ kind, count: rest.filter((each) => each.kind === kind).length }));
      const told = counts.filter(({ count }) => count > 0).map(({ kind, count }) => `${formatCount(count)} ${kind}`);
      return told.join(", ");
    },
    share: 0.8,
  };
}
