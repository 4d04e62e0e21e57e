import type { Page } from "../snapshot/page.ts";
import { identifyUrl } from "./url-identity.ts";

/** A value that overlaps between variants: only known to lie between two bounds. Equal bounds are exact. */
export interface Range {
  low: number;
  high: number;
}

/** One real page: a page and those of its URL variants that were fetched too. */
export interface Fold {
  /** The variant that visitors end on; it lends the row its handle, URL, status and title. */
  main: Page;
  /** In fetched order, `main` included. */
  members: Page[];
  /** Redirecting members, `main` not counted. */
  redirects: number;
  rank: number | null;
  backlinks: number | null;
  /** Domains overlap between variants, so several give largest – sum. */
  referringDomains: Range | null;
  /** Share of the referring pages that link with nofollow, 0 to 1. */
  nofollowShare: number | null;
  /** Averages of the variants: lowest – highest. */
  spamScore: Range | null;
}

/**
 * Gathers URL variants, and redirecting pages with the fetched page they end on, into one fold each.
 * @returns folds in the order of their first member; every page is in exactly one
 */
export function foldPages(pages: readonly Page[]): Fold[] {
  const stops = gatherStops(pages);
  const groups = new Map<string | Page, Page[]>();
  for (const page of pages) {
    // A page without a readable URL has no variants: it is its own group, under a key that no URL can spell.
    addTo(groups, finalKey(page, stops) ?? page, page);
  }
  return [...groups.values()].map(toFold);
}

export const isRedirect = ({ status }: Page): boolean => status !== null && status >= 300 && status < 400;

/** What was fetched under one URL key, as a visitor meets it who follows redirects. */
interface Stop {
  /** One of the pages is no redirect: the visitor has arrived. */
  isEnd: boolean;
  /** Where the first of the redirects leads that leads on to a fetched page. */
  exit: string | undefined;
}

type Stops = ReadonlyMap<string, Stop>;

function gatherStops(pages: readonly Page[]): Stops {
  const byKey = new Map<string, Page[]>();
  for (const page of pages) {
    const key = identifyUrl(page.url)?.key;
    if (key !== undefined) addTo(byKey, key, page);
  }
  const toStop = (key: string, variants: readonly Page[]): Stop => {
    if (variants.some((page) => !isRedirect(page))) return { isEnd: true, exit: undefined };
    const exits = variants.map((page) => exitOf(page, key, byKey));
    return { isEnd: false, exit: exits.find((exit) => exit !== undefined) };
  };
  return new Map([...byKey].map(([key, variants]) => [key, toStop(key, variants)]));
}

/** The fetched page that a redirect leads to; undefined when it stays on its own key, as http → https does. */
function exitOf({ url, location }: Page, key: string, fetched: ReadonlyMap<string, unknown>): string | undefined {
  const next = location === null ? undefined : identifyUrl(location, identifyUrl(url))?.key;
  return next !== undefined && next !== key && fetched.has(next) ? next : undefined;
}

function addTo<K>(groups: Map<K, Page[]>, key: K, page: Page): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [page]);
  else group.push(page);
}

/** Where browsers give up too; it bounds the work on a hostile chain. */
const MAX_HOPS = 20;

/**
 * Follows redirects as long as they lead to fetched pages. A loop ends at one of its keys, the same for all who
 * enter it; a chain on which no visitor arrives leaves the page where it is.
 */
function finalKey(page: Page, stops: Stops): string | undefined {
  const own = identifyUrl(page.url)?.key;
  if (own === undefined) return undefined;
  const path: string[] = [];
  let key = own;
  while (path.length <= MAX_HOPS) {
    const stop = stops.get(key);
    const loopStart = path.indexOf(key);
    if (loopStart >= 0) return path.slice(loopStart).sort()[0];
    path.push(key);
    // The page's own redirect counts before those of its variants.
    const ownExit = key === own && stop?.isEnd === false ? exitOf(page, key, stops) : undefined;
    const next = ownExit ?? stop?.exit;
    if (next === undefined) return key;
    key = next;
  }
  return own;
}

function toFold(members: Page[]): Fold {
  const main = members.reduce((best, page) => (outranks(page, best) ? page : best));
  return {
    main,
    members,
    redirects: members.filter((page) => page !== main && isRedirect(page)).length,
    rank: largest(members.map((page) => page.rank)),
    backlinks: sum(members.map((page) => page.backlinks)),
    referringDomains: overlap(members.map((page) => page.referringDomains)),
    nofollowShare: nofollowShare(members),
    spamScore: spread(members.map((page) => page.spamScore)),
  };
}

/** An answering page before a broken one before a redirect; then the one with more links. */
function outranks(page: Page, best: Page): boolean {
  const order = endRank(page) - endRank(best);
  if (order !== 0) return order < 0;
  return (page.backlinks ?? -1) > (best.backlinks ?? -1);
}

function endRank({ status }: Page): number {
  if (status === null) return 2;
  if (status < 300) return 0;
  return status >= 400 ? 1 : 3;
}

/** Over the members that tell both figures, so that an unknown one does not dilute the share. */
function nofollowShare(members: readonly Page[]): number | null {
  const telling = members.filter((page) => page.referringPages !== null && page.referringPagesNofollow !== null);
  const pages = sum(telling.map((page) => page.referringPages));
  return pages === null || pages === 0 ? null : (sum(telling.map((page) => page.referringPagesNofollow)) ?? 0) / pages;
}

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

function sum(values: readonly (number | null)[]): number | null {
  const numbers = known(values);
  return numbers.length === 0 ? null : numbers.reduce((total, value) => total + value, 0);
}

function largest(values: readonly (number | null)[]): number | null {
  const numbers = known(values);
  return numbers.length === 0 ? null : Math.max(...numbers);
}

function overlap(values: readonly (number | null)[]): Range | null {
  const numbers = known(values);
  if (numbers.length === 0) return null;
  return { low: Math.max(...numbers), high: numbers.reduce((total, value) => total + value, 0) };
}

function spread(values: readonly (number | null)[]): Range | null {
  const numbers = known(values);
  return numbers.length === 0 ? null : { low: Math.min(...numbers), high: Math.max(...numbers) };
}
