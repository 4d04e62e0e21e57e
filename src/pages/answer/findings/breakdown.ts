import type { JsonObject, Page } from "../../snapshot/page.ts";
import { formatCount } from "../../text.ts";
import type { Fold } from "../fold.ts";
import { MIN_REFERRING_PAGES } from "./finding.ts";

/**
 * The upstream's breakdowns of a page's referring pages: open maps from a key to a count, sorted downwards and cut to
 * `internal_list_limit`. A key that a cut map does not hold is unknown, not 0.
 */
export type BreakdownName =
  | "referring_links_tld"
  | "referring_links_types"
  | "referring_links_attributes"
  | "referring_links_semantic_locations"
  | "referring_links_countries";

/** Most: more than half of the referring pages, the unknown ones among them, so that no missing figure can refute it. */
export const MOST = 0.5;

/** So many of so many referring pages, over the pages that tell both. */
export interface Share {
  count: number;
  of: number;
  /** What was counted; null for a figure of the upstream's own, which no cut map stands behind. */
  counted: Counted | null;
}

interface Counted {
  pages: readonly Page[];
  name: BreakdownName;
  keys: readonly string[];
}

/** Never true of too few referring pages. */
export const exceeds = ({ count, of }: Pick<Share, "count" | "of">, share: number): boolean =>
  of >= MIN_REFERRING_PAGES && count > of * share;

/** `774 of 979`; `774+ of 979` when a cut map may have held more. */
export const describeShare = (share: Share): string => `${describeCount(share)} of ${formatCount(share.of)}`;

/** The part without the whole: `774`, `774+` */
export function describeCount({ count, counted }: Share): string {
  const isAtLeast = counted?.pages.some((page) => mayHideKeys(page, counted)) ?? false;
  return `${formatCount(count)}${isAtLeast ? "+" : ""}`;
}

/** How much of a fold a breakdown holds under some keys together; null unless that is more than a share of it. */
export function countShare(
  { members }: Fold,
  name: BreakdownName,
  keys: readonly string[],
  share: number,
): Share | null {
  const counted = countKeys(members, name, keys);
  return counted !== null && exceeds(counted, share) ? counted : null;
}

/**
 * How many referring pages a breakdown holds under some keys together. A page whose figures contradict each other (a
 * part larger than the whole) tells nothing.
 * @returns null when no page tells
 */
export function countKeys(pages: readonly Page[], name: BreakdownName, keys: readonly string[]): Share | null {
  let count = 0;
  let of = 0;
  for (const page of pages) {
    const told = readBreakdown(page, name);
    if (told === null) continue;
    let own = 0;
    for (const key of keys) own += toCount(told.map[key]) ?? 0;
    if (own > told.of) continue;
    count += own;
    of += told.of;
  }
  return of === 0 ? null : { count, of, counted: { pages, name, keys } };
}

interface Breakdown {
  map: JsonObject;
  /** The page's referring pages, above 0. */
  of: number;
}

/** Null unless the page tells both the breakdown and what it is a breakdown of. */
export function readBreakdown({ raw, referringPages }: Page, name: BreakdownName): Breakdown | null {
  if (referringPages === null || referringPages <= 0) return null;
  const summary = raw["page_summary"];
  const map = isObject(summary) ? summary[name] : undefined;
  return isObject(map) ? { map, of: referringPages } : null;
}

/** Null when it is none. What a JSON object inherits (`constructor`, `__proto__`) is never a number. */
export const toCount = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : null;

/** One of the keys is missing from a map that may have been cut. */
function mayHideKeys(page: Page, { name, keys }: Counted): boolean {
  const told = readBreakdown(page, name);
  if (told === null || keys.every((key) => toCount(told.map[key]) !== null)) return false;
  const counts = Object.values(told.map);
  if (counts.length === 0) return false;
  // Attributes stand together on a link, so their sum proves nothing. The others part the referring pages.
  const total = counts.reduce((sum: number, value) => sum + (toCount(value) ?? 0), 0);
  return name === "referring_links_attributes" || total < told.of;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
