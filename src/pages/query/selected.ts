import type { Fold } from "../answer/fold.ts";
import { listConditions } from "./conditions.ts";
import type { PagesQuery } from "./query.ts";

/** What a question selected of a snapshot, whether or not it fits an answer. */
export interface Selected {
  query: PagesQuery;
  /** The conditions in words. */
  where: string[];
  /**
   * Of the rows, in the order asked for: those from `offset` on, at most `limit`. Groups are made of all that meet the
   * conditions. A row is named after the page that leads the matching ones of its fold.
   */
  handles: string[];
}

/** @param rows all that meet the conditions, in order */
export function toSelected(query: PagesQuery, rows: readonly Fold[]): Selected {
  const { offset, limit, groupBy } = query;
  const part = groupBy === null ? rows.slice(offset, limit === null ? undefined : offset + limit) : rows;
  return ofHandles(
    query,
    part.map(({ main }) => main.handle),
  );
}

/** For pages that were opened by their handles. */
export const ofHandles = (query: PagesQuery, handles: string[]): Selected => ({
  query,
  where: listConditions(query.where).map(({ words }) => words),
  handles,
});
