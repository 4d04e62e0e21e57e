import type { WideBlock } from "../../lists/budget.ts";
import type { Range } from "../../lists/cells.ts";
import { type Cell, toOverlapCell } from "../../lists/cells.ts";
import { formatCount } from "../../lists/text.ts";
import type { Fold } from "../answer/fold.ts";
import { isDead, isLive, isRedirect } from "../answer/follow-redirects.ts";
import { toDisplayLocation, toDisplayUrl } from "../answer/table.ts";
import type { Page } from "../page.ts";
import type { Differences } from "./differences.ts";

/** What one list says of a page: the figures of those of its URLs that count, and the URL that it is named after. */
export interface PageState {
  page: Page;
  rank: number | null;
  backlinks: number | null;
  /** {@link backlinks} is the least they can be. */
  atLeast: boolean;
  referringDomains: Range | null;
}

/** As in a row of an answer: backlinks add up, domains overlap, the largest rank counts. */
export function ofPages(page: Page, pages: readonly Page[]): PageState {
  const links = pages.flatMap(({ backlinks }) => backlinks ?? []);
  const ranks = pages.flatMap(({ rank }) => rank ?? []);
  const domains = pages.flatMap(({ referringDomains }) => referringDomains ?? []);
  return {
    page,
    rank: ranks.length === 0 ? null : Math.max(...ranks),
    backlinks: links.length === 0 ? null : sum(links),
    atLeast: links.length > 0 && links.length < pages.length,
    referringDomains:
      domains.length === 0
        ? null
        : { low: Math.max(...domains), high: domains.length < pages.length ? null : sum(domains) },
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const ofFold = ({ main, members }: Fold): PageState => ofPages(main, members);

/** How a page answers; null when its status is not known. */
export function answerOf(page: Page): "live" | "redirect" | "dead" | null {
  if (isLive(page)) return "live";
  if (isRedirect(page)) return "redirect";
  return isDead(page) ? "dead" : null;
}

export const backlinksCell = ({ backlinks, atLeast }: PageState): Cell =>
  atLeast && backlinks !== null ? `${backlinks}+` : backlinks;

export const domainsCell = ({ referringDomains }: PageState): Cell => toOverlapCell(referringDomains);

/** `404`, `301 to /new` */
export function httpCell({ page }: PageState, target: string): Cell {
  const { status, location } = page;
  return location !== null && isRedirect(page) ? `${status} to ${toDisplayLocation(page, target)}` : status;
}

/** In one list only. */
export const NOWHERE = Symbol("in the other list only");

/**
 * `7>9`; `7` when nothing changed; `7>` and `>9` for a page that is in one list only; `7>?` when one is not known.
 * Null when neither is.
 */
export function toMoveCell(before: Cell | typeof NOWHERE, after: Cell | typeof NOWHERE): Cell {
  if (before === NOWHERE) return after === NOWHERE || after === null ? null : `>${after}`;
  if (after === NOWHERE) return before === null ? null : `${before}>`;
  return before === after ? before : `${before ?? "?"}>${after ?? "?"}`;
}

/**
 * `status`: it answers otherwise than before. `changed`: other links, domains or rank. `new` and `lost` are told;
 * `only before` and `only after` may be in the other list's unseen part.
 */
export const CHANGE_KINDS = ["status", "new", "lost", "changed", "only before", "only after"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** One line of what changed; a side is null where the page is not in that list. */
export interface PageChange {
  kind: ChangeKind;
  before: PageState | null;
  after: PageState | null;
  /** Backlinks at stake: of a change of status all that the page has or had, else the difference. */
  stake: number;
}

/** Whether anything changed is not known. */
export const isUntold = ({ kind }: PageChange): boolean => kind === "only before" || kind === "only after";

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
