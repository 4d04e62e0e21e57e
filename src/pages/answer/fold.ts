import type { Page } from "../snapshot/page.ts";
import { identifyUrl, type UrlIdentity } from "./url-identity.ts";

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
  const identities = pages.map((page) => identifyUrl(page.url));
  const byKey = groupByKey(pages, identities);
  const groups = new Map<string, Page[]>();
  pages.forEach((page, index) => {
    const key = finalKey(page, identities[index], byKey) ?? page.handle;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [page]);
    else group.push(page);
  });
  return [...groups.values()].map(toFold);
}

const isRedirect = (page: Page): boolean => page.status !== null && page.status >= 300 && page.status < 400;

function groupByKey(pages: readonly Page[], identities: readonly (UrlIdentity | undefined)[]): Map<string, Page[]> {
  const byKey = new Map<string, Page[]>();
  pages.forEach((page, index) => {
    const key = identities[index]?.key;
    if (key === undefined) return;
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, [page]);
    else same.push(page);
  });
  return byKey;
}

/** Follows redirects as long as they lead to fetched pages; a loop ends where it closes. */
function finalKey(
  page: Page,
  identity: UrlIdentity | undefined,
  byKey: ReadonlyMap<string, Page[]>,
): string | undefined {
  let key = identity?.key;
  let from = page;
  let at = identity;
  const seen = new Set<string>();
  while (key !== undefined && !seen.has(key)) {
    seen.add(key);
    // A page that is fetched under any of its variants as something other than a redirect is an end.
    if (byKey.get(key)?.some((variant) => !isRedirect(variant))) return key;
    if (!isRedirect(from) || from.location === null) return key;
    const next = identifyUrl(from.location, at);
    const target = next === undefined ? undefined : byKey.get(next.key)?.[0];
    if (next === undefined || target === undefined) return key;
    if (seen.has(next.key)) return [...seen].sort()[0];
    key = next.key;
    at = next;
    from = target;
  }
  return key;
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
