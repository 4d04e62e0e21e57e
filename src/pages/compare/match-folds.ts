import { type Bound, type Coverage, isWhole } from "../../lists/coverage.ts";
import { countOf, formatCount } from "../../lists/text.ts";
import type { Fold } from "../answer/fold.ts";
import { BOUNDING_FIELDS } from "../answer/header-facts.ts";
import { identifyUrl } from "../answer/url-identity.ts";
import type { Page } from "../page.ts";
import type { Differences } from "./differences.ts";

/**
 * What stands for the same page in both lists: mostly one fold of each. A list that holds a redirect folds what another
 * one shows apart, so it can be several on either side; then their figures are only comparable as sums.
 */
export interface Match {
  before: Fold[];
  after: Fold[];
}

export interface Matches {
  inBoth: Match[];
  beforeOnly: Fold[];
  afterOnly: Fold[];
}

/** What a page is known by in both lists; one whose URL cannot be read, by what was written. */
export const pageKey = ({ url }: Page): string => identifyUrl(url)?.key ?? `unreadable ${url.trim()}`;

/**
 * Brings folds together that share a URL (`identifyUrl`). Every fold is in exactly one match or one of the rests, in
 * its list's order, and swapping the lists swaps the result.
 */
export function matchFolds(before: readonly Fold[], after: readonly Fold[]): Matches {
  const all = [...before, ...after];
  const matches: Matches = { inBoth: [], beforeOnly: [], afterOnly: [] };
  for (const places of gather(all)) {
    // By place and not by identity: a list beside itself holds the very same rows twice.
    const take = (isOfSide: (place: number) => boolean) => places.filter(isOfSide).flatMap((place) => all[place] ?? []);
    const match = { before: take((place) => place < before.length), after: take((place) => place >= before.length) };
    if (match.after.length === 0) matches.beforeOnly.push(...match.before);
    else if (match.before.length === 0) matches.afterOnly.push(...match.after);
    else matches.inBoth.push(match);
  }
  return matches;
}

/** The places of the folds that hang together by the URLs of their members. */
function gather(folds: readonly Fold[]): number[][] {
  const parent = folds.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root] ?? root;
    // What was passed hangs below the root from now on, so that no chain is walked twice.
    for (let at = index; at !== root; ) {
      const next = parent[at] ?? root;
      parent[at] = root;
      at = next;
    }
    return root;
  };
  const firstWith = new Map<string, number>();
  for (const [index, { members }] of folds.entries()) {
    for (const key of members.map(pageKey)) {
      const first = firstWith.get(key);
      if (first === undefined) firstWith.set(key, index);
      else parent[rootOf(index)] = rootOf(first);
    }
  }
  const groups = new Map<number, number[]>();
  for (const index of folds.keys()) {
    const group = groups.get(rootOf(index));
    if (group === undefined) groups.set(rootOf(index), [index]);
    else group.push(index);
  }
  return [...groups.values()];
}

/** One side of a match. */
export interface MatchedSide {
  folds: Fold[];
  /** The page it is named after: one that is a row in both lists if there is such, else the one with most backlinks. */
  main: Page;
  /** Those of its URLs whose figures compare with the other side's. */
  counted: Page[];
}

export interface Matched {
  before: MatchedSide;
  after: MatchedSide;
  /** Some URLs are not counted. */
  isTrimmed: boolean;
}

/**
 * A row sums up the URL variants that were fetched. One that the other list may hold in its unseen part would make the
 * sum fall though nothing changed, so it is left out of the figures on its side.
 * @param inLater what absence from the later list says; `inEarlier` likewise
 */
export function toMatched({ before, after }: Match, inLater: Absence, inEarlier: Absence): Matched {
  const [was, is] = [toSide(before, after, inLater), toSide(after, before, inEarlier)];
  return { before: was, after: is, isTrimmed: isTrimmed(was) || isTrimmed(is) };
}

const membersOf = (folds: readonly Fold[]): Page[] => folds.flatMap(({ members }) => members);

const isTrimmed = ({ folds, counted }: MatchedSide): boolean => counted.length < membersOf(folds).length;

function toSide(own: Fold[], other: readonly Fold[], { isTold }: Absence): MatchedSide {
  const urls = new Set(membersOf(other).map(({ url }) => url));
  const keys = new Set(other.map(({ main }) => pageKey(main)));
  const shared = own.filter(({ main }) => keys.has(pageKey(main)));
  const candidates = shared.length > 0 ? shared : own;
  const main = candidates.reduce((best, each) => ((each.backlinks ?? -1) > (best.backlinks ?? -1) ? each : best)).main;
  return {
    folds: own,
    main,
    counted: membersOf(own).filter((page) => urls.has(page.url) || isTold([page])),
  };
}

const RANK = "page_summary.rank";

/** What the absence of a page from a list says. */
export interface Absence {
  /** One of these URLs, at least, would stand in the list if it were as it is in the other one. */
  isTold: (pages: readonly Page[]) => boolean;
  /** Why it is not told of all pages, completing "not in the later list, …". */
  why: string | null;
}

/**
 * A list shows all that matches, or all beyond the value at which it ends. Of a page that is missing and is neither,
 * nothing is known: that it is lost, or new, would be a guess.
 * @param coverage of the list from which pages are missing
 */
export function readAbsence(coverage: Coverage, can: Differences): Absence {
  if (!can.presence) {
    return { isTold: () => false, why: `which has other ${can.presenceNames.join(" and ")}` };
  }
  if (isWhole(coverage)) return { isTold: () => true, why: null };
  if (coverage.itemsSkipped > 0) {
    return { isTold: () => false, why: `which begins at offset ${formatCount(coverage.itemsSkipped)}` };
  }
  const { bound, itemsNotFetched: pagesNotFetched } = coverage;
  if (bound === null || (bound.field === RANK && !can.rank)) {
    const rest = pagesNotFetched === null ? "an unknown number of URLs" : countOf(pagesNotFetched, "URL");
    return { isTold: () => false, why: `which lacks ${rest}` };
  }
  return { isTold: (pages) => pages.some((page) => isBeyond(page, bound)), why: describeEnd(bound) };
}

function isBeyond(page: Page, { field, side, value }: Bound): boolean {
  const own = BOUNDING_FIELDS[field]?.(page) ?? null;
  return own !== null && (side === "at most" ? own > value : own < value);
}

function describeEnd({ field, value, byDefaultOrder }: Bound): string {
  const name = field.replace(/^page_summary\./, "").replaceAll("_", " ");
  return `which ends at ${name} ${formatCount(value)}${byDefaultOrder ? " (default order)" : ""}`;
}
