import { parseTime, type WireFilter } from "../../lists/filters/filter.ts";
import type { Delivery, HeaderOptions } from "../../lists/header.ts";
import { type Held, placeInList } from "../../lists/held.ts";
import { toRequestBody } from "../../lists/request.ts";
import { type Charge, type KeptPart, latestOf, noteBrokenOff, type Source } from "../../lists/snapshot.ts";
import { countOf, formatCount } from "../../lists/text.ts";
import { withDefaults } from "../body.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import type { Page } from "../page.ts";

/** What is told of a snapshot above its rows: what was asked, what came, what it cost, and how much of the whole it is. */
export interface HeaderFacts {
  target: string;
  snapshotId: string;
  source: Source;
  fetchedAt: number | null;
  charge: Charge;
  /** null where nothing was asked of an upstream: an imported file. */
  delivery: Delivery | null;
  upstreamCostUsd: number | null;
  pagesFetched: number;
  pagesTotal: number | null;
  folds: number;
  /** Sorting in force, in the upstream's form; empty for its default. */
  orderBy: string[];
  statusType: string;
  includeSubdomains: boolean;
  excludeInternal: boolean;
  rankScale: string;
  filters: WireFilter | null;
  backlinksFilters: WireFilter | null;
  coverage: Coverage;
  /** When the data provider's crawler last saw the pages; null when none tells it. */
  crawled: Crawled | null;
  notes: string[];
}

/** `2026-01-31` */
export interface Crawled {
  oldest: string;
  median: string;
}

const DATE_CHARS = 10;

/** A snapshot never changes, however often it is answered from. */
const CRAWLED = new WeakMap<PagesSnapshot, Crawled | null>();

/** Over the fetched pages that tell it; a date after the snapshot itself is none. */
export function readCrawled(snapshot: PagesSnapshot): Crawled | null {
  const known = CRAWLED.get(snapshot);
  if (known !== undefined) return known;
  const fresh = findCrawled(snapshot);
  CRAWLED.set(snapshot, fresh);
  return fresh;
}

function findCrawled(snapshot: PagesSnapshot): Crawled | null {
  const until = latestOf(snapshot);
  // A typed array sorts by number, without a call per comparison.
  const all = new Float64Array(snapshot.items.length);
  let told = 0;
  for (const page of snapshot.items) {
    const at = readCrawledAt(page, until);
    if (at !== undefined) all[told++] = at;
  }
  const times = all.subarray(0, told).sort();
  const [oldest, median] = [times[0], times[Math.floor((times.length - 1) / 2)]];
  return oldest === undefined || median === undefined ? null : { oldest: toDay(oldest), median: toDay(median) };
}

/** When the provider's crawler last looked at the page, ms since the epoch; a date after `until` is none. */
export function readCrawledAt({ raw }: Page, until: number): number | undefined {
  const time = raw["fetch_time"];
  const at = typeof time === "string" ? parseTime(time) : undefined;
  return at === undefined || at > until ? undefined : at;
}

const toDay = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, DATE_CHARS);

/** @param folds how many rows its pages make */
export function toHeaderFacts(
  snapshot: PagesSnapshot,
  folds: number,
  { notes = [], delivery }: HeaderOptions,
): HeaderFacts {
  const request = withDefaults(snapshot.request);
  const body = toRequestBody(snapshot.request);
  return {
    target: request.target,
    snapshotId: snapshot.id,
    source: snapshot.source,
    fetchedAt: snapshot.fetchedAt,
    charge: snapshot.charge,
    delivery: delivery ?? null,
    upstreamCostUsd: snapshot.upstreamCostUsd,
    pagesFetched: snapshot.items.length,
    pagesTotal: snapshot.totalCount,
    folds,
    orderBy: body.order_by ?? [],
    statusType: request.backlinks_status_type,
    includeSubdomains: request.include_subdomains,
    excludeInternal: request.exclude_internal_backlinks,
    rankScale: request.rank_scale,
    filters: body.filters ?? null,
    backlinksFilters: body.backlinks_filters ?? null,
    coverage: measureCoverage(snapshot),
    crawled: readCrawled(snapshot),
    notes: [
      ...notes,
      ...noteSlice(snapshot),
      ...noteBrokenOff(snapshot),
      ...noteOddList(snapshot),
      ...noteOddFields(snapshot),
    ],
  };
}

function noteSlice({ id, items: pages, sliceOf }: PagesSnapshot): string[] {
  if (sliceOf === undefined) return [];
  const { from, items: all } = sliceOf;
  const which = from === 0 ? "its first" : `those after its first ${formatCount(from)}`;
  return [
    `a slice of kept snapshot ${id}: ${formatCount(pages.length)} of its ${countOf(all, "URL")}, ${which}; free questions to it see all`,
  ];
}

function noteOddList({ oddList, items: pages, request }: PagesSnapshot): string[] {
  if (oddList === undefined) return [];
  const { emptyItems, repeatedItems, toldTotal } = oddList;
  const came = (request.offset ?? 0) + pages.length;
  return [
    ...(emptyItems === 0 ? [] : [`${countOf(emptyItems, "item")} came empty: no pages, and not counted`]),
    ...(repeatedItems === 0
      ? []
      : [`${countOf(repeatedItems, "item")} with a URL that stands in the list already: counted once`]),
    ...(toldTotal === null
      ? []
      : [
          `the answer tells a total of ${formatCount(toldTotal)}, fewer than the ${countOf(came, "URL")} it reaches: not used`,
        ]),
  ];
}

function noteOddFields({ oddFields }: PagesSnapshot): string[] {
  if (oddFields === 0) return [];
  return [
    `${countOf(oddFields, "field")} not in the documented form; read as unknown where no value could be made out`,
  ];
}

/** What the order of a list says about the pages behind its end. */
export interface Bound {
  /** The upstream's name of the sorting field. */
  field: string;
  /** `at most` after a descending list, `at least` after an ascending one. */
  side: "at most" | "at least";
  value: number;
  /** The order was the upstream's own, which is observed, not documented. */
  byDefaultOrder: boolean;
}

export interface Coverage {
  backlinksFetched: number;
  /** Fetched pages whose backlinks the upstream did not tell; they are not in the sum. */
  pagesWithoutCount: number;
  /** Matching pages before `offset`. */
  pagesSkipped: number;
  /** Matching pages after the last fetched one; of a slice, those that its snapshot lacks. Null when the total is not known. */
  pagesNotFetched: number | null;
  bound: Bound | null;
  /** Pages that are not in this answer may well be kept. */
  isSlice?: true;
  /** Where the rest of the list lies, where other kept snapshots hold some of it. */
  elsewhere?: Elsewhere;
}

/** What other kept snapshots hold of a list, and what none does; in the order of the list. */
export interface Elsewhere {
  kept: KeptPart[];
  gaps: Held[];
}

/** How much of the target's list a snapshot holds, and what bounds the rest. */
export function measureCoverage(snapshot: PagesSnapshot): Coverage {
  const { items: pages, totalCount, sliceOf } = snapshot;
  const { offset } = withDefaults(snapshot.request);
  const { from, to } = placeInList(snapshot);
  const came = to - from;
  const elsewhere = findElsewhere(snapshot);
  // Of a slice, what the kept snapshot holds beside it was fetched too, before it and after it.
  const before = sliceOf === undefined ? offset : 0;
  const notFetched = totalCount === null ? null : Math.max(0, totalCount - before - came);
  return {
    backlinksFetched: pages.reduce((sum, page) => sum + (page.backlinks ?? 0), 0),
    pagesWithoutCount: pages.filter((page) => page.backlinks === null).length,
    pagesSkipped: offset,
    pagesNotFetched: notFetched,
    // No bound holds for what a kept snapshot skipped itself.
    bound: notFetched === 0 || (sliceOf !== undefined && sliceOf.from < offset) ? null : findBound(snapshot),
    ...(sliceOf !== undefined && { isSlice: true }),
    ...(elsewhere !== undefined && { elsewhere }),
  };
}

/** @returns undefined where no other kept snapshot holds anything that this one lacks */
function findElsewhere(snapshot: PagesSnapshot): Elsewhere | undefined {
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
export function wordKept({ kept }: Elsewhere): string {
  const named = kept.slice(0, MAX_PARTS).map(({ id, ...range }, at) => {
    if (at > 0) return `${wordSpan(range)} in ${id}`;
    return `${wordUrls(range)} ${range.to - range.from === 1 ? "is" : "are"} kept in ${id}`;
  });
  const rest = kept.length - named.length;
  return [...named, ...(rest > 0 ? [`${countOf(rest, "more part")} in others`] : [])].join(", ");
}

/** `URLs 51-60, 81-93`; empty where there is none. */
export function wordGaps({ gaps }: Elsewhere): string {
  const [first, ...others] = gaps;
  if (first === undefined) return "";
  const named = others.slice(0, MAX_PARTS - 1).map(wordSpan);
  const rest = others.length - named.length;
  return [wordUrls(first), ...named, ...(rest > 0 ? [countOf(rest, "more part")] : [])].join(", ");
}

export const wordUrls = (range: Held): string => `URL${range.to - range.from === 1 ? "" : "s"} ${wordSpan(range)}`;

const wordSpan = ({ from, to }: Held): string =>
  to - from === 1 ? formatCount(to) : `${formatCount(from + 1)}-${formatCount(to)}`;

/** The fields whose values we read as numbers; others give no bound. */
export const BOUNDING_FIELDS: Readonly<Record<string, (page: Page) => number | null>> = {
  "page_summary.rank": (page) => page.rank,
  "page_summary.backlinks": (page) => page.backlinks,
  "page_summary.referring_domains": (page) => page.referringDomains,
  "page_summary.referring_pages": (page) => page.referringPages,
  "page_summary.backlinks_spam_score": (page) => page.spamScore,
};

/** A bound is stated only when the list that came is really in that order. */
function findBound({ request, items: pages }: PagesSnapshot): Bound | null {
  const rule = request.order_by?.[0] ?? { field: "page_summary.rank", direction: "desc" as const };
  const read = BOUNDING_FIELDS[rule.field];
  if (read === undefined || pages.length < 2) return null;
  const values = pages.map(read);
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
