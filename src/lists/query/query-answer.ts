import type { NextStep } from "../calls.ts";
import type { Source } from "../snapshot.ts";
import { countOf, formatCount } from "../text.ts";
import type { Described } from "./asking.ts";
import type { QueryTable } from "./fit-table.ts";
import type { ItemRecord } from "./item-record.ts";
import type { ListQuery, Where } from "./list-query.ts";

/**
 * What a snapshot says to a question. Both renderings, text and structured, are made from this one model and state the
 * same facts.
 */
export interface QueryAnswer<W extends object = object> extends Described {
  target: string;
  /** How large it may get, in tokens. */
  maxTokens: number;
  snapshotId: string;
  source: Source;
  fetchedAt: number | null;
  /** What the data provider billed for it, USD; told of an imported one, which has no other price. */
  upstreamCostUsd: number | null;
  itemsFetched: number;
  itemsTotal: number | null;
  /** All rows of the snapshot. */
  rowsInAll: number;
  /** Fetched items in the rows that meet the conditions. */
  itemsMatched: number;
  /** These rows. */
  rowsMatched: number;
  isFolded: boolean;
  groupBy: string | null;
  /** In words, one each. */
  conditions: string[];
  /** `field direction`; empty for fetched order. */
  order: string[];
  backlinksMatched: number;
  backlinksShown: number;
  /** Matching rows whose backlinks are not, or not fully, known. */
  rowsWithoutCount: number;
  notes: string[];
  /** Null for records, and where nothing matches. */
  table: QueryTable | null;
  /** Opened items; null for a table. */
  records: ItemRecord[] | null;
  /** For an answer without rows: which single condition, if dropped, brings how many rows back. Null otherwise. */
  loosened: Loosened<W>[] | null;
  /** More such conditions than there was room for. */
  loosenedLeftOut: number;
  next: NextStep[];
}

/** What a question selected of a snapshot, whether or not it fits an answer. */
export interface Selected<W extends object = object> {
  query: ListQuery<W>;
  /** The conditions in words. */
  where: string[];
  /**
   * Of the rows, in the order asked for: those from `offset` on, at most `limit`. Groups are made of all that meet the
   * conditions. A row is named after the item that leads the matching ones of it.
   */
  handles: string[];
}

/** A condition that keeps all rows out on its own: without it there are some. */
export interface Loosened<W extends object = object> {
  words: string;
  /** Rows that the others leave. */
  rows: number;
  /** What {@link rows} are: pages, or URLs where nothing is folded. */
  unit: string;
  without: Where<W>;
}

/** `without status broken: 14 pages` */
export const wordLoosened = ({ words, rows, unit }: Pick<Loosened, "words" | "rows" | "unit">): string =>
  `without ${words}: ${countOf(rows, unit)}`;

/**
 * What keeps an answer from showing more than it does, and what to do about it; undefined where nothing does.
 * @param after rows or groups behind those shown
 */
export function wordBoundOf({ table, maxTokens, groupBy }: QueryAnswer, after: number): string | undefined {
  if (table === null || after === 0) return undefined;
  const { limit, total, skipped } = table;
  const wanted = Math.min(limit ?? total, total - skipped);
  const shown = total - skipped - after;
  const room = `${formatCount(maxTokens)} tokens`;
  if (shown >= wanted) return limit === null ? undefined : `limit ${formatCount(limit)}`;
  // Groups always have the same columns; what fits of rows is the caller's to choose.
  const advice = groupBy === null ? "; fewer columns bring more rows" : "";
  return limit === null
    ? `to fit ${room}${advice}`
    : `${shown} of the ${formatCount(limit)} asked for fit ${room}${advice}`;
}

/** The same for records; undefined where every field is shown. */
export function wordRecordsBound({ records, maxTokens }: QueryAnswer): string | undefined {
  const cut = records?.filter(({ leftOut }) => leftOut.length > 0).length ?? 0;
  if (records === null || cut === 0) return undefined;
  const room = `to fit ${formatCount(maxTokens)} tokens`;
  return records.length === 1
    ? `fields left out ${room}`
    : `fields left out of ${cut} ${room}: fewer handles at once show more`;
}
