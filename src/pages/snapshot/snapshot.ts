import { createHash } from "node:crypto";
import type { PagesRequest } from "../request/request.ts";
import { type Page, readPages } from "./page.ts";

/** Where a snapshot's data came from: the paid endpoint, the embedded sandbox, or a file. */
export type Source = "aisa" | "sandbox" | "import";

/**
 * What the gateway said one call cost. `not_reported` is its own state: a missing price is not a free call.
 * `none` is for snapshots that were not bought here.
 */
export type Charge = { kind: "reported"; usd: number } | { kind: "not_reported" } | { kind: "none" };

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
}

/** A snapshot as a list shows it, without its pages. */
export type SnapshotInfo = Pick<
  Snapshot,
  "id" | "source" | "request" | "requestKey" | "fetchedAt" | "charge" | "totalCount"
> & {
  pageCount: number;
};

/** Snapshots that can be read again for free. */
export interface ReadSnapshots {
  /** @returns undefined when it was never here, has made room for newer ones, or cannot be read any more */
  get(id: string): Promise<Snapshot | undefined>;
  /** Newest first. */
  list(): Promise<SnapshotInfo[]>;
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
}

export interface SnapshotFacts {
  source: Source;
  request: PagesRequest;
  requestKey: string;
  fetchedAt: number | null;
  charge: Charge;
}

/** Makes the snapshot of one answer. Its id follows from the content, so the same file imports to the same id. */
export function createSnapshot(answer: EndpointAnswer, facts: SnapshotFacts): Snapshot {
  const { pages, oddFields } = readPages(answer.items);
  const identity = [facts.request.target, answer.taskId, facts.fetchedAt, answer.totalCount, pages.length];
  return {
    id: `s_${shortHash(JSON.stringify(identity))}`,
    ...facts,
    upstreamCostUsd: answer.upstreamCostUsd,
    totalCount: answer.totalCount,
    pages,
    oddFields,
  };
}

/** 40 bits in lower-case base 32 without look-alikes (Crockford): short, and safe among a few thousand snapshots. */
function shortHash(text: string): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const bytes = createHash("sha256").update(text).digest();
  return Array.from(bytes.subarray(0, 8), (byte) => alphabet[byte & 31]).join("");
}
