import type { LazyTable } from "../../lists/budget.ts";
import { type Cell, MAX_URL_CHARS, TITLE, toOverlapCell, toRangeCell, URL_COLUMN } from "../../lists/cells.ts";
import { toOneLine } from "../../lists/text.ts";
import { readUrl } from "../../read-url.ts";
import type { Page } from "../page.ts";
import type { Fold } from "./fold.ts";
import { identifyUrl } from "./url-identity.ts";

const MAX_TITLE_CHARS = 80;

/** `2026-01-31`, without the clock. */
const DATE_CHARS = 10;

interface Column {
  name: string;
  /** Whether a fold has something for it: a column that none fills is left out. */
  isFilled: (fold: Fold) => boolean;
  read: (fold: Fold, target: string) => Cell;
}

const always = () => true;

const COLUMNS: readonly Column[] = [
  { name: "id", isFilled: always, read: ({ main }) => main.handle },
  { name: URL_COLUMN, isFilled: always, read: ({ main }, target) => toDisplayUrl(main.url, target) || null },
  {
    name: "http",
    isFilled: ({ main, members }) => main.status !== null || main.location !== null || members.length > 1,
    read: toHttpCell,
  },
  { name: "rank", isFilled: ({ rank }) => rank !== null, read: ({ rank }) => rank },
  {
    name: "backlinks",
    isFilled: ({ backlinks }) => backlinks !== null,
    read: ({ backlinks, backlinksAtLeast }) => (backlinksAtLeast && backlinks !== null ? `${backlinks}+` : backlinks),
  },
  {
    name: "ref_domains",
    isFilled: ({ referringDomains }) => referringDomains !== null,
    read: ({ referringDomains }) => toOverlapCell(referringDomains),
  },
  {
    name: "nofollow%",
    isFilled: ({ nofollowShare }) => nofollowShare !== null,
    read: ({ nofollowShare }) => (nofollowShare === null ? null : Math.round(nofollowShare * 100)),
  },
  { name: "spam", isFilled: ({ spamScore }) => spamScore !== null, read: ({ spamScore }) => toRangeCell(spamScore) },
  {
    name: "lost",
    isFilled: ({ main }) => main.lostDate !== null,
    // Cut first: a date without its clock is whole, so nothing is to be marked as cut.
    read: ({ main }) => (main.lostDate === null ? null : toOneLine(main.lostDate.slice(0, DATE_CHARS), DATE_CHARS)),
  },
  {
    name: TITLE,
    isFilled: ({ main }) => main.title !== null,
    read: ({ main }) => (main.title === null ? null : toOneLine(main.title, MAX_TITLE_CHARS)),
  },
];

/**
 * The columns that a small answer gives up, the least worth for its tokens first: a title mostly repeats what its
 * URL says, at ten times the price of a figure.
 */
export const DISPENSABLE: readonly string[] = [TITLE, "spam", "nofollow%"];

/**
 * One row per fold, in their order. The columns are those that any fold fills, shown or not, so that the form of a row
 * does not depend on how many fit.
 * @param without columns to leave out all the same
 */
export function toTable(folds: readonly Fold[], target: string, without: readonly string[] = []): LazyTable {
  const columns = COLUMNS.filter(
    ({ name, isFilled }) => !without.includes(name) && (isFilled === always || folds.some(isFilled)),
  );
  return {
    columns: columns.map(({ name }) => name),
    row: (index) => {
      const fold = folds[index];
      if (fold === undefined) throw new RangeError(`no row ${index} among ${folds.length}`);
      return columns.map(({ read }) => read(fold, target));
    },
  };
}

/** `/path` on the target itself, `shop.acme.example/path` elsewhere; what is no URL is shown as it came. */
export function toDisplayUrl(url: string, target: string): string {
  const identity = identifyUrl(url);
  if (identity === undefined) return toOneLine(url, MAX_URL_CHARS);
  const { host, path } = identity;
  return toOneLine(host === target ? path : `${host}${path}`, MAX_URL_CHARS);
}

/**
 * Where a page redirects to: as its own URL is told, where it stays on its scheme and host; else whole, so that no jump
 * from http to https or between `app.` and `www.` is out of sight.
 */
export function toDisplayLocation({ url, location }: Page, target: string): string {
  if (location === null) return toDisplayUrl("", target);
  const [from, to] = [readUrl(url), readUrl(location, url)];
  if (from === undefined || to === undefined) return toDisplayUrl(location, target);
  return from.origin === to.origin ? toDisplayUrl(location, target) : toOneLine(to.href, MAX_URL_CHARS);
}

function toHttpCell(fold: Fold, target: string): Cell {
  const { main, members, redirects, livingTwin, deadEnd, leadsToUnfetched } = fold;
  const parts: string[] = [];
  if (redirects > 0) parts.push(`+${redirects} redirect${redirects === 1 ? "" : "s"}`);
  const variants = members.length - 1 - redirects;
  if (variants > 0) parts.push(`+${variants} variant${variants === 1 ? "" : "s"}`);
  if (livingTwin !== null) parts.unshift(`-> ${livingTwin.handle}`);
  if (main.location !== null) {
    const end = deadEnd === null ? "" : ` (dead: ${deadEnd.handle})`;
    const isUnknown = leadsToUnfetched ? " (not fetched)" : "";
    parts.unshift(`to ${toDisplayLocation(main, target)}${end}${isUnknown}`);
  }
  if (parts.length === 0) return main.status;
  return [main.status ?? "?", ...parts].join(" ");
}
