import { type Fold, type Folding, foldAll, readFolding } from "../answer/fold.ts";
import { latestOf, type Snapshot } from "../snapshot.ts";
import {
  findCanonicalElsewhere,
  findDeadEnds,
  findGone,
  findRedirectChains,
  findRedirectLinks,
  findRedirects,
  findRefused,
  findTrouble,
} from "./dead-and-moved.ts";
import { type Finding, type Rule, toList } from "./finding.ts";
import {
  findBoilerplateLinks,
  findConcentration,
  findNofollow,
  findSpam,
  findUgcAndSponsored,
} from "./link-quality.ts";
import { findCountrySkew, findTldSkew } from "./skew.ts";
import { findLost, findRarelyCrawled, findThinPages } from "./thin-and-fading.ts";

/**
 * In the order of what can be won by acting, whatever its size: links that are lost now, links on a detour, links that
 * went; then what links are worth; then hints, where nothing is lost: of pages, of old figures, of where links come from.
 */
const RULES: readonly Rule[] = [
  findGone,
  findTrouble,
  findDeadEnds,
  findRedirectChains,
  findRedirects,
  findLost,
  findRefused,
  findSpam,
  findConcentration,
  findRedirectLinks,
  findNofollow,
  findUgcAndSponsored,
  findBoilerplateLinks,
  findThinPages,
  findCanonicalElsewhere,
  findRarelyCrawled,
  findTldSkew,
  findCountrySkew,
];

/**
 * What there is to act on, in the order of {@link RULES}; empty when there is nothing.
 * @param until ms since the epoch: what is dated later is of unknown date
 */
export const findFacts = (folds: readonly Fold[], target: string, until?: number): Finding[] =>
  findPlacedFacts(folds, target, until).map(({ finding }) => finding);

/** With the place of its rule among {@link RULES}: by it the findings of two lists go into one order. */
export interface PlacedFinding {
  place: number;
  finding: Finding;
}

function findPlacedFacts(folds: readonly Fold[], target: string, until?: number): PlacedFinding[] {
  const list = toList(folds, target, until);
  return RULES.flatMap((rule, place) => {
    const finding = rule(list);
    return finding === null ? [] : [{ place, finding }];
  });
}

/** What is worked out once for a snapshot, which never changes, however often it is answered from, asked and looked at. */
interface Known {
  folding: Folding;
  folds: readonly Fold[];
  facts?: readonly Finding[];
  placed?: readonly PlacedFinding[];
}

const KNOWN = new WeakMap<Snapshot, Known>();

function know(snapshot: Snapshot): Known {
  const known = KNOWN.get(snapshot);
  if (known !== undefined) return known;
  const folding = readFolding(snapshot.pages);
  const fresh: Known = { folding, folds: foldAll(folding) };
  KNOWN.set(snapshot, fresh);
  return fresh;
}

/** All rows of a snapshot, in fetched order. */
export const foldsOf = (snapshot: Snapshot): readonly Fold[] => know(snapshot).folds;

/** Where each page of a snapshot belongs, to fold some of them. */
export const foldingOf = (snapshot: Snapshot): Folding => know(snapshot).folding;

/** All findings of a snapshot. */
export function factsOf(snapshot: Snapshot): readonly Finding[] {
  const known = know(snapshot);
  known.facts ??= placedFactsOf(snapshot).map(({ finding }) => finding);
  return known.facts;
}

/** The same with their places. */
export function placedFactsOf(snapshot: Snapshot): readonly PlacedFinding[] {
  const known = know(snapshot);
  known.placed ??= findPlacedFacts(known.folds, snapshot.request.target, latestOf(snapshot));
  return known.placed;
}
