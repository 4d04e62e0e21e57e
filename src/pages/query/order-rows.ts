import type { Fold } from "../answer/fold.ts";
import type { ItemRules } from "../filters/evaluate-filter.ts";
import type { OrderRule } from "../request/order-by.ts";
import { toRowFigure } from "./row-figures.ts";

/**
 * Sorts rows by up to three rules over the rows' own figures. Unknown values come last in either direction; rows that
 * no rule tells apart stay in fetched order.
 * @returns the rows as they are without rules
 */
export function orderRows(rows: readonly Fold[], rules: readonly OrderRule[], itemRules: ItemRules): readonly Fold[] {
  if (rules.length === 0) return rows;
  const figures = rules.map(({ field }) => toRowFigure(field, itemRules).rank);
  const keyed = rows.map((row) => ({ row, keys: figures.map((read) => read(row)) }));
  keyed.sort((a, b) => {
    for (const [index, { direction }] of rules.entries()) {
      const order = compare(a.keys[index] ?? null, b.keys[index] ?? null, direction === "desc");
      if (order !== 0) return order;
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}

type Key = number | string | null;

function compare(a: Key, b: Key, isDescending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  // A field of mixed types: numbers before texts, whichever way each of them goes.
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  const order = a < b ? -1 : a > b ? 1 : 0;
  return isDescending ? -order : order;
}
