import type { Coverage } from "../../lists/coverage.ts";
import { readCrawledAt } from "../../lists/header.ts";
import type { Fold } from "../answer/fold.ts";
import { isDead } from "../answer/follow-redirects.ts";
import { DOMAIN_PAGES } from "../domain-pages.ts";
import type { Page } from "../page.ts";
import {
  answerOf,
  backlinksCell,
  domainsCell,
  isUntold,
  ofFold,
  ofPages,
  type PageChange,
  type PageState,
} from "./changes-table.ts";
import type { PageCounts } from "./comparison.ts";
import type { Differences } from "./differences.ts";
import {
  type Absence,
  type Matched,
  type MatchedSide,
  matchFolds,
  pageKey,
  readAbsence,
  toMatched,
} from "./match-folds.ts";

const { seenAt: SEEN_AT } = DOMAIN_PAGES.itemKeys;

export interface PageChanges {
  counts: PageCounts;
  /** Changes of status first, then by links at stake, then what is not told. */
  changes: PageChange[];
  /** Some URL variants were left out of the figures, since the other list may just not reach them. */
  isTrimmed: boolean;
}

interface List {
  folds: readonly Fold[];
  coverage: Coverage;
  /** ms since the epoch; a page said to be crawled after this was crawled at an unknown time. */
  latest: number;
}

/** What became of the pages of one list in the other. */
export function findPageChanges(before: List, after: List, can: Differences): PageChanges {
  const { inBoth, beforeOnly, afterOnly } = matchFolds(before.folds, after.folds);
  // What is missing from a list is judged by what that list would show.
  const inLater = readAbsence(after.coverage, can);
  const inEarlier = readAbsence(before.coverage, can);
  const matches = inBoth.map((match) => toMatched(match, inLater, inEarlier));
  const changed = matches.map((match) => compareMatched(match, can));
  const removed = judge(beforeOnly, inLater, (fold, isTold) => ({
    kind: isTold ? "lost" : "only before",
    before: ofFold(fold),
    after: null,
    stake: fold.backlinks ?? 0,
  }));
  const added = judge(afterOnly, inEarlier, (fold, isTold) => ({
    kind: isTold ? "new" : "only after",
    before: null,
    after: ofFold(fold),
    stake: fold.backlinks ?? 0,
  }));
  // Lists that were asked for other pages differ in pages by nature: these are counted, not listed.
  const listed = can.presence ? [...removed.changes, ...added.changes] : [];
  return {
    counts: {
      inBoth: inBoth.length,
      inBothBefore: before.folds.length - beforeOnly.length,
      inBothAfter: after.folds.length - afterOnly.length,
      changed: changed.filter((each) => each.length > 0).length,
      statusChanges: changed.flat().filter(({ kind }) => kind === "status").length,
      notCrawledAgain: matches.filter((match) => isLeftUncrawled(match, before.latest, after.latest)).length,
      added: added.missing,
      removed: removed.missing,
    },
    changes: [...changed.flat(), ...listed].sort(byWeight),
    isTrimmed: matches.some(({ isTrimmed }) => isTrimmed),
  };
}

/** Told of at least one URL that both lists have, and not told of any that the crawler came back to it. */
function isLeftUncrawled({ before, after }: Matched, latestBefore: number, latestAfter: number): boolean {
  const membersBefore = new Map(before.folds.flatMap(({ members }) => members).map((page) => [page.url, page]));
  const moves = after.folds
    .flatMap(({ members }) => members)
    .flatMap((page) => {
      const known = membersBefore.get(page.url);
      const [was, is] = [
        known && readCrawledAt(known, SEEN_AT, latestBefore),
        readCrawledAt(page, SEEN_AT, latestAfter),
      ];
      return was === undefined || is === undefined ? [] : [is - was];
    });
  return moves.length > 0 && moves.every((move) => move <= 0);
}

function judge(
  folds: readonly Fold[],
  { isTold, why }: Absence,
  toChange: (fold: Fold, isTold: boolean) => PageChange,
): { changes: PageChange[]; missing: PageCounts["added"] } {
  const judged = folds.map((fold) => ({ fold, told: isTold(fold.members) }));
  const told = judged.filter((each) => each.told).length;
  const untold = folds.length - told;
  return {
    changes: judged.map((each) => toChange(each.fold, each.told)),
    missing: { told, untold, why: untold > 0 ? why : null },
  };
}

/** A change of status for each URL that a row is named after, and one of figures for the whole. */
function compareMatched(match: Matched, can: Differences): PageChange[] {
  const flips = findFlips(match);
  const isAlone = match.before.folds.length === 1 && match.after.folds.length === 1;
  const isOnePage = pageKey(match.before.main) === pageKey(match.after.main);
  // The change of status of a page that stands alone shows its figures too.
  if (flips.length > 0 && isAlone && isOnePage) return flips;
  const [before, after] = [ofSide(match.before), ofSide(match.after)];
  if (!hasMoved(before, after, can)) return flips;
  return [...flips, { kind: "changed", before, after, stake: difference(before, after) }];
}

const ofSide = ({ main, counted }: Matched["before"]): PageState => ofPages(main, counted);

function hasMoved(before: PageState, after: PageState, can: Differences): boolean {
  const linksMoved = backlinksCell(before) !== backlinksCell(after) || domainsCell(before) !== domainsCell(after);
  return (can.links && linksMoved) || (can.rank && before.rank !== after.rank);
}

/** Unknown on one side, nothing can be said to be at stake. */
function difference(before: PageState, after: PageState): number {
  return before.backlinks === null || after.backlinks === null ? 0 : Math.abs(after.backlinks - before.backlinks);
}

const groupOf = (change: PageChange): number => (change.kind === "status" ? 0 : isUntold(change) ? 2 : 1);

function byWeight(a: PageChange, b: PageChange): number {
  return (
    groupOf(a) - groupOf(b) ||
    b.stake - a.stake ||
    Math.abs(moveOf(b, domainsOf)) - Math.abs(moveOf(a, domainsOf)) ||
    Math.abs(moveOf(b, rankOf)) - Math.abs(moveOf(a, rankOf)) ||
    // Which of equals is left out for want of room must not depend on which list came first.
    inOrder(urlOf(a), urlOf(b))
  );
}

/** The first of the URLs that the two lists name it after. */
function urlOf({ before, after }: PageChange): string {
  const [one = "", other = one] = [before ?? after, after ?? before].map((state) => state?.page.url);
  return inOrder(one, other) <= 0 ? one : other;
}

const inOrder = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const domainsOf = ({ referringDomains }: PageState): number | null => referringDomains?.low ?? null;
const rankOf = ({ rank }: PageState): number | null => rank;

const moveOf = ({ before, after }: PageChange, read: (state: PageState) => number | null): number =>
  (after === null ? 0 : (read(after) ?? 0)) - (before === null ? 0 : (read(before) ?? 0));

/** The page of one URL, in the earlier and in the later list. */
type Pair = readonly [was: Page, is: Page];

/**
 * Pages that answer otherwise than before, one for each page that is a row in either list. Whatever is a row in one
 * list and folded into another row in the other (`/old` now redirects to `/new`) is one of them; so is a variant that
 * died beside its living twins, or came back to them. Swapping the sides swaps each change.
 */
export function findFlips({ before, after }: Matched): PageChange[] {
  const mains = [...before.folds, ...after.folds].map(({ main }) => main);
  const pages = [...new Set(mains.map(pageKey))].flatMap((key): Pair[] => {
    const [from, to] = [findByKey(before, key), findByKey(after, key)];
    const pair = from && to && isFlip([from, to]) ? pairOfOneUrl([from, to], before, after) : undefined;
    return pair === undefined ? [] : [pair];
  });
  const dead = mains.filter(isDead).flatMap(({ url }): Pair[] => {
    const [was, is] = [findByUrl(before, url), findByUrl(after, url)];
    return was && is && isFlip([was, is]) ? [[was, is]] : [];
  });
  const flips = new Map([...pages, ...dead].map((pair) => [`${pair[0].handle} ${pair[1].handle}`, pair]));
  return [...flips.values()].map(([was, is]) => {
    const states = [stateOf(was, before, is, after), stateOf(is, after, was, before)] as const;
    const stake = Math.max(...states.map(({ backlinks }) => backlinks ?? 0));
    return { kind: "status", before: states[0], after: states[1], stake };
  });
}

/** Of the pages that rows are named after, what visitors get who try its variants; else one that is folded into a row. */
function findByKey({ folds }: MatchedSide, key: string): Page | undefined {
  const hasKey = (page: Page) => pageKey(page) === key;
  const mains = folds.map(({ main }) => main).filter(hasKey);
  const [best] = mains.sort((a, b) => standing(a) - standing(b) || (b.backlinks ?? -1) - (a.backlinks ?? -1));
  return best ?? folds.flatMap(({ members }) => members).find(hasKey);
}

/** A variant that answers stands for the page before one that fails, and that before one that only leads on. */
const STANDING = { live: 0, dead: 1, unknown: 2, redirect: 3 } as const;
const standing = (page: Page): number => STANDING[answerOf(page) ?? "unknown"];

function isFlip([was, is]: Pair): boolean {
  const [earlier, later] = [answerOf(was), answerOf(is)];
  return earlier !== null && later !== null && earlier !== later;
}

/**
 * The lists may name the page by two of its URL variants. What the one answered then and the other answers now is no
 * change: where a list lacks the variant that answers, another one stands for the page, and that one may have
 * redirected all along. So it takes one of the two that is in both lists and answers otherwise itself.
 * @returns of two such, the one that changed as the page did; undefined when there is none
 */
function pairOfOneUrl([from, to]: Pair, before: MatchedSide, after: MatchedSide): Pair | undefined {
  if (from.url === to.url) return [from, to];
  const [earlier, later] = [findByUrl(before, to.url), findByUrl(after, from.url)];
  const pairs: Pair[] = [];
  if (later !== undefined) pairs.push([from, later]);
  if (earlier !== undefined) pairs.push([earlier, to]);
  const flips = pairs.filter(isFlip);
  const isAsPage = ([was, is]: Pair) => answerOf(was) === answerOf(from) && answerOf(is) === answerOf(to);
  // The last resort is the URL, which is the same whichever list is the earlier one.
  flips.sort((a, b) => Number(isAsPage(b)) - Number(isAsPage(a)) || (a[0].url < b[0].url ? -1 : 1));
  return flips[0];
}

const findByUrl = ({ folds }: MatchedSide, url: string): Page | undefined =>
  folds.flatMap(({ members }) => members).find((page) => page.url === url);

/**
 * The figures of the row that is named after a variant of the page, without those variants that the other list shows in
 * another row than the page; else the page's own.
 */
function stateOf(page: Page, side: MatchedSide, otherPage: Page, other: MatchedSide): PageState {
  const row = rowOf(page, side);
  const otherRow = rowOf(otherPage, other);
  const elsewhere = new Set(
    other.folds.flatMap((fold) => (fold === otherRow ? [] : fold.members.map(({ url }) => url))),
  );
  const isComparable = (each: Page) => side.counted.includes(each) && !elsewhere.has(each.url);
  const comparable = row?.members.filter(isComparable) ?? [];
  return ofPages(page, comparable.length > 0 ? comparable : [page]);
}

const rowOf = (page: Page, { folds }: MatchedSide): Fold | undefined =>
  folds.find(({ main, members }) => members.includes(page) && pageKey(main) === pageKey(page));
