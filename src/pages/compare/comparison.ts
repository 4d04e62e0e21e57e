import type { Block, Table } from "../../lists/budget.ts";
import type { NextStep } from "../../lists/calls.ts";
import type { Source } from "../../lists/snapshot.ts";
import { toOneLine } from "../../lists/text.ts";

/** One of the two snapshots. */
export interface Side {
  snapshotId: string;
  target: string;
  source: Source;
  /** ms since the epoch; null when an imported file does not tell. */
  fetchedAt: number | null;
  pagesFetched: number;
  pagesTotal: number | null;
  folds: number;
  /** Order, which backlinks count, filters: what the snapshot was asked for, in words. */
  view: string;
}

/** Pages that are in one list and not in the other. */
export interface Missing {
  /** They would stand in the other list if they were there: new, or lost. */
  told: number;
  /** They may be there all the same. */
  untold: number;
  /** Why that is not told, completing "not in the later list, …"; null when all is told. */
  why: string | null;
}

/** Pages are counted after folding. */
export interface PageCounts {
  inBoth: number;
  /** Rows of the two lists that these stand for; they differ where one list folds what the other shows apart. */
  inBothBefore: number;
  inBothAfter: number;
  /** Of those in both: with any change that is compared. */
  changed: number;
  /** Pages that answer otherwise than before: live, redirect, dead. */
  statusChanges: number;
  /** Of those in both: the provider's crawler did not come back to any of their URLs, so what it says of them is as old. */
  notCrawledAgain: number;
  /** In the later list only. */
  added: Missing;
  /** In the earlier list only. */
  removed: Missing;
}

/**
 * Two snapshots compared. Both renderings are made from this one model and state the same facts.
 * `over_time`: of one target, the first being the older. `side_by_side`: of two targets, or of what is no more alike
 * than that; pages are not matched, and `pages` is null.
 */
export interface Comparison {
  kind: "over_time" | "side_by_side";
  first: Side;
  second: Side;
  notes: string[];
  /** Why the two cannot be compared in all, and what is compared all the same; one sentence each. */
  limits: string[];
  pages: PageCounts | null;
  /** Figures of both lists as a whole. */
  figures: Table;
  /** The tables, the most telling first. */
  blocks: Block[];
  next: NextStep[];
}

/** A domain is longer than a column's name should be only where somebody means it to be. */
const MAX_LABEL_CHARS = 60;

/** What the two are called in an answer: before and after, or each by its domain; first and second where that is one. */
export function roleNames({ kind, targets: [first, second] }: Roles): readonly [string, string] {
  if (kind === "over_time") return ["before", "after"];
  const labels = [toOneLine(first, MAX_LABEL_CHARS), toOneLine(second, MAX_LABEL_CHARS)] as const;
  return labels[0] === labels[1] ? ["first", "second"] : labels;
}

export interface Roles {
  kind: Comparison["kind"];
  targets: readonly [string, string];
}

/** The same of a comparison that is made. */
export const rolesOf = ({ kind, first, second }: Pick<Comparison, "kind" | "first" | "second">): Roles => ({
  kind,
  targets: [first.target, second.target],
});
