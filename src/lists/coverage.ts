import type { Endpoint } from "./endpoint.ts";
import type { OrderRule } from "./filters/order-by.ts";
import { type Held, placeInList } from "./held.ts";
import type { AskedEndpoint, ListRequest } from "./request.ts";
import type { Item, KeptPart, Snapshot } from "./snapshot.ts";
import { countOf, formatCount } from "./text.ts";

type Counted = Pick<Endpoint["words"], "counted">;

/** What the order of a list says about the items behind its end. */
export interface Bound {
  /** The upstream's name of the sorting field. */
  field: string;
  /** `at most` after a descending list, `at least` after an ascending one. */
  side: "at most" | "at least";
  value: number;
  /** The order was the upstream's own, which is observed, not documented. */
  byDefaultOrder: boolean;
}

/** How much of a list a snapshot holds. */
export interface Coverage {
  /** Matching items before `offset`. */
  itemsSkipped: number;
  /** Matching items after the last fetched one; of a slice, those that its snapshot lacks. Null when the total is not known. */
  itemsNotFetched: number | null;
  bound: Bound | null;
  /** Items that are not in this answer may well be kept. */
  isSlice?: true;
  /** Where the rest of the list lies, where other kept snapshots hold some of it. */
  elsewhere?: Elsewhere;
}

/** What other kept snapshots hold of a list, and what none does; in the order of the list. */
export interface Elsewhere {
  kept: KeptPart[];
  gaps: Held[];
}

/** What bounds the rest of a list of one endpoint. */
export interface BoundingEndpoint<I extends Item> {
  endpoint: Pick<AskedEndpoint, "defaults">;
  /** The fields whose values are read as numbers; others give no bound. */
  bounding: Readonly<Record<string, (item: I) => number | null>>;
  /** The order of a list for which none was asked. */
  defaultOrder: OrderRule;
}

/** How much of the target's list a snapshot holds, and what bounds the rest. */
export function measureReach<R extends ListRequest, I extends Item>(
  snapshot: Snapshot<R, I>,
  of: BoundingEndpoint<I>,
): Coverage {
  const { totalCount, sliceOf } = snapshot;
  const { offset } = { ...of.endpoint.defaults, ...snapshot.request };
  const { from, to } = placeInList(snapshot);
  const came = to - from;
  const elsewhere = findElsewhere(snapshot);
  // Of a slice, what the kept snapshot holds beside it was fetched too, before it and after it.
  const before = sliceOf === undefined ? offset : 0;
  const notFetched = totalCount === null ? null : Math.max(0, totalCount - before - came);
  return {
    itemsSkipped: offset,
    itemsNotFetched: notFetched,
    // No bound holds for what a kept snapshot skipped itself.
    bound: notFetched === 0 || (sliceOf !== undefined && sliceOf.from < offset) ? null : findBound(snapshot, of),
    ...(sliceOf !== undefined && { isSlice: true }),
    ...(elsewhere !== undefined && { elsewhere }),
  };
}

/** @returns undefined where no other kept snapshot holds anything that this one lacks */
function findElsewhere(snapshot: Snapshot): Elsewhere | undefined {
  const { beside = [], totalCount } = snapshot;
  const own = placeInList(snapshot);
  const found: Elsewhere = { kept: [], gaps: [] };
  for (let at = 0; beside.length > 0 && totalCount !== null && at < totalCount; ) {
    const [here, ...others] = beside.filter(({ from, to }) => from <= at && at < to);
    const isOwn = own.from <= at && at < own.to;
    const starts = [own, ...beside].map(({ from }) => from).filter((from) => from > at);
    const until = Math.min(
      totalCount,
      ...(isOwn || here !== undefined ? [own.from].filter((from) => from > at) : starts),
    );
    if (isOwn) at = own.to;
    else if (here === undefined) {
      found.gaps.push({ from: at, to: until });
      at = until;
    } else {
      const longest = others.reduce((best, each) => (each.to > best.to ? each : best), here);
      const to = Math.min(longest.to, until);
      found.kept.push({ id: longest.id, from: at, to });
      at = to;
    }
  }
  return found.kept.length === 0 ? undefined : found;
}

/** How many parts of a list are named. */
const MAX_PARTS = 4;

/** `URLs 11-50 are kept in s_q9xa5kkn, 51-93 in s_k2m4b7ca` */
export function wordKept({ kept }: Elsewhere, words: Counted): string {
  const named = kept.slice(0, MAX_PARTS).map(({ id, ...range }, at) => {
    if (at > 0) return `${wordSpan(range)} in ${id}`;
    return `${wordPlaces(range, words)} ${range.to - range.from === 1 ? "is" : "are"} kept in ${id}`;
  });
  const rest = kept.length - named.length;
  return [...named, ...(rest > 0 ? [`${countOf(rest, "more part")} in others`] : [])].join(", ");
}

/** `URLs 51-60, 81-93`; empty where there is none. */
export function wordGaps({ gaps }: Elsewhere, words: Counted): string {
  const [first, ...others] = gaps;
  if (first === undefined) return "";
  const named = others.slice(0, MAX_PARTS - 1).map(wordSpan);
  const rest = others.length - named.length;
  return [wordPlaces(first, words), ...named, ...(rest > 0 ? [countOf(rest, "more part")] : [])].join(", ");
}

/** `URLs 11-50`: places in a list, counted from 1. */
export const wordPlaces = (range: Held, { counted }: Counted): string =>
  `${counted}${range.to - range.from === 1 ? "" : "s"} ${wordSpan(range)}`;

const wordSpan = ({ from, to }: Held): string =>
  to - from === 1 ? formatCount(to) : `${formatCount(from + 1)}-${formatCount(to)}`;

/** A bound is stated only when the list that came is really in that order. */
function findBound<I extends Item>(
  { request, items }: Snapshot<ListRequest, I>,
  { bounding, defaultOrder }: BoundingEndpoint<I>,
): Bound | null {
  const rule = request.order_by?.[0] ?? defaultOrder;
  const read = bounding[rule.field];
  if (read === undefined || items.length < 2) return null;
  const values = items.map(read);
  const inOrder = values.every((value, index) => {
    const before = values[index - 1];
    if (value === null) return false;
    if (before === undefined || before === null) return true;
    return rule.direction === "desc" ? value <= before : value >= before;
  });
  const last = values.at(-1);
  if (!inOrder || last === undefined || last === null) return null;
  return {
    field: rule.field,
    side: rule.direction === "desc" ? "at most" : "at least",
    value: last,
    byDefaultOrder: request.order_by === undefined,
  };
}

/** What the reader of an answer does not have of the list, and what is known of it. */
export function describeNotFetched(coverage: Coverage, words: Counted): string[] {
  const { itemsNotFetched, itemsSkipped, bound, isSlice, elsewhere } = coverage;
  if (elsewhere !== undefined) {
    const gaps = wordGaps(elsewhere, words);
    return [wordKept(elsewhere, words), ...(gaps === "" ? [] : [`${gaps} not fetched`])];
  }
  if (itemsNotFetched === 0) return [];
  if (itemsNotFetched === null) {
    const unknown = `how many ${words.counted}s are not fetched is not known`;
    return [bound === null ? unknown : `${unknown}; those after these ${describeBound(bound, 2)}`];
  }
  // What was skipped was not fetched either, and no bound holds for it.
  const which = itemsSkipped === 0 || isSlice === true ? "not fetched" : "after these";
  const rest = `the ${countOf(itemsNotFetched, words.counted)} ${which}`;
  return [bound === null ? rest : `${rest} ${describeBound(bound, itemsNotFetched)}`];
}

const describeBound = (bound: Bound, items: number): string => `${items === 1 ? "has" : "have"} ${wordBound(bound)}`;

/** `rank at most 130 (default order)` */
export function wordBound({ field, side, value, byDefaultOrder }: Bound): string {
  const name = field.slice(field.lastIndexOf(".") + 1).replaceAll("_", " ");
  return `${name} ${side} ${formatCount(value)}${byDefaultOrder ? " (default order)" : ""}`;
}

/** The same as data. */
export function toNotFetched({ itemsNotFetched, bound, elsewhere }: Coverage, words: Counted): Record<string, unknown> {
  if (elsewhere === undefined) {
    return { urls_not_fetched: itemsNotFetched, not_fetched_have: bound === null ? undefined : wordBound(bound) };
  }
  return {
    kept_elsewhere: wordKept(elsewhere, words),
    urls_not_fetched: elsewhere.gaps.reduce((sum, { from, to }) => sum + to - from, 0),
    not_fetched: wordGaps(elsewhere, words) || undefined,
  };
}

/** A snapshot that holds all that matches: what is not in it is not there. */
export const isWhole = ({ itemsNotFetched, itemsSkipped }: Coverage): boolean =>
  itemsNotFetched === 0 && itemsSkipped === 0;
