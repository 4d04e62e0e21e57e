import type { Fold } from "../answer/fold.ts";
import { identifyUrl } from "../answer/url-identity.ts";
import type { Page } from "../snapshot/page.ts";

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
  const groups = gather([...before, ...after]);
  const isBefore = new Set(before);
  const matches: Matches = { inBoth: [], beforeOnly: [], afterOnly: [] };
  for (const folds of groups) {
    const match = {
      before: folds.filter((fold) => isBefore.has(fold)),
      after: folds.filter((fold) => !isBefore.has(fold)),
    };
    if (match.after.length === 0) matches.beforeOnly.push(...match.before);
    else if (match.before.length === 0) matches.afterOnly.push(...match.after);
    else matches.inBoth.push(match);
  }
  return matches;
}

/** The folds that hang together by the URLs of their members. */
function gather(folds: readonly Fold[]): Fold[][] {
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
  const groups = new Map<number, Fold[]>();
  for (const [index, fold] of folds.entries()) {
    const group = groups.get(rootOf(index));
    if (group === undefined) groups.set(rootOf(index), [fold]);
    else group.push(fold);
  }
  return [...groups.values()];
}
