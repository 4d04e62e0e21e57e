import { createHash } from "node:crypto";
import { type Page, readPages } from "./page.ts";
import type { PagesRequest } from "./request.ts";

/** Where a snapshot's data came from: the paid endpoint, the embedded sandbox, or a file. */
export type Source = "aisa" | "sandbox" | "import";

/**
 * What the gateway said one call cost. `not_reported` is its own state: a missing price is not a free call.
 * `none` is for snapshots that were not bought here.
 */
export type Charge = { kind: "reported"; usd: number } | { kind: "not_reported" } | { kind: "none" };

/** A list that does not hold what it says. */
export interface OddList {
  /** Items that were nothing, and those whose URL stood there already: no pages. */
  emptyItems: number;
  repeatedItems: number;
  /** The total that was told, where it is below the pages that came and so is none; else null. */
  toldTotal: number | null;
}

/** One fetched, immutable answer of the endpoint. */
export interface Snapshot {
  /** `s_` and eight letters or digits. */
  id: string;
  source: Source;
  /** The request that was sent; for an import, as far as the file echoes it. */
  request: PagesRequest;
  /** What it asks for, and of whom, whichever way it was spelt (`toRequestKey`). */
  requestKey: string;
  /** ms since the epoch; null when an imported file does not tell. */
  fetchedAt: number | null;
  charge: Charge;
  /** What the data provider billed for the task, USD: not what the gateway charges; null when not told. */
  upstreamCostUsd: number | null;
  /** All pages of the target that match, as the upstream counts them; null when not told. */
  totalCount: number | null;
  pages: Page[];
  /** Fields of another type than documented, read as unknown. */
  oddFields: number;
  /** What was odd about the list itself; left out where nothing was. */
  oddList?: OddList;
  /** The reply broke off: these are the pages that came whole. */
  isBrokenOff?: true;
  /** On a part of a kept snapshot, with its id and handles: how many of its pages stand before these, and how many it has. */
  sliceOf?: { from: number; pages: number };
  /** Other kept snapshots of the same list and of its time: what they hold was fetched too. Found when asked, never written down. */
  beside?: readonly KeptPart[];
}

/** Where in a list the pages of a kept snapshot stand: from the first to before the last, counted from 0. */
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

/** A snapshot as a list shows it, without its pages. */
export type SnapshotInfo = Pick<
  Snapshot,
  "id" | "source" | "request" | "requestKey" | "fetchedAt" | "charge" | "totalCount" | "isBrokenOff"
> & {
  pageCount: number;
};

/** What every answer from a snapshot has to say of its reply; empty where all of it came. */
export const noteBrokenOff = ({ isBrokenOff }: Pick<Snapshot, "isBrokenOff">): string[] =>
  isBrokenOff === true ? ["the reply broke off; its pages were read as far as they are whole"] : [];

/** Snapshots that can be read again for free. */
export interface ReadSnapshots {
  /** @returns undefined when it was never here, has made room for newer ones, or cannot be read any more */
  get(id: string): Promise<Snapshot | undefined>;
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
}

export interface SnapshotFacts {
  source: Source;
  request: PagesRequest;
  requestKey: string;
  fetchedAt: number | null;
  charge: Charge;
  /** Where it came beside the answer to the request: its place among those. They have the same time, and perhaps task. */
  beside?: number;
}

/**
 * Makes the snapshot of one answer. Its id follows from the content: of an imported one from all of it, since files
 * carry neither a time nor an id of their own that could be relied on. The same file imports to the same id. Of what was
 * just fetched, time and task are enough: to write megabytes down and hash them costs more than all else that is done here.
 */
export function createSnapshot(answer: EndpointAnswer, { beside, ...facts }: SnapshotFacts): Snapshot {
  const { pages, oddFields, emptyItems, repeatedItems } = readPages(answer.items);
  const { totalCount } = answer;
  const isTooFew = totalCount !== null && pages.length > 0 && totalCount < (facts.request.offset ?? 0) + pages.length;
  const isOdd = emptyItems > 0 || repeatedItems > 0 || isTooFew;
  const identity: unknown[] = [facts.request.target, answer.taskId, facts.fetchedAt, answer.totalCount, pages.length];
  if (facts.source === "import" || facts.fetchedAt === null) identity.push(answer);
  else if (beside !== undefined) identity.push({ beside });
  return {
    id: `s_${shortHash(toIdentityText(identity))}`,
    ...facts,
    upstreamCostUsd: answer.upstreamCostUsd,
    totalCount: isTooFew ? null : totalCount,
    pages,
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
