import { createHash } from "node:crypto";
import { type Filter, toWireFilter, type WireFilter } from "./filters/filter.ts";
import { type OrderRule, toWireOrder } from "./filters/order-by.ts";

/**
 * A checked request to whichever endpoint of the family: what all of them take. Each has fields of its own beside it. Keys
 * that the caller left out stay out, so that the upstream's defaults apply.
 */
export interface ListRequest {
  target: string;
  limit?: number;
  offset?: number;
  filters?: Filter;
  order_by?: OrderRule[];
  backlinks_filters?: Filter;
  tag?: string;
}

/** The body as the upstream takes it. */
export type RequestBody<R extends ListRequest = ListRequest> = Omit<R, "filters" | "order_by" | "backlinks_filters"> & {
  filters?: WireFilter;
  order_by?: string[];
  backlinks_filters?: WireFilter;
};

/** An endpoint, as far as requests to it are told from others. */
export interface AskedEndpoint {
  /** As its path has it: `domain_pages`. What is kept and booked of it is told apart by this. */
  readonly name: string;
  /** What the upstream does where a key is left out. */
  readonly defaults: { readonly limit: number; readonly offset: number };
}

/** An endpoint's path under the base URL of a gateway. */
export const toPath = ({ name }: Pick<AskedEndpoint, "name">): string => `/dataforseo/backlinks/${name}/live`;

/**
 * Whose keys, files and books do not name their endpoint: they were made before there was a second one, and mean the same
 * today.
 */
export const UNNAMED_ENDPOINT = "domain_pages";

/**
 * The body of a request: filters and sorting in the upstream's own form; unset keys left out, never null.
 * @example
 * const body = JSON.stringify(toRequestBody(request));
 */
export function toRequestBody<R extends ListRequest>(request: R): RequestBody<R> {
  const { filters, order_by, backlinks_filters, ...rest } = request;
  return {
    ...rest,
    ...(filters && { filters: toWireFilter(filters) }),
    ...(order_by && order_by.length > 0 && { order_by: toWireOrder(order_by) }),
    ...(backlinks_filters && { backlinks_filters: toWireFilter(backlinks_filters) }),
  };
}

/**
 * Names what a request asks for: requests with the same key have the same answer. Spelling does not count (defaults
 * written out, the order of keys, of conditions joined by one word and of the values of `in`, needless nesting), and
 * neither does `tag`, which is a label.
 * @param upstream who is asked: answers of one upstream never stand for those of another
 * @returns 32 hexadecimal digits
 */
export function toRequestKey({ name, defaults }: AskedEndpoint, request: ListRequest, upstream: string): string {
  const { tag: _label, ...rest } = { ...defaults, ...request };
  return toKey(name, rest, upstream);
}

/**
 * Names the list that a request asks for a part of: as `toRequestKey`, whatever the limit and the offset.
 * @returns 32 hexadecimal digits
 */
export function toListKey({ name, defaults }: AskedEndpoint, request: ListRequest, upstream: string): string {
  const { tag: _label, limit: _limit, offset: _offset, ...rest } = { ...defaults, ...request };
  return toKey(name, rest, upstream);
}

function toKey(endpoint: string, asked: Partial<ListRequest>, upstream: string): string {
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
    .update(JSON.stringify(endpoint === UNNAMED_ENDPOINT ? [upstream, sorted] : [upstream, sorted, endpoint]))
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
