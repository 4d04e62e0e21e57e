import { createHash } from "node:crypto";
import type { Filter, WireFilter } from "../filters/filter.ts";
import { type PagesRequest, withDefaults } from "./request.ts";

/**
 * Names what a request asks for: requests with the same key have the same answer. Spelling does not count (defaults
 * written out, the order of keys, of conditions joined by one word and of the values of `in`, needless nesting), and
 * neither does `tag`, which is a label.
 * @param upstream who is asked: answers of one upstream never stand for those of another
 * @returns 32 hexadecimal digits
 */
export function toRequestKey(request: PagesRequest, upstream: string): string {
  const { tag: _label, filters, backlinks_filters, order_by, ...rest } = withDefaults(request);
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
