import type { Snapshot } from "../snapshot/snapshot.ts";
import { findFacts } from "./findings/find-facts.ts";
import type { Finding } from "./findings/finding.ts";
import { type Fold, foldPages } from "./fold.ts";

/** What is worked out once for a snapshot, which never changes, however often it is answered from, asked and looked at. */
interface Known {
  folds: readonly Fold[];
  facts?: readonly Finding[];
}

const KNOWN = new WeakMap<Snapshot, Known>();

function know(snapshot: Snapshot): Known {
  const known = KNOWN.get(snapshot);
  if (known !== undefined) return known;
  const fresh: Known = { folds: foldPages(snapshot.pages) };
  KNOWN.set(snapshot, fresh);
  return fresh;
}

/** All rows of a snapshot, in fetched order. */
export const foldsOf = (snapshot: Snapshot): readonly Fold[] => know(snapshot).folds;

/** All findings of a snapshot. */
export function factsOf(snapshot: Snapshot): readonly Finding[] {
  const known = know(snapshot);
  known.facts ??= findFacts(known.folds, snapshot.request.target);
  return known.facts;
}
