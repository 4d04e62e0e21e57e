import type { Coverage } from "../answer/coverage.ts";
import type { Fold } from "../answer/fold.ts";
import type { PageCounts } from "./comparison.ts";
import type { Differences } from "./differences.ts";
import { findFlips } from "./find-flips.ts";
import { matchFolds, pageKey } from "./match-folds.ts";
import { type Matched, toMatched } from "./matched.ts";
import { type Absence, readAbsence } from "./missing.ts";
import { isUntold, type PageChange } from "./page-change.ts";
import { backlinksCell, domainsCell, ofFold, ofPages, type PageState } from "./page-state.ts";

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
      added: added.missing,
      removed: removed.missing,
    },
    changes: [...changed.flat(), ...listed].sort(byWeight),
    isTrimmed: matches.some(({ isTrimmed }) => isTrimmed),
  };
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
