import { createHash } from "node:crypto";
import { z } from "zod";
import type { PagesRequest } from "../pages/request/request.ts";
import type { Snapshot, SnapshotInfo } from "../pages/snapshot/snapshot.ts";

const FORMAT = 1;

/** The longest header line that is written or read. A request with the longest filters is some 10 kB. */
export const MAX_HEADER_BYTES = 256 * 1024;

/** Of the items as JSON; the upstream's 1,000 pages are about 3 MB. Keeps a forged file from filling the memory. */
export const MAX_ITEMS_BYTES = 256 * 1024 * 1024;

const NEWLINE = 0x0a;

/** What the first line of a snapshot's file says: all of the snapshot but its pages, and what the body must be. */
export interface SnapshotHeader extends SnapshotInfo, Pick<Snapshot, "upstreamCostUsd" | "oddFields"> {
  /** Bytes of the items as JSON. */
  itemsBytes: number;
  /** Bytes of the same, compressed: what follows the header line. */
  bodyBytes: number;
  bodySha256: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isFilter = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  if (value["kind"] === "group") {
    return typeof value["join"] === "string" && Array.isArray(value["members"]) && value["members"].every(isFilter);
  }
  return value["kind"] === "condition" && typeof value["field"] === "string" && typeof value["operator"] === "string";
};

/** Light, since the seal tells that we wrote it; what is left to notice is a form of the past. */
function isRequest(value: unknown): boolean {
  if (!isObject(value) || typeof value["target"] !== "string") return false;
  const filters = [value["filters"], value["backlinks_filters"]].filter((each) => each !== undefined);
  const order = value["order_by"] ?? [];
  const isRule = (rule: unknown) => isObject(rule) && typeof rule["field"] === "string";
  return filters.every(isFilter) && Array.isArray(order) && order.every(isRule);
}

const count = z.int().min(0);

const HeaderShape = z.object({
  format: z.literal(FORMAT),
  id: z.string(),
  source: z.enum(["aisa", "sandbox", "import"]),
  request: z.custom<PagesRequest>(isRequest),
  requestKey: z.string(),
  fetchedAt: z.number().nullable(),
  charge: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("reported"), usd: z.number() }),
    z.object({ kind: z.literal("not_reported") }),
    z.object({ kind: z.literal("none") }),
  ]),
  totalCount: z.number().nullable(),
  upstreamCostUsd: z.number().nullable(),
  pageCount: count,
  oddFields: count,
  itemsBytes: count.max(MAX_ITEMS_BYTES),
  bodyBytes: count.max(MAX_ITEMS_BYTES),
  bodySha256: z.string(),
});

export const toSha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Ends the header with the hash of all before it. As the header holds the body's hash, it vouches for both. */
const sealOf = (opening: string | Uint8Array): string => `,"sha256":"${toSha256(opening)}"}`;
const SEAL_BYTES = sealOf("").length;

/**
 * One line of JSON, sealed, with its line break.
 * @throws for what could not be read back: a number that JSON does not know, a header or items too long
 */
export function writeHeader(header: SnapshotHeader): Buffer {
  const opening = JSON.stringify(HeaderShape.parse({ format: FORMAT, ...header })).slice(0, -1);
  const line = Buffer.from(`${opening}${sealOf(opening)}\n`);
  if (line.length > MAX_HEADER_BYTES) throw new Error("The header is too long.");
  return line;
}

/**
 * Reads the header from the beginning of a file.
 * @returns the header and where the body begins; `damaged` when it is not whole, not as it was written, or not ours
 */
export function readHeader(bytes: Buffer): { header: SnapshotHeader; bodyStart: number } | "damaged" {
  const end = bytes.indexOf(NEWLINE);
  if (end < SEAL_BYTES || end >= MAX_HEADER_BYTES) return "damaged";
  const opening = bytes.subarray(0, end - SEAL_BYTES);
  if (!bytes.subarray(end - SEAL_BYTES, end).equals(Buffer.from(sealOf(opening)))) return "damaged";
  try {
    const { format: _format, ...header } = HeaderShape.parse(JSON.parse(bytes.toString("utf8", 0, end)));
    return { header, bodyStart: end + 1 };
  } catch {
    return "damaged";
  }
}
