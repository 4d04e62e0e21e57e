import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { readPages } from "../pages/snapshot/page.ts";
import type { Snapshot, SnapshotInfo } from "../pages/snapshot/snapshot.ts";
import { readHeader, type SnapshotHeader, toSha256, writeHeader } from "./snapshot-header.ts";
import { toSnapshotInfo } from "./snapshot-info.ts";

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
  const items = Buffer.from(JSON.stringify(snapshot.pages.map(({ raw }) => raw)));
  const body = await compress(items, { level: GZIP_LEVEL });
  const header = writeHeader({
    ...toSnapshotInfo(snapshot),
    upstreamCostUsd: snapshot.upstreamCostUsd,
    oddFields: snapshot.oddFields,
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
    itemsBytes: _items,
    bodyBytes: _,
    bodySha256: _hash,
    ...info
  } = header;
  return info;
}

async function readItems(body: Buffer, { itemsBytes }: SnapshotHeader): Promise<unknown> {
  const items = await decompress(body, { maxOutputLength: Math.max(itemsBytes, 1) });
  return JSON.parse(items.toString("utf8"));
}

function toSnapshot(header: SnapshotHeader, items: unknown): Snapshot | "damaged" {
  const { pageCount, itemsBytes: _items, bodyBytes: _body, bodySha256: _hash, ...facts } = header;
  // What was odd about the items was counted when they came; an item that was no object is `{}` by now.
  const { pages } = readPages(items);
  return Array.isArray(items) && pages.length === pageCount ? { ...facts, pages } : "damaged";
}
