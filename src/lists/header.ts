import type { Endpoint } from "./endpoint.ts";
import { parseTime, type WireFilter } from "./filters/filter.ts";
import { toRequestBody } from "./request.ts";
import { type Charge, type Item, latestOf, noteBrokenOff, type Snapshot, type Source } from "./snapshot.ts";
import { countOf, formatAge, formatCount, formatMinute, formatUsd, toSafeJson } from "./text.ts";

type Words = Endpoint["words"];

/** What is told of any snapshot above its rows: what was asked, what came, and what it cost. */
export interface ListFacts {
  target: string;
  snapshotId: string;
  source: Source;
  fetchedAt: number | null;
  charge: Charge;
  /** null where nothing was asked of an upstream: an imported file. */
  delivery: Delivery | null;
  upstreamCostUsd: number | null;
  itemsFetched: number;
  itemsTotal: number | null;
  /** Sorting in force, in the upstream's form; empty for its default. */
  orderBy: string[];
  filters: WireFilter | null;
  backlinksFilters: WireFilter | null;
  /** When the data provider's crawler last saw the items; null when none tells it. */
  crawled: Crawled | null;
  notes: string[];
}

export function toListFacts(
  snapshot: Snapshot,
  { words, itemKeys }: Pick<Endpoint, "words" | "itemKeys">,
  { notes = [], delivery }: HeaderOptions,
): ListFacts {
  const body = toRequestBody(snapshot.request);
  return {
    target: snapshot.request.target,
    snapshotId: snapshot.id,
    source: snapshot.source,
    fetchedAt: snapshot.fetchedAt,
    charge: snapshot.charge,
    delivery: delivery ?? null,
    upstreamCostUsd: snapshot.upstreamCostUsd,
    itemsFetched: snapshot.items.length,
    itemsTotal: snapshot.totalCount,
    orderBy: body.order_by ?? [],
    filters: body.filters ?? null,
    backlinksFilters: body.backlinks_filters ?? null,
    crawled: readCrawled(snapshot, itemKeys.seenAt),
    notes: [
      ...notes,
      ...noteSlice(snapshot, words),
      ...noteBrokenOff(snapshot),
      ...noteOddList(snapshot, words),
      ...noteOddFields(snapshot),
    ],
  };
}

export interface HeaderOptions {
  /** What the request parser read differently, and other things the reader must know. */
  notes?: readonly string[];
  /** How the snapshot came; left out for an imported one. */
  delivery?: Delivery;
}

/** How a snapshot came to its reader, and what that means for their money. */
export interface Delivery {
  /** Paid for now; by another caller's purchase of the same; or kept from before and free now. */
  how: "bought" | "shared" | "kept";
  /** ms since it was fetched; null when that is not known. */
  ageMs: number | null;
  /** USD left of today's budget; null where nothing bounds it, or nothing was spent. */
  leftUsd: number | null;
}

/** The warning that comes first wherever data is not real; nothing else needs one. */
export function describeSource(source: Source): string[] {
  return source === "sandbox" ? ["SANDBOX: generated data on reserved names, nothing here is about a real site"] : [];
}

/** `2026-01-31` */
export interface Crawled {
  oldest: string;
  median: string;
}

const DATE_CHARS = 10;

/** A snapshot never changes, however often it is answered from. */
const CRAWLED = new WeakMap<Snapshot, Crawled | null>();

/**
 * Over the fetched items that tell it; a date after the snapshot itself is none.
 * @param key under which an item tells it
 */
export function readCrawled(snapshot: Snapshot, key: string): Crawled | null {
  const known = CRAWLED.get(snapshot);
  if (known !== undefined) return known;
  const fresh = findCrawled(snapshot, key);
  CRAWLED.set(snapshot, fresh);
  return fresh;
}

function findCrawled(snapshot: Snapshot, key: string): Crawled | null {
  const until = latestOf(snapshot);
  // A typed array sorts by number, without a call per comparison.
  const all = new Float64Array(snapshot.items.length);
  let told = 0;
  for (const item of snapshot.items) {
    const at = readCrawledAt(item, key, until);
    if (at !== undefined) all[told++] = at;
  }
  const times = all.subarray(0, told).sort();
  const [oldest, median] = [times[0], times[Math.floor((times.length - 1) / 2)]];
  return oldest === undefined || median === undefined ? null : { oldest: toDay(oldest), median: toDay(median) };
}

/** When the provider's crawler last looked at an item, ms since the epoch; a date after `until` is none. */
export function readCrawledAt({ raw }: Item, key: string, until: number): number | undefined {
  const time = raw[key];
  const at = typeof time === "string" ? parseTime(time) : undefined;
  return at === undefined || at > until ? undefined : at;
}

const toDay = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, DATE_CHARS);

function noteSlice({ id, items, sliceOf }: Snapshot, { counted }: Words): string[] {
  if (sliceOf === undefined) return [];
  const { from, items: all } = sliceOf;
  const which = from === 0 ? "its first" : `those after its first ${formatCount(from)}`;
  return [
    `a slice of kept snapshot ${id}: ${formatCount(items.length)} of its ${countOf(all, counted)}, ${which}; free questions to it see all`,
  ];
}

function noteOddList({ oddList, items, request }: Snapshot, { items: many, counted }: Words): string[] {
  if (oddList === undefined) return [];
  const { emptyItems, repeatedItems, toldTotal } = oddList;
  const came = (request.offset ?? 0) + items.length;
  return [
    ...(emptyItems === 0 ? [] : [`${countOf(emptyItems, "item")} came empty: no ${many}, and not counted`]),
    ...(repeatedItems === 0
      ? []
      : [`${countOf(repeatedItems, "item")} with a ${counted} that stands in the list already: counted once`]),
    ...(toldTotal === null
      ? []
      : [
          `the answer tells a total of ${formatCount(toldTotal)}, fewer than the ${countOf(came, counted)} it reaches: not used`,
        ]),
  ];
}

function noteOddFields({ oddFields }: Snapshot): string[] {
  if (oddFields === 0) return [];
  return [
    `${countOf(oddFields, "field")} not in the documented form; read as unknown where no value could be made out`,
  ];
}

/** The filters in force, on one line; nothing without any. */
export function describeFilters({
  filters,
  backlinksFilters,
}: Pick<ListFacts, "filters" | "backlinksFilters">): string[] {
  const parts = [
    ...(filters === null ? [] : [`filters ${toSafeJson(filters)}`]),
    ...(backlinksFilters === null ? [] : [`backlinks_filters ${toSafeJson(backlinksFilters)}`]),
  ];
  return parts.length === 0 ? [] : [parts.join("; ")];
}

/** When it was fetched, what it cost, how old the figures are. */
export function describeSnapshot(facts: ListFacts, words: Pick<Words, "items">): string {
  const { source, fetchedAt, delivery } = facts;
  const when = fetchedAt === null ? "of unknown time" : `of ${formatMinute(fetchedAt)}${describeAge(delivery)}`;
  const parts = [
    source === "import" ? `${when}, imported` : when,
    ...describeMoney(facts),
    ...describeCrawled(facts, words),
  ];
  return parts.join("; ");
}

/** How old the figures themselves are: the provider tells what its crawler last saw, whenever it is asked. */
export const describeCrawled = ({ crawled }: Pick<ListFacts, "crawled">, { items }: Pick<Words, "items">): string[] =>
  crawled === null
    ? []
    : [
        crawled.oldest === crawled.median
          ? `${items} last crawled ${crawled.median}`
          : `${items} last crawled: oldest ${crawled.oldest}, median ${crawled.median}`,
      ];

/** What it cost and what is left, one part each; nothing for an imported file that does not tell. */
export function describeMoney({ source, charge, delivery, upstreamCostUsd }: ListFacts): string[] {
  if (source === "sandbox") return ["free"];
  const cost = upstreamCostUsd === null ? [] : [`upstream cost ${formatUsd(upstreamCostUsd)}`];
  if (source === "import") return cost.map((told) => `${told} when fetched`);
  return [describeCharge(charge, delivery?.how), ...cost, ...describeLeft(delivery)];
}

/** Only a kept snapshot has an age worth telling. */
function describeAge(delivery: ListFacts["delivery"]): string {
  if (delivery?.how !== "kept" || delivery.ageMs === null) return "";
  return `, kept, ${formatAge(delivery.ageMs)} old`;
}

function describeCharge(charge: ListFacts["charge"], how: Delivery["how"] | undefined): string {
  if (charge.kind === "none") return "nobody asked for it: it came with another answer, and is in the charge of that";
  const told =
    charge.kind === "reported"
      ? `charged ${formatUsd(charge.usd)}`
      : "charge not reported by the gateway (not the same as free)";
  if (how === "kept") return `free now, ${told} when fetched`;
  return how === "shared" ? `${told}, once for all who asked at the same time` : told;
}

function describeLeft(delivery: ListFacts["delivery"]): string[] {
  const left = delivery?.leftUsd ?? null;
  return left === null ? [] : [`${formatUsd(left)} left of today's budget`];
}

/** A kept snapshot costs nothing now; what it cost when it was fetched stands beside that. */
export function toMoney({ charge, delivery }: ListFacts): Record<string, unknown> {
  const told = charge.kind === "reported" ? charge.usd : charge.kind === "none" ? undefined : "not reported";
  if (delivery?.how !== "kept") {
    return {
      charge_usd: told,
      charge_shared: delivery?.how === "shared" ? true : undefined,
      budget_left_usd: delivery?.leftUsd ?? undefined,
    };
  }
  const age = delivery.ageMs === null ? undefined : formatAge(delivery.ageMs);
  return { kept_age: age, charge_usd: told === undefined ? undefined : 0, charge_usd_when_fetched: told };
}
