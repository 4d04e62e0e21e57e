import type { Surface } from "../answer/next-steps.ts";
import { buildComparisonWithin } from "../compare/compare-pages.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { jsonBytes } from "./fit-items.ts";
import { MAX_VIEW_BYTES } from "./snapshot-view.ts";
import type { ComparisonView } from "./view-data.ts";

export interface ComparisonViewOptions {
  /** The most the view's JSON may come to, in bytes; `Infinity` for all rows. @default MAX_VIEW_BYTES */
  maxBytes?: number;
  /** Where the view is looked at, which decides what can be called next. @default "mcp" */
  surface?: Surface;
}

/**
 * Two snapshots as a view draws them: the comparison with room for far more rows than an answer has.
 * @returns at most `maxBytes` as JSON; the rows that do not fit are counted, and told in words
 */
export function toComparisonView(
  first: Snapshot,
  second: Snapshot,
  { maxBytes = MAX_VIEW_BYTES, surface = "mcp" }: ComparisonViewOptions = {},
): ComparisonView {
  const toView = (comparison: ComparisonView["comparison"]): ComparisonView => ({
    kind: "comparison",
    version: 1,
    comparison,
  });
  return toView(
    buildComparisonWithin(first, second, {
      surface,
      room: (bare) => maxBytes - jsonBytes(toView(bare)) - WORDS_SLACK,
      rowCost: (_columns, row) => jsonBytes(row) + 1,
    }),
  );
}

/** What the words about left-out rows may come to beyond those of a comparison that leaves all out, in bytes. */
const WORDS_SLACK = 256;
