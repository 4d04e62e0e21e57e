import { toCsvLine } from "../answer/csv.ts";
import type { Cell } from "../answer/table.ts";
import { estimateTokens } from "../answer/tokens.ts";
import type { Block } from "./comparison.ts";

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
  Math.max(estimateTokens(toCsvLine(columns, row)), estimateTokens(JSON.stringify(row))) + 1;
