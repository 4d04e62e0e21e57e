import type { Fold } from "../answer/fold.ts";
import type { Page } from "../snapshot/page.ts";
import { type Match, pageKey } from "./match-folds.ts";
import type { Absence } from "./missing.ts";

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
