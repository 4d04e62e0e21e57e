import { toCount } from "../../lists/query/group-rows.ts";
import type { JsonObject } from "../../lists/snapshot.ts";
import { formatCount } from "../../lists/text.ts";
import type { Fold } from "../answer/fold.ts";
import type { Page } from "../page.ts";
import { type Finding, type List, MIN_REFERRING_PAGES, pickFolds, sumReferringPages, toFinding } from "./finding.ts";

interface Kind {
  name: string;
  breakdown: BreakdownName;
  /** The rule before its brackets. */
  says: string;
  /** Whether a key is what it claims to be: keys are third-party text, and go into the answer as they are. */
  isKey: (key: string) => boolean;
  print: (key: string) => string;
}

/** Also `co.in` and `github.io`, which the upstream counts as one; none is longer than 40 characters. */
const TLD_FORM = /^(?=.{2,40}$)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i;

const TLD: Kind = {
  name: "TLD",
  breakdown: "referring_links_tld",
  says: "one TLD but com links most",
  // Close to half of all web sites are under .com: a majority there is the normal case.
  isKey: (key) => key !== "com" && TLD_FORM.test(key),
  print: (key) => `.${key}`,
};

const COUNTRY: Kind = {
  name: "country",
  breakdown: "referring_links_countries",
  says: "one country links most",
  // "WW" is the upstream's word for no country in particular, "" for an unknown one.
  isKey: (key) => key !== "WW" && /^[A-Z]{2}$/.test(key),
  print: (key) => key,
};

/** Pages whose links mostly come from one top-level domain. */
export const findTldSkew = (list: List): Finding | null => findSkew(list, TLD);

/** Pages whose links mostly come from one country. */
export const findCountrySkew = (list: List): Finding | null => findSkew(list, COUNTRY);

/** Pages led by one key; the rule says so where that key leads the whole list, be it by many small pages alone. */
function findSkew(list: List, kind: Kind): Finding | null {
  const leaders = findLeaders(list, kind);
  const whole = findWholeLeader(list.folds, leaders, kind);
  const inAll = whole === undefined ? "" : describeLeader(kind, whole);
  const pick = (isMeant: (leader: Leader) => boolean) =>
    pickFolds(list.folds, list.target, (fold) => {
      const leader = leaders.get(fold);
      return leader !== undefined && isMeant(leader) ? () => describeLeader(kind, leader) : null;
    });
  const large = pick(({ share }) => exceeds(share, MOST));
  if (large.length > 0) {
    const most = `> ${MOST * 100}%`;
    return toFinding(kind.name, `${kind.says} (${most}${inAll === "" ? "" : `; whole list: ${inAll}`})`, large);
  }
  const small = pick(({ key }) => key === whole?.key);
  return toFinding(kind.name, `${kind.says} (> ${MOST * 100}% of the whole list: ${inAll})`, small);
}

interface Leader {
  key: string;
  share: Share;
}

/**
 * What leads the list leads one of its pages. Where small pages weigh less than large ones, they are not even looked
 * at: they would have to agree against all of the large ones.
 */
function findLeaders({ folds, large }: List, kind: Kind): Map<Fold, Leader> {
  const leaders = new Map<Fold, Leader>();
  for (const fold of sumPages(folds) > 2 * sumPages(large) ? folds : large) {
    const leader = findLeader(fold, kind);
    if (leader !== undefined) leaders.set(fold, leader);
  }
  return leaders;
}

const sumPages = (folds: readonly Fold[]): number => folds.reduce((sum, fold) => sum + sumReferringPages(fold), 0);

function findLeader({ members }: Fold, kind: Kind): Leader | undefined {
  for (const page of members) {
    // What holds most of the variants together holds most of one of them.
    const key = findMajority(page, kind);
    const share = key === undefined ? null : countKeys(members, kind.breakdown, [key]);
    if (key !== undefined && share !== null && share.count > MOST * share.of) return { key, share };
  }
  return undefined;
}

function findWholeLeader(
  folds: readonly Fold[],
  leaders: ReadonlyMap<Fold, Leader>,
  { breakdown }: Kind,
): Leader | undefined {
  if (leaders.size === 0) return undefined;
  const pages: Page[] = [];
  for (const { members } of folds) for (const page of members) pages.push(page);
  const keys = [...new Set([...leaders.values()].map((leader) => leader.key))];
  const shares = countEach(pages, breakdown, keys);
  const at = shares.findIndex((share) => exceeds(share, MOST));
  const [key, share] = [keys[at], shares[at]];
  if (key === undefined || share === undefined) return undefined;
  return { key, share: { ...share, counted: { pages, name: breakdown, keys: [key] } } };
}

/** As {@link countKeys} counts each of the keys by itself, in one go over the pages: there are many. */
function countEach(
  pages: readonly Page[],
  name: BreakdownName,
  keys: readonly string[],
): Pick<Share, "count" | "of">[] {
  const shares = keys.map(() => ({ count: 0, of: 0 }));
  for (const page of pages) {
    const told = readBreakdown(page, name);
    if (told === null) continue;
    for (const [at, share] of shares.entries()) {
      const own = toCount(told.map[keys[at] ?? ""]) ?? 0;
      if (own > told.of) continue;
      share.count += own;
      share.of += told.of;
    }
  }
  return shares;
}

/** The one key that more than half of the page's referring pages stand under, if it is one. */
function findMajority(page: Page, { breakdown, isKey }: Kind): string | undefined {
  const told = readBreakdown(page, breakdown);
  if (told === null) return undefined;
  let rest = told.of;
  for (const key in told.map) {
    const count = toCount(told.map[key]) ?? 0;
    if (count > MOST * told.of && isKey(key)) return key;
    rest -= count;
    // The keys part the referring pages: what is left is no majority. Maps are sorted, so this comes soon.
    if (rest <= MOST * told.of) return undefined;
  }
  return undefined;
}

const describeLeader = ({ print }: Kind, { key, share }: Leader): string => `${print(key)} ${describeShare(share)}`;

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
