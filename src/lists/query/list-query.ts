import type { Filter } from "../filters/filter.ts";
import type { OrderRule } from "../filters/order-by.ts";
import type { SnapshotRef } from "../find-snapshot.ts";
import type { Item } from "../snapshot.ts";

/** A row of an answer: the item that it is named after, and all that were folded into it, that one included. */
export interface Row {
  main: Item;
  /** In fetched order. */
  members: readonly Item[];
}

/**
 * What a row has to meet; all of it holds together.
 * @typeParam W the conditions of the domain's own, by their keys
 */
export type Where<W extends object = object> = Partial<W> & {
  filters?: Filter;
  /** Words that all stand in the URL or the title. */
  text?: string;
};

/** A column that was asked for: one of the default table's, or a field of an item. */
export interface QueryColumn {
  name: string;
  kind: "table" | "field";
  /** The field that it shows, where that is called otherwise. */
  field?: string;
}

/** A checked question to a snapshot. */
export interface ListQuery<W extends object = object> {
  ref: SnapshotRef;
  where: Where<W>;
  /** Empty for the order in which the items were fetched. */
  orderBy: OrderRule[];
  /** Null for the default table. */
  columns: QueryColumn[] | null;
  /** The name of a grouping. */
  groupBy: string | null;
  /** One row for all that is the same; else one per fetched item. */
  fold: boolean;
  /** Null for as many rows as fit. */
  limit: number | null;
  /** Rows or groups skipped. */
  offset: number;
  /** Items whose full records are asked for; empty for a table. */
  handles: string[];
}

/**
 * Conditions by their keys. That a key has the value that the domain gave it is known by its parser alone, which no type
 * of these entries can say: the one place where it is taken on trust.
 */
export const toWhere = <W extends object>(entries: Iterable<readonly [key: string, value: unknown]>): Where<W> =>
  Object.fromEntries(entries) as Where<W>;
