import type { NextStep } from "../answer/next-steps.ts";
import type { Cell } from "../answer/table.ts";
import type { Source } from "../snapshot/snapshot.ts";

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

export interface Table {
  columns: string[];
  rows: Cell[][];
}

/** A table of which rows may be left out to fit. */
export interface Block extends Table {
  name: string;
  /** How it is ordered and to be read; empty when its name says enough. */
  says: string;
  /** Rows left out. */
  leftOut: number;
  /** What they are, in words; null where the count says enough. */
  leftOutAre: string | null;
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

/** What the two are called in an answer. */
export const roleNames = ({ kind }: Pick<Comparison, "kind">): readonly [string, string] =>
  kind === "over_time" ? ["before", "after"] : ["first", "second"];
