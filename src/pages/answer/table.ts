import { toOneLine } from "../text.ts";
import type { Fold, Range } from "./fold.ts";
import { identifyUrl } from "./url-identity.ts";

/** `null` is unknown and prints as nothing; 0 is a known zero and prints as 0. */
export type Cell = string | number | null;

/** Long enough to tell pages apart; a cut is marked. */
export const MAX_URL_CHARS = 120;
const MAX_TITLE_CHARS = 80;

/** `2026-01-31`, without the clock. */
const DATE_CHARS = 10;

/** The column that always holds a stranger's words and is therefore always quoted. */
export const TITLE = "title";

interface Column {
  name: string;
  read: (fold: Fold, target: string) => Cell;
}

const COLUMNS: readonly Column[] = [
  { name: "id", read: ({ main }) => main.handle },
  { name: "url", read: ({ main }, target) => toDisplayUrl(main.url, target) },
  { name: "http", read: toHttpCell },
  { name: "rank", read: ({ rank }) => rank },
  { name: "backlinks", read: ({ backlinks }) => backlinks },
  { name: "ref_domains", read: ({ referringDomains }) => toRangeCell(referringDomains) },
  { name: "nofollow%", read: ({ nofollowShare }) => (nofollowShare === null ? null : Math.round(nofollowShare * 100)) },
  { name: "spam", read: ({ spamScore }) => toRangeCell(spamScore) },
  {
    name: "lost",
    // Cut first: a date without its clock is whole, so nothing is to be marked as cut.
    read: ({ main }) => (main.lostDate === null ? null : toOneLine(main.lostDate.slice(0, DATE_CHARS), DATE_CHARS)),
  },
  { name: TITLE, read: ({ main }) => (main.title === null ? null : toOneLine(main.title, MAX_TITLE_CHARS)) },
];

/** One row per fold, in their order; columns that no row fills are left out. */
export function toTable(folds: readonly Fold[], target: string): { columns: string[]; rows: Cell[][] } {
  const full = folds.map((fold) => COLUMNS.map((column) => column.read(fold, target)));
  const filled = COLUMNS.map((_, index) => full.some((row) => row[index] !== null && row[index] !== ""));
  return {
    columns: COLUMNS.filter((_, index) => filled[index]).map((column) => column.name),
    rows: full.map((row) => row.filter((_, index) => filled[index])),
  };
}

/** `/path` on the target itself, `shop.acme.example/path` elsewhere; what is no URL is shown as it came. */
export function toDisplayUrl(url: string, target: string): string {
  const identity = identifyUrl(url);
  if (identity === undefined) return toOneLine(url, MAX_URL_CHARS);
  const { host, path } = identity;
  return toOneLine(host === target ? path : `${host}${path}`, MAX_URL_CHARS);
}

function toHttpCell({ main, members, redirects }: Fold, target: string): Cell {
  const parts: string[] = [];
  if (redirects > 0) parts.push(`+${redirects} redirect${redirects === 1 ? "" : "s"}`);
  const variants = members.length - 1 - redirects;
  if (variants > 0) parts.push(`+${variants} variant${variants === 1 ? "" : "s"}`);
  if (main.location !== null) parts.unshift(`to ${toDisplayUrl(main.location, target)}`);
  if (parts.length === 0) return main.status;
  return [main.status ?? "?", ...parts].join(" ");
}

function toRangeCell(range: Range | null): Cell {
  if (range === null) return null;
  return range.low === range.high ? range.low : `${range.low}-${range.high}`;
}
