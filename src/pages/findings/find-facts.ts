import { type Fold, type Folding, foldAll, readFolding } from "../answer/fold.ts";
import type { Snapshot } from "../snapshot.ts";
import {
  findCanonicalElsewhere,
  findDeadPages,
  findRedirectChains,
  findRedirectLinks,
  findRedirects,
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
import { findFading, findLost, findThinPages } from "./thin-and-fading.ts";

/** What can be won back, then what links are worth: the order between findings of equal weight. */
const RULES: readonly Rule[] = [
  findDeadPages,
  findLost,
  findRedirectChains,
  findRedirects,
  findConcentration,
  findSpam,
  findRedirectLinks,
  findNofollow,
  findUgcAndSponsored,
  findBoilerplateLinks,
  findTldSkew,
  findCountrySkew,
];

/** Nothing is lost where these fire; they come after all that links are really at stake in. */
const HINTS: readonly Rule[] = [findThinPages, findCanonicalElsewhere, findFading];

/** What the snapshot shows to act on, most backlinks at stake first, hints last; empty when there is nothing. */
export function findFacts(folds: readonly Fold[], target: string): Finding[] {
  const list = toList(folds, target);
  const find = (rules: readonly Rule[]) =>
    rules.flatMap((rule) => rule(list) ?? []).sort((a, b) => b.backlinks - a.backlinks);
  return [...find(RULES), ...find(HINTS)];
}

/** What is worked out once for a snapshot, which never changes, however often it is answered from, asked and looked at. */
interface Known {
  folding: Folding;
  folds: readonly Fold[];
  facts?: readonly Finding[];
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
  known.facts ??= findFacts(known.folds, snapshot.request.target);
  return known.facts;
}
