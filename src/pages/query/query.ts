import { type Filter, toWireFilter } from "../filters/filter.ts";
import { type OrderRule, toWireOrder } from "../request/order-by.ts";
import type { SnapshotRef } from "../snapshot/find-snapshot.ts";
import type { Grouping, PageState } from "./choices.ts";

/** How many full records one answer opens. */
export const MAX_HANDLES = 10;

/** A part of a site: everything on a host, everything under a path of it, or its top level. */
export interface Section {
  /** Null for the target itself. */
  host: string | null;
  /** `/blog` without a slash at its end; `/` for the pages at the top level; empty for the whole host. */
  path: string;
}

/** What a page has to meet; all of it holds together. */
export interface Where {
  filters?: Filter;
  status?: PageState;
  section?: Section;
  minBacklinks?: number;
  minReferringDomains?: number;
  /** Words that all stand in the URL or the title. */
  text?: string;
}

/** A column that was asked for: one of the default table's, or a field of the catalogue. */
export interface QueryColumn {
  name: string;
  kind: "table" | "field";
}

/** A checked question to a snapshot. */
export interface PagesQuery {
  ref: SnapshotRef;
  where: Where;
  /** Empty for the order in which the pages were fetched. */
  orderBy: OrderRule[];
  /** Null for the default table. */
  columns: QueryColumn[] | null;
  groupBy: Grouping | null;
  /** One row per real page; else one per fetched URL. */
  fold: boolean;
  /** Null for as many rows as fit. */
  limit: number | null;
  /** Rows or groups skipped. */
  offset: number;
  /** Pages whose full records are asked for; empty for a table. */
  handles: string[];
}

/** `/blog`, `shop.acme.example`, `shop.acme.example/x`. */
export const wordSection = ({ host, path }: Section): string => `${host ?? ""}${path}`;

/** The conditions as arguments, in the order in which an answer names them. */
export function toWhereArguments(where: Where): Record<string, unknown> {
  return {
    ...(where.filters !== undefined && { filters: toWireFilter(where.filters) }),
    ...(where.status !== undefined && { status: where.status }),
    ...(where.section !== undefined && { section: wordSection(where.section) }),
    ...(where.minBacklinks !== undefined && { min_backlinks: where.minBacklinks }),
    ...(where.minReferringDomains !== undefined && { min_referring_domains: where.minReferringDomains }),
    ...(where.text !== undefined && { text: where.text }),
  };
}

/** The arguments that ask the same of one snapshot; what is at its default is left out. */
export function toQueryArguments(query: PagesQuery, snapshotId: string): Record<string, unknown> {
  return {
    snapshot_id: snapshotId,
    ...toWhereArguments(query.where),
    ...(query.orderBy.length > 0 && { order_by: toWireOrder(query.orderBy) }),
    ...(query.columns !== null && { columns: query.columns.map(({ name }) => name) }),
    ...(query.groupBy !== null && { group_by: query.groupBy }),
    ...(!query.fold && { fold: false }),
    ...(query.limit !== null && { limit: query.limit }),
    ...(query.offset > 0 && { offset: query.offset }),
    ...(query.handles.length > 0 && { handles: query.handles }),
  };
}
