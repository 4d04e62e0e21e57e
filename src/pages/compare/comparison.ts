import type { NextStep } from "../../lists/calls.ts";
import { type Cell, toCsvLine } from "../../lists/cells.ts";
import type { Source } from "../../lists/snapshot.ts";
import { toOneLine } from "../../lists/text.ts";
import { estimateTokens } from "../../lists/tokens.ts";
import { nameSectionCells } from "../answer/sections.ts";

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

/** A table before it is known how many of its rows fit. */
export interface WideBlock {
  name: string;
  says: string;
  columns: string[];
  rowCount: number;
  /** More are not shown even where they fit. @default rowCount */
  mostRows?: number;
  /** One row, made when it is asked for. */
  row: (index: number) => Cell[];
  /** What the rows from this one on are, in words; left out where the count says enough. */
  describeRest?: (from: number) => string;
  /** What of the tokens it is sure of, 0 to 1; what others leave comes on top. */
  share: number;
}

/** The block with so many of its rows. */
export function cutBlock(
  { row, rowCount, describeRest, share: _share, mostRows: _most, ...block }: WideBlock,
  rows: number,
): Block {
  const leftOut = rowCount - rows;
  return {
    ...block,
    rows: Array.from({ length: rows }, (_, index) => row(index)),
    leftOut,
    leftOutAre: leftOut > 0 ? (describeRest?.(rows) ?? null) : null,
  };
}

/** What a row takes of the room. */
export type RowCost = (columns: readonly string[], row: readonly Cell[]) => number;

/**
 * Fits blocks into a room. Every block first gets what fits its share; what is left then goes to them in their order.
 * @param room in the measure of `rowCost`
 */
export function fitBlocks(blocks: readonly WideBlock[], room: number, rowCost: RowCost): Block[] {
  const fitted = blocks.map((block) => ({
    block,
    rows: 0,
    most: Math.min(block.rowCount, block.mostRows ?? Infinity),
  }));
  let left = room;
  const grow = (each: (typeof fitted)[number], allowed: number) => {
    let within = allowed;
    while (each.rows < each.most) {
      const cost = rowCost(each.block.columns, each.block.row(each.rows));
      if (cost > within || cost > left) return;
      each.rows += 1;
      within -= cost;
      left -= cost;
    }
  };
  for (const each of fitted) grow(each, room * each.block.share);
  for (const each of fitted) grow(each, left);
  return fitted.map(({ block, rows }) => cutBlock(block, rows));
}

/** Each row at the price of the dearer of its two forms. */
export const inTokens: RowCost = (columns, row) =>
  Math.max(estimateTokens(toCsvLine(columns, nameSectionCells(columns, row))), estimateTokens(JSON.stringify(row))) + 1;
