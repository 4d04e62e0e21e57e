import type { Range } from "../../lists/cells.ts";
import { classifyStatus, type Page } from "../page.ts";
import { findFinalKeys, isDead, isLive, isRedirect, type Place } from "./follow-redirects.ts";
import { identifyUrl, type UrlIdentity } from "./url-identity.ts";

/** One real page: a page and those of its URL variants that were fetched too. */
export interface Fold {
  /** The variant that visitors end on; it lends the row its handle, URL, status and title. */
  main: Page;
  /** What the main page's URL says it is; undefined when it has none. */
  identity: UrlIdentity | undefined;
  /** The same of the other members, as far as they have one; where these stand, the row does not. */
  otherIdentities: readonly UrlIdentity[];
  /** In fetched order, `main` included. */
  members: Page[];
  /** Redirecting members, `main` not counted. */
  redirects: number;
  /** The largest of the members'. */
  rank: number | null;
  /** The sum over the members that tell theirs; null when none does. */
  backlinks: number | null;
  /** A member's backlinks are unknown, so that {@link backlinks} is the least they can be; false when none is known. */
  backlinksAtLeast: boolean;
  /** Domains overlap between variants, so several give largest – sum. */
  referringDomains: Range | null;
  /** Share of the referring pages that link with nofollow, 0 to 1. */
  nofollowShare: number | null;
  /** Averages of the variants that tell theirs: lowest – highest. */
  spamScore: Range | null;
  /**
   * The main page's `meta.canonical`, as it came, when that names another page than this fold; null otherwise. It is a
   * hint that a site gives to search engines, often wrong, and folds nothing.
   */
  canonicalElsewhere: string | null;
  /**
   * Of a dead page: the living page that another spelling of the same address gives (http for https, with `www.` for
   * without, a slash more). To send visitors there is the cheapest redirect there is. Null when none was fetched.
   */
  livingTwin: Page | null;
  /** Of a redirect: the fetched dead page that its visitors end on. Null when it does not, or is not known to. */
  deadEnd: Page | null;
  /** Of a redirect: what it leads to was not fetched, so that nothing is known of it. */
  leadsToUnfetched: boolean;
}

/** Where the pages of one list belong, worked out once for however many of them are folded. */
export interface Folding {
  places: readonly Place[];
  /** By a row's key the page that it is named after, of rows that others name: living twins, and dead ends. */
  named: ReadonlyMap<string, Page>;
}

/** Reads where every page of a list belongs. */
export function readFolding(pages: readonly Page[]): Folding {
  const places = findFinalKeys(pages);
  const wanted = new Set(places.flatMap(({ twinKey, deadEnd }) => twinKey ?? deadEnd?.finalKey ?? []));
  const named = new Map<string, Page>();
  if (wanted.size > 0) {
    const some = places.filter(({ finalKey }) => finalKey !== undefined && wanted.has(finalKey));
    for (const [key, group] of gather(some)) if (typeof key === "string") named.set(key, pickMain(group).page);
  }
  return { places, named };
}

/**
 * Gathers URL variants, and redirecting pages with the fetched page they end on, into one fold each. An error folds with
 * variants of itself alone that answer the same, a redirect that ends on an error with such variants of itself: what
 * visitors do not reach is no part of what they do.
 * @returns folds in the order of their first member; every page is in exactly one
 */
export const foldPages = (pages: readonly Page[]): Fold[] => foldAll(readFolding(pages));

export const foldAll = ({ places, named }: Folding): Fold[] =>
  [...gather(places).values()].map((group) => toFold(group, named));

/** Some pages of a list, folded as they are in the whole of it: a page belongs to the same row whatever is asked. */
export function foldSome(pages: readonly Page[], { places, named }: Folding): Fold[] {
  const wanted = new Set(pages);
  const some = places.filter(({ page }) => wanted.has(page));
  return [...gather(some).values()].map((group) => toFold(group, named));
}

/** By row, in the order of each one's first page. */
function gather(places: readonly Place[]): Map<string | Page, Place[]> {
  const groups = new Map<string | Page, Place[]>();
  for (const place of places) {
    // A page without a readable URL has no variants: it is its own group, under a key that no URL can spell.
    const key = place.finalKey ?? place.page;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [place]);
    else group.push(place);
  }
  return groups;
}

const pickMain = (places: readonly Place[]): Place =>
  places.reduce((best, place) => (outranks(place, best) ? place : best));

/** A figure that overlaps between variants, as domains, IPs and subnets do: largest – sum; null when none tells it. */
export function overlapOf({ members }: Fold, read: (page: Page) => number | null): Range | null {
  return toOverlap(summarise(members, read));
}

/** A figure that adds up over the variants; at least that much where one does not tell it. */
export function sumOf({ members }: Fold, read: (page: Page) => number | null): Range | null {
  const told = summarise(members, read);
  return told && { low: told.sum, high: told.isPartial ? null : told.sum };
}

/**
 * Which page lends each other page its row.
 * @returns by the handle of a folded page the handle of its fold's main page; main pages themselves are not in it
 */
export function mapFolded(pages: readonly Page[]): ReadonlyMap<string, string> {
  return new Map(
    foldPages(pages).flatMap(({ main, members }) =>
      members.filter((page) => page !== main).map((page): [string, string] => [page.handle, main.handle]),
    ),
  );
}

function toFold(places: readonly Place[], named: Folding["named"]): Fold {
  const mainPlace = pickMain(places);
  const twin = named.get(mainPlace.twinKey ?? "");
  const main = mainPlace.page;
  const members = places.map(({ page }) => page);
  const backlinks = summarise(members, (page) => page.backlinks);
  const domains = summarise(members, (page) => page.referringDomains);
  const spam = summarise(members, (page) => page.spamScore);
  return {
    main,
    identity: mainPlace.identity,
    otherIdentities: places.length === 1 ? NO_OTHERS : places.flatMap((place) => othersThan(mainPlace, place)),
    members,
    redirects: members.filter((page) => page !== main && isRedirect(page)).length,
    rank: summarise(members, (page) => page.rank)?.most ?? null,
    backlinks: backlinks?.sum ?? null,
    backlinksAtLeast: backlinks?.isPartial ?? false,
    referringDomains: toOverlap(domains),
    nofollowShare: nofollowShare(members),
    spamScore: spam && { low: spam.least, high: spam.most },
    canonicalElsewhere: canonicalElsewhere(mainPlace, places),
    livingTwin: twin !== undefined && isLive(twin) ? twin : null,
    deadEnd: named.get(mainPlace.deadEnd?.finalKey ?? "") ?? null,
    leadsToUnfetched: main.location !== null && isRedirect(main) && !mainPlace.isLocationFetched,
  };
}

const NO_OTHERS: readonly UrlIdentity[] = [];

const othersThan = (main: Place, { page, identity }: Place): UrlIdentity[] =>
  page === main.page || identity === undefined ? [] : [identity];

/**
 * An answering page before one of unknown status before a redirect; errors are among themselves. Then the one whose URL carries no tracking, because it is
 * the page's own name; then the one with more links.
 */
function outranks(place: Place, best: Place): boolean {
  const order = endRank(place.page) - endRank(best.page);
  if (order !== 0) return order < 0;
  const isTracked = place.identity?.isTracked ?? false;
  if (isTracked !== (best.identity?.isTracked ?? false)) return !isTracked;
  return (place.page.backlinks ?? -1) > (best.page.backlinks ?? -1);
}

function endRank({ status }: Page): number {
  if (status === null) return 1;
  return classifyStatus(status) === "redirect" ? 2 : 0;
}

function canonicalElsewhere({ page, identity }: Place, places: readonly Place[]): string | null {
  const canonical = (page.raw["meta"] as { canonical?: unknown } | null | undefined)?.canonical;
  if (typeof canonical !== "string" || canonical === page.url || identity === undefined) return null;
  const named = identifyUrl(canonical, identity)?.key;
  return named === undefined || places.some((place) => place.identity?.key === named) ? null : canonical;
}

/** Over the members that tell both figures, so that an unknown one does not dilute the share. */
function nofollowShare(members: readonly Page[]): number | null {
  let all = 0;
  let nofollow = 0;
  for (const { referringPages, referringPagesNofollow } of members) {
    if (referringPages === null || referringPagesNofollow === null) continue;
    all += referringPages;
    nofollow += referringPagesNofollow;
  }
  return all === 0 ? null : nofollow / all;
}

/** What the known values of one figure come to. */
interface Summary {
  sum: number;
  least: number;
  most: number;
  /** A member does not tell the figure. */
  isPartial: boolean;
}

const toOverlap = (told: Summary | null): Range | null =>
  told && { low: told.most, high: told.isPartial ? null : told.sum };

/** @returns null when no member tells the figure */
function summarise(members: readonly Page[], read: (page: Page) => number | null): Summary | null {
  let summary: Summary | null = null;
  let isPartial = false;
  for (const page of members) {
    const value = read(page);
    if (value === null) {
      isPartial = true;
    } else if (summary === null) {
      summary = { sum: value, least: value, most: value, isPartial };
    } else {
      summary.sum += value;
      summary.least = Math.min(summary.least, value);
      summary.most = Math.max(summary.most, value);
    }
  }
  if (summary !== null) summary.isPartial = isPartial;
  return summary;
}

/** The sum over the rows that tell theirs; null when none does, `isAtLeast` when one of several does not. */
export function sumBacklinks(rows: readonly Fold[]): { links: number | null; isAtLeast: boolean } {
  let links: number | null = null;
  let isAtLeast = false;
  for (const { backlinks, backlinksAtLeast } of rows) {
    if (backlinks !== null) links = (links ?? 0) + backlinks;
    if (backlinks === null || backlinksAtLeast) isAtLeast = true;
  }
  return { links, isAtLeast: isAtLeast && links !== null };
}

/** Domains overlap between rows as they do between variants: the largest up to the sum. */
export function overlapDomains(rows: readonly Fold[]): Range | null {
  let low: number | null = null;
  let high: number | null = 0;
  for (const { referringDomains: range } of rows) {
    if (range !== null) low = Math.max(low ?? 0, range.low);
    high = high === null || range === null || range.high === null ? null : high + range.high;
  }
  return low === null ? null : { low, high };
}

/** Null when no status is known; an unknown one is not counted. */
export function countDead(rows: readonly Fold[]): number | null {
  const known = rows.filter(({ main }) => main.status !== null);
  return known.length === 0 ? null : known.filter(({ main }) => isDead(main)).length;
}
