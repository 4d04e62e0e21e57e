import type { Fold, Range } from "./fold.ts";
import { isDead } from "./page-status.ts";

/** The sum over the rows that tell theirs; null when none does, `isAtLeast` when one of several does not. */
export function sumBacklinks(rows: readonly Fold[]): { links: number | null; isAtLeast: boolean } {
  let links: number | null = null;
  let isAtLeast = false;
  for (const { backlinks, backlinksAtLeast } of rows) {
    if (backlinks !== null) links = (links ?? 0) + backlinks;
    if (backlinks === null || backlinksAtLeast) isAtLeast = true;
  }
  return { links, isAtLeast: isAtLeast && links !== null };
}

/** Domains overlap between rows as they do between variants: the largest up to the sum. */
export function overlapDomains(rows: readonly Fold[]): Range | null {
  let low: number | null = null;
  let high: number | null = 0;
  for (const { referringDomains: range } of rows) {
    if (range !== null) low = Math.max(low ?? 0, range.low);
    high = high === null || range === null || range.high === null ? null : high + range.high;
  }
  return low === null ? null : { low, high };
}

/** Null when no status is known; an unknown one is not counted. */
export function countDead(rows: readonly Fold[]): number | null {
  const known = rows.filter(({ main }) => main.status !== null);
  return known.length === 0 ? null : known.filter(({ main }) => isDead(main)).length;
}
