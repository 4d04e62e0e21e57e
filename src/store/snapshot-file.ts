import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { z } from "zod";
import { getEndpoint } from "../endpoints.ts";
import { type ListRequest, UNNAMED_ENDPOINT } from "../lists/request.ts";
import type { Snapshot, SnapshotInfo } from "../lists/snapshot.ts";
import { noteJsonBytes } from "./memory-store.ts";
import { toSnapshotInfo } from "./snapshot-name.ts";

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/**
 * Measured on 1,000 pages, 1.9 MB: level 1 makes 243 kB in 8 ms, 6 makes 165 kB in 16 ms, 9 makes 156 kB in 27 ms, off
 * the main thread. Next to a call of seconds, 8 ms are nothing; the last 9 kB are not worth 11 more.
 */
const GZIP_LEVEL = 6;

/**
 * A snapshot as the bytes of one file: a header line, then its items as they came, compressed.
 * @throws for a snapshot that could not be read back (see `writeHeader`)
 */
export async function encodeSnapshot(snapshot: Snapshot): Promise<Buffer> {
  const items = Buffer.from(JSON.stringify(snapshot.items.map(({ raw }) => raw)));
  const body = await compress(items, { level: GZIP_LEVEL });
  const { itemCount: pageCount, endpoint, ...info } = toSnapshotInfo(snapshot);
  const header = writeHeader({
    ...info,
    ...(endpoint !== UNNAMED_ENDPOINT && { endpoint }),
    pageCount,
    upstreamCostUsd: snapshot.upstreamCostUsd,
    oddFields: snapshot.oddFields,
    ...(snapshot.oddList !== undefined && { oddList: snapshot.oddList }),
    itemsBytes: items.length,
    bodyBytes: body.length,
    bodySha256: toSha256(body),
  });
  return Buffer.concat([header, body]);
}

/** @returns `damaged` for anything but the very bytes that `encodeSnapshot` made */
export async function decodeSnapshot(bytes: Buffer): Promise<Snapshot | "damaged"> {
  const read = readHeader(bytes);
  if (read === "damaged") return "damaged";
  const { header, bodyStart } = read;
  const body = bytes.subarray(bodyStart);
  if (body.length !== header.bodyBytes || toSha256(body) !== header.bodySha256) return "damaged";
  try {
    return toSnapshot(header, await readItems(body, header));
  } catch {
    // The seal is no signature: a forged file may still hold what is no gzip, no JSON, or larger than it says.
    return "damaged";
  }
}

/**
 * What the beginning of a file tells of its snapshot.
 * @param start at least the header line
 * @param fileBytes size of the whole file
 */
export function decodeInfo(start: Buffer, fileBytes: number): SnapshotInfo | "damaged" {
  const read = readHeader(start);
  if (read === "damaged" || read.bodyStart + read.header.bodyBytes !== fileBytes) return "damaged";
  return toInfo(read.header);
}

/**
 * The header of a snapshot's file, to be kept by itself when the file is removed.
 * @param start at least the header line
 * @returns undefined when it is damaged
 */
export function cutHeader(start: Buffer): Buffer | undefined {
  const read = readHeader(start);
  return read === "damaged" ? undefined : start.subarray(0, read.bodyStart);
}

/** What a header that was kept by itself tells. */
export function decodeGone(bytes: Buffer): SnapshotInfo | "damaged" {
  const read = readHeader(bytes);
  return read === "damaged" || read.bodyStart !== bytes.length ? "damaged" : toInfo(read.header);
}

function toInfo(header: SnapshotHeader): SnapshotInfo {
  const {
    upstreamCostUsd: _cost,
    oddFields: _odd,
    oddList: _list,
    itemsBytes: _items,
    bodyBytes: _,
    bodySha256: _hash,
    pageCount: itemCount,
    endpoint = UNNAMED_ENDPOINT,
    ...info
  } = header;
  return { ...info, endpoint, itemCount };
}

async function readItems(body: Buffer, { itemsBytes }: SnapshotHeader): Promise<unknown> {
  const items = await decompress(body, { maxOutputLength: Math.max(itemsBytes, 1) });
  return JSON.parse(items.toString("utf8"));
}

function toSnapshot(header: SnapshotHeader, items: unknown): Snapshot | "damaged" {
  const { pageCount: itemCount, itemsBytes, bodyBytes: _body, bodySha256: _hash, oddList, ...rest } = header;
  const told = { ...rest, endpoint: header.endpoint ?? UNNAMED_ENDPOINT };
  // What was odd about the items was counted when they came. A list of an earlier version may hold a URL twice.
  if (!Array.isArray(items) || items.length !== itemCount) return "damaged";
  const snapshot = {
    ...told,
    ...(oddList !== undefined && { oddList }),
    items: getEndpoint(header.endpoint).readItems(items).items,
  };
  noteJsonBytes(snapshot, itemsBytes);
  return snapshot;
}

const FORMAT = 1;

/** The longest header line that is written or read. A request with the longest filters is some 10 kB. */
export const MAX_HEADER_BYTES = 256 * 1024;

/** Of the items as JSON; the upstream's 1,000 pages are about 3 MB. Keeps a forged file from filling the memory. */
export const MAX_ITEMS_BYTES = 256 * 1024 * 1024;

const NEWLINE = 0x0a;

/** What the first line of a snapshot's file says: all of the snapshot but its pages, and what the body must be. */
export interface SnapshotHeader
  extends Omit<SnapshotInfo, "itemCount" | "endpoint">,
    Pick<Snapshot, "upstreamCostUsd" | "oddFields"> {
  /** Left out of a list of the endpoint that was there first, so that versions before others read its files. */
  endpoint?: string;
  /** How many items there are; files have called them so since there was but one endpoint. */
  pageCount: number;
  oddList?: Snapshot["oddList"] | undefined;
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

/** As `parseTarget` leaves it: whatever else is in a file, answers show its target on a line of their own words. */
const TARGET = /^[a-z0-9._-]{1,253}$/;

/** Light, since the seal tells that we wrote it; what is left to notice is a form of the past, or a change by others. */
function isRequest(value: unknown): boolean {
  if (!isObject(value) || typeof value["target"] !== "string" || !TARGET.test(value["target"])) return false;
  const filters = [value["filters"], value["backlinks_filters"]].filter((each) => each !== undefined);
  const order = value["order_by"] ?? [];
  const isRule = (rule: unknown) => isObject(rule) && typeof rule["field"] === "string";
  return filters.every(isFilter) && Array.isArray(order) && order.every(isRule);
}

const count = z.int().min(0);

const HeaderShape = z.object({
  format: z.literal(FORMAT),
  id: z.string(),
  endpoint: z.string().exactOptional(),
  source: z.enum(["aisa", "sandbox", "import"]),
  request: z.custom<ListRequest>(isRequest),
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
  isBrokenOff: z.literal(true).exactOptional(),
  oddList: z.object({ emptyItems: count, repeatedItems: count, toldTotal: z.number().nullable() }).optional(),
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

/** What most header lines fit into. */
const FIRST_READ_BYTES = 4096;

/** A folder, a pipe, a device: something else than a file stands where a file should be. */
export class NotAFile extends Error {
  override readonly name = "NotAFile";
}

/**
 * Opens a file, and closes it whatever happens.
 * @throws {NotAFile}; else what the system throws
 */
export async function openFile<T>(
  file: string,
  use: (handle: FileHandle, fileBytes: number) => Promise<T>,
): Promise<T> {
  // A pipe that nobody writes to would be waited for.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new NotAFile();
    return await use(handle, found.size);
  } finally {
    await handle.close();
  }
}

/** The beginning of a file, with the whole of its first line if that is no longer than a header may be. */
export async function readHeaderLine(handle: FileHandle, fileBytes: number): Promise<Buffer> {
  const first = await readStart(handle, Math.min(FIRST_READ_BYTES, fileBytes));
  const isWhole = first.includes("\n") || first.length === fileBytes;
  return isWhole ? first : readStart(handle, Math.min(MAX_HEADER_BYTES, fileBytes));
}

async function readStart(handle: FileHandle, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
  return buffer.subarray(0, bytesRead);
}
