import { createHash } from "node:crypto";
import type { AskedEndpoint, ListRequest } from "./request.ts";

/** A JSON object as it came: every value may be anything. */
export type JsonObject = Record<string, unknown>;

/** One item of a list, read tolerantly. Each endpoint's has its own figures beside this. */
export interface Item {
  /** A letter and a number from 1 on, in fetched order (`p1`, `p2`): how answers name it. */
  handle: string;
  /** The URL that it is about, as it came; empty when the item has none. */
  url: string;
  /** Everything that came, unknown keys included. */
  raw: JsonObject;
}

/** What reading the items left to say: how many fields were of another type than documented. */
export interface ReadItems<I extends Item = Item> {
  items: I[];
  oddFields: number;
  /** Items that are nothing: null, or no object. */
  emptyItems: number;
  /** Items with the very URL of an earlier one, as where a list moved between two calls. */
  repeatedItems: number;
}

/** Where a snapshot's data came from: the paid endpoint, the embedded sandbox, or a file. */
export type Source = "aisa" | "sandbox" | "import";

/**
 * What the gateway said one call cost. `not_reported` is its own state: a missing price is not a free call.
 * `none` is for snapshots that were not bought here.
 */
export type Charge = { kind: "reported"; usd: number } | { kind: "not_reported" } | { kind: "none" };

/** A list that does not hold what it says. */
export interface OddList {
  /** Items that were nothing, and those that stood there already: not counted. */
  emptyItems: number;
  repeatedItems: number;
  /** The total that was told, where it is below what came and so is none; else null. */
  toldTotal: number | null;
}

/** One fetched, immutable answer of an endpoint. */
export interface Snapshot<R extends ListRequest = ListRequest, I extends Item = Item> {
  /** `s_` and eight letters or digits. */
  id: string;
  /** The name of the endpoint. */
  endpoint: string;
  source: Source;
  /** The request that was sent; for an import, as far as the file echoes it. */
  request: R;
  /** What it asks for, and of whom, whichever way it was spelt (`toRequestKey`). */
  requestKey: string;
  /** ms since the epoch; null when an imported file does not tell. */
  fetchedAt: number | null;
  charge: Charge;
  /** What the data provider billed for the task, USD: not what the gateway charges; null when not told. */
  upstreamCostUsd: number | null;
  /** All items of the target that match, as the upstream counts them; null when not told. */
  totalCount: number | null;
  items: I[];
  /** Fields of another type than documented, read as unknown. */
  oddFields: number;
  /** What was odd about the list itself; left out where nothing was. */
  oddList?: OddList;
  /** The reply broke off: these are the items that came whole. */
  isBrokenOff?: true;
  /** On a part of a kept snapshot, with its id and handles: how many of its items stand before these, and how many it has. */
  sliceOf?: { from: number; items: number };
  /** Other kept snapshots of the same list and of its time: what they hold was fetched too. Found when asked, never written down. */
  beside?: readonly KeptPart[];
}

/** Where in a list the items of a kept snapshot stand: from the first to before the last, counted from 0. */
export interface KeptPart {
  id: string;
  from: number;
  to: number;
}

/** How far the clocks of two machines that share a store may be apart. */
const CLOCKS_APART_MS = 120_000;

/**
 * How old an answer is, ms. A date in the future is no date: it was written by a clock that was wrong, and taken for
 * one it would be fresh for weeks.
 * @returns undefined where nobody knows
 */
export function ageOf({ fetchedAt }: Pick<Snapshot, "fetchedAt">, now: number): number | undefined {
  if (fetchedAt === null || fetchedAt > now + CLOCKS_APART_MS) return undefined;
  return Math.max(0, now - fetchedAt);
}

const DAY_MS = 86_400_000;

/**
 * The latest date that anything in a snapshot can truly have, ms since the epoch: a day after it was fetched, for clocks
 * that differ. What is dated later is of unknown date. `Infinity` for a snapshot of unknown time.
 */
export const latestOf = ({ fetchedAt }: Pick<Snapshot, "fetchedAt">): number =>
  fetchedAt === null ? Number.POSITIVE_INFINITY : fetchedAt + DAY_MS;

/** A snapshot as a list shows it, without its items. */
export type SnapshotInfo = Pick<
  Snapshot,
  "id" | "endpoint" | "source" | "request" | "requestKey" | "fetchedAt" | "charge" | "totalCount" | "isBrokenOff"
> & {
  itemCount: number;
};

/** What every answer from a snapshot has to say of its reply; empty where all of it came. */
export const noteBrokenOff = ({ isBrokenOff }: Pick<Snapshot, "isBrokenOff">): string[] =>
  isBrokenOff === true ? ["the reply broke off; its pages were read as far as they are whole"] : [];

/** Snapshots that can be read again for free. */
export interface ReadSnapshots<S extends Snapshot = Snapshot> {
  /** @returns undefined when it was never here, has made room for newer ones, or cannot be read any more */
  get(id: string): Promise<S | undefined>;
  /**
   * Newest first. Of tens of thousands, mostly a few are wanted: to tell of all takes seconds.
   * @param target only those of it, spelt as requests have it
   * @param newest no more than so many
   */
  list(target?: string, newest?: number): Promise<SnapshotInfo[]>;
  /**
   * What is remembered of a snapshot that was here and has made room or grown too old, to buy it again by.
   * @returns undefined for one that can still be read, that was never here, or that went too long ago
   */
  gone(id: string): Promise<SnapshotInfo | undefined>;
}

/** An endpoint's answer, opened: what the envelope held, before anything is read into it. */
export interface EndpointAnswer {
  /** `tasks[0].id`. */
  taskId: string | null;
  /** The API version, which carries a date. */
  version: string | null;
  /** `tasks[0].data`: the request as the upstream understood it. */
  echo: unknown;
  /** The target as the result names it. */
  target: string | null;
  upstreamCostUsd: number | null;
  totalCount: number | null;
  /** `result[0].items`, as it came; null when there is no data. */
  items: unknown;
  /** The reply broke off amid them. */
  isBrokenOff?: true;
  /** The name of the endpoint, where it may be of several. */
  endpoint?: string;
}

export interface SnapshotFacts<R extends ListRequest = ListRequest> {
  source: Source;
  request: R;
  requestKey: string;
  fetchedAt: number | null;
  charge: Charge;
  /** Where it came beside the answer to the request: its place among those. They have the same time, and perhaps task. */
  beside?: number;
}

/** An endpoint, as far as answers of it are read. */
export interface ReadingEndpoint<I extends Item = Item> extends AskedEndpoint {
  /**
   * Reads every item that is one, each once: a field that is missing, null or of another type is unknown, and no item is
   * lost over it.
   * @param items the `items` array; null or anything but an array reads as none
   */
  readItems(items: unknown): ReadItems<I>;
}

/**
 * Makes the snapshot of one answer. Its id follows from the content: of an imported one from all of it, since files
 * carry neither a time nor an id of their own that could be relied on. The same file imports to the same id. Of what was
 * just fetched, time and task are enough (or what was asked, where no task is told): to write megabytes down and hash them costs more than all else that is done here.
 */
export function createSnapshot<R extends ListRequest, I extends Item>(
  { name, readItems }: ReadingEndpoint<I>,
  answer: EndpointAnswer,
  { beside, ...facts }: SnapshotFacts<R>,
): Snapshot<R, I> {
  const { items, oddFields, emptyItems, repeatedItems } = readItems(answer.items);
  const { totalCount } = answer;
  const isTooFew = totalCount !== null && items.length > 0 && totalCount < (facts.request.offset ?? 0) + items.length;
  const isOdd = emptyItems > 0 || repeatedItems > 0 || isTooFew;
  const identity: unknown[] = [facts.request.target, answer.taskId, facts.fetchedAt, answer.totalCount, items.length];
  if (facts.source === "import" || facts.fetchedAt === null) identity.push(answer);
  else {
    // Two parts of a list, bought within a millisecond, have nothing else to be told apart by.
    if (answer.taskId === null) identity.push(facts.requestKey);
    if (beside !== undefined) identity.push({ beside });
  }
  return {
    id: `s_${shortHash(toIdentityText(identity))}`,
    endpoint: name,
    ...facts,
    upstreamCostUsd: answer.upstreamCostUsd,
    totalCount: isTooFew ? null : totalCount,
    items,
    oddFields,
    ...(answer.isBrokenOff === true && { isBrokenOff: true }),
    ...(isOdd && { oddList: { emptyItems, repeatedItems, toldTotal: isTooFew ? totalCount : null } }),
  };
}

/** As JSON; what is nested deeper than that can be written (thousands of levels), level by level: both are one text for one content. */
function toIdentityText(identity: unknown): string {
  try {
    return JSON.stringify(identity);
  } catch {
    const parts: string[] = [];
    const waiting: unknown[] = [identity];
    while (waiting.length > 0) {
      const each = waiting.pop();
      if (typeof each === "object" && each !== null) {
        parts.push(JSON.stringify(Object.keys(each)));
        waiting.push(...Object.values(each));
      } else parts.push(JSON.stringify(each) ?? "undefined");
    }
    return parts.join("\n");
  }
}

/** 40 bits in lower-case base 32 without look-alikes (Crockford): short, and safe among a few thousand snapshots. */
function shortHash(text: string): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const bytes = createHash("sha256").update(text).digest();
  return Array.from(bytes.subarray(0, 8), (byte) => alphabet[byte & 31]).join("");
}

/** One answered call of the endpoint. */
export interface Fetched {
  answer: EndpointAnswer;
  /** What else the same reply held. @default nothing */
  others?: readonly EndpointAnswer[];
  /** What could not be read of it, one sentence each. @default nothing */
  notes?: readonly string[];
  charge: Charge;
  /** The upstream's id of this request, for its support desk. */
  requestId?: string | undefined;
}
