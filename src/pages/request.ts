import { createHash } from "node:crypto";
import { type Filter, toWireFilter, type WireFilter } from "../lists/filters/filter.ts";
import { type OrderRule, toWireOrder } from "../lists/filters/order-by.ts";
import { BODY_DEFAULTS, type RankScale, type StatusType } from "./body.ts";

/** A checked request. Keys that the caller left out stay out, so that the upstream's defaults apply. */
export interface PagesRequest {
  target: string;
  limit?: number;
  offset?: number;
  internal_list_limit?: number;
  backlinks_status_type?: StatusType;
  filters?: Filter;
  order_by?: OrderRule[];
  backlinks_filters?: Filter;
  include_subdomains?: boolean;
  exclude_internal_backlinks?: boolean;
  rank_scale?: RankScale;
  tag?: string;
}

/** The body as the upstream takes it. */
export type RequestBody = Omit<PagesRequest, "filters" | "order_by" | "backlinks_filters"> & {
  filters?: WireFilter;
  order_by?: string[];
  backlinks_filters?: WireFilter;
};

/**
 * The body of a request: filters and sorting in the upstream's own form; unset keys left out, never null.
 * @example
 * const body = JSON.stringify(toRequestBody(request));
 */
export function toRequestBody(request: PagesRequest): RequestBody {
  const { filters, order_by, backlinks_filters, ...rest } = request;
  return {
    ...rest,
    ...(filters && { filters: toWireFilter(filters) }),
    ...(order_by && order_by.length > 0 && { order_by: toWireOrder(order_by) }),
    ...(backlinks_filters && { backlinks_filters: toWireFilter(backlinks_filters) }),
  };
}

/** The request with the upstream's documented defaults filled in. */
export function withDefaults(
  request: PagesRequest,
): PagesRequest & Required<Pick<PagesRequest, keyof typeof BODY_DEFAULTS>> {
  return { ...BODY_DEFAULTS, ...request };
}

/**
 * Names what a request asks for: requests with the same key have the same answer. Spelling does not count (defaults
 * written out, the order of keys, of conditions joined by one word and of the values of `in`, needless nesting), and
 * neither does `tag`, which is a label.
 * @param upstream who is asked: answers of one upstream never stand for those of another
 * @returns 32 hexadecimal digits
 */
export function toRequestKey(request: PagesRequest, upstream: string): string {
  const { tag: _label, ...rest } = withDefaults(request);
  return toKey(rest, upstream);
}

/**
 * Names the list that a request asks for a part of: as `toRequestKey`, whatever the limit and the offset.
 * @returns 32 hexadecimal digits
 */
export function toListKey(request: PagesRequest, upstream: string): string {
  const { tag: _label, limit: _limit, offset: _offset, ...rest } = withDefaults(request);
  return toKey(rest, upstream);
}

function toKey(asked: Partial<PagesRequest>, upstream: string): string {
  const { filters, backlinks_filters, order_by, ...rest } = asked;
  const parts = {
    ...rest,
    filters: filters === undefined ? null : toCanonical(filters),
    backlinks_filters: backlinks_filters === undefined ? null : toCanonical(backlinks_filters),
    order_by:
      order_by === undefined || order_by.length === 0
        ? null
        : order_by.map(({ field, direction }) => [field, direction]),
  };
  const sorted = Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([upstream, sorted]))
    .digest("hex")
    .slice(0, 32);
}

/** One spelling for all filters that mean the same by the laws of and/or alone. */
function toCanonical(filter: Filter): WireFilter {
  if (filter.kind === "condition") {
    const { field, operator, value } = filter;
    return [field, operator, Array.isArray(value) ? sortUnique(value) : value];
  }
  const members = sortUnique(flatten(filter, filter.join).map(toCanonical));
  const [only] = members;
  return members.length === 1 && only !== undefined ? only : [filter.join, ...members];
}

/** `a and (b and c)` → a, b, c. */
function flatten(filter: Filter, join: "and" | "or"): Filter[] {
  if (filter.kind === "condition" || filter.join !== join) return [filter];
  return filter.members.flatMap((member) => flatten(member, join));
}

/** Once each, in an order of its own; values of different types stay different. */
function sortUnique<T>(values: readonly T[]): T[] {
  const byText = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
