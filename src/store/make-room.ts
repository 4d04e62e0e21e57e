import { lstatSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { replaceFile } from "../disk/durable.ts";
import type { SnapshotInfo } from "../lists/snapshot.ts";
import { toErrorCode } from "./private-files.ts";
import { cutHeader, decodeGone, openFile, readHeaderLine } from "./snapshot-file.ts";
import { inSlices } from "./snapshot-index.ts";
import {
  isUnfinished,
  parseGoneFile,
  parseSnapshotFile,
  type SnapshotName,
  toGoneFile,
  toSnapshotFile,
} from "./snapshot-name.ts";

/** How long a write may take before what it left counts as left behind. */
const UNFINISHED_MS = 3_600_000;

export interface Bounds {
  maxBytes: number;
  maxAgeMs: number;
  /** @default no bound */
  maxFiles?: number;
}

export interface MakeRoomOptions {
  /** A file that stays, whatever the bounds. */
  spare?: string;
  /** A snapshot leaves its header behind, for twice as long as it may stay itself. */
  leavesHeaders?: boolean;
  /**
   * What was weighed before, by the names of files; it is kept up to date. A hundred thousand files are then not looked at
   * for each that comes, but only those that would go: another process may have put one of them anew.
   */
  weighed?: Map<string, KeptFile>;
}

export interface KeptFile {
  file: string;
  bytes: number;
  /** When it was fetched, or put here where that was later, ms since the epoch. */
  since: number;
}

/**
 * Removes from a folder of snapshots what is too old, then the oldest of what is too much, and what killed writers
 * left. Other files are left alone. Several processes may do so at once.
 *
 * Age counts from when a snapshot was put here, if that is later than when it was fetched: an import that is months
 * old, or whose time nobody knows, would else be gone with the next snapshot.
 * @throws what the system throws, but for files and folders that are gone already
 */
export async function makeRoom(
  folder: string,
  bounds: Bounds,
  nowMs: number,
  { spare, leavesHeaders = false, weighed = new Map() }: MakeRoomOptions = {},
): Promise<void> {
  const files = await readdir(folder).catch(ignoreGone<string[]>);
  if (files === undefined) return;
  const remove = async (file: string) => {
    await rm(path.join(folder, file), { force: true });
    weighed.delete(file);
  };
  if (spare !== undefined) weighed.delete(spare);
  const before = new Map(weighed);
  const weighAll = async (names: readonly (SnapshotName | undefined)[]) =>
    // Of a hundred thousand files a promise each would take seconds; so each waits for the disk, some microseconds.
    (await inSlices(names, (name) => name && (before.get(name.file) ?? weigh(folder, name)))).filter(
      (each) => each !== undefined,
    );
  const names = files.map(parseSnapshotFile);
  let kept = await weighAll(names);
  let tooMuch = toRemove(kept, bounds, nowMs, spare);
  while (tooMuch.some((file) => before.has(file))) {
    for (const file of tooMuch) before.delete(file);
    kept = await weighAll(names);
    tooMuch = toRemove(kept, bounds, nowMs, spare);
  }
  weighed.clear();
  for (const each of kept) weighed.set(each.file, each);
  await inBatches(tooMuch, async (file) => {
    if (leavesHeaders) await leaveHeader(folder, file);
    await remove(file);
  });
  const leftFiles = tooMuch.length === 0 ? files : await readdir(folder).catch(ignoreGone<string[]>);
  const left = await weighAll((leftFiles ?? []).map(parseGoneFile));
  const goneBounds = { maxBytes: Number.POSITIVE_INFINITY, maxAgeMs: 2 * bounds.maxAgeMs, maxFiles: MAX_GONE_FILES };
  await inBatches(toRemove(left, goneBounds, nowMs), remove);
  await inBatches(files.filter(isUnfinished), async (file) => {
    const found = await stat(path.join(folder, file)).catch(ignoreGone);
    if (found !== undefined && found.mtimeMs < nowMs - UNFINISHED_MS) await remove(file);
  });
}

function toRemove(kept: KeptFile[], bounds: Bounds, nowMs: number, spare?: string): string[] {
  const { maxBytes, maxAgeMs, maxFiles = Number.POSITIVE_INFINITY } = bounds;
  const total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  const hasRoom = total <= maxBytes && kept.length <= maxFiles && kept.every(({ since }) => since >= nowMs - maxAgeMs);
  if (hasRoom) return [];
  const isSpare = ({ file }: KeptFile): number => (file === spare ? 1 : 0);
  const newestFirst = kept.toSorted((a, b) => isSpare(b) - isSpare(a) || b.since - a.since);
  let bytes = 0;
  return newestFirst
    .filter((each, index) => {
      bytes += each.bytes;
      const isWithin = each.since >= nowMs - maxAgeMs && bytes <= maxBytes && index < maxFiles;
      return !isWithin && each.file !== spare;
    })
    .map(({ file }) => file);
}

function weigh(folder: string, { file, time }: SnapshotName): KeptFile | undefined {
  const found = lstatSync(path.join(folder, file), { throwIfNoEntry: false });
  // A folder or a pipe under such a name is none of ours to remove.
  if (found?.isFile() !== true) return undefined;
  return { file, bytes: found.size, since: Math.max(time, found.mtimeMs) };
}

function ignoreGone<T = never>(error: NodeJS.ErrnoException): T | undefined {
  if (error.code === "ENOENT") return undefined;
  throw error;
}

/** More than anybody asks for again; about 1 kB each. */
export const MAX_GONE_FILES = 1000;

/**
 * Leaves the header of a snapshot's file beside it, before that is removed, so that an id which was once told can still
 * be bought again. Never throws: a memory that fails keeps no room from being made.
 */
export async function leaveHeader(folder: string, file: string): Promise<void> {
  try {
    const header = cutHeader(await openFile(path.join(folder, file), readHeaderLine));
    if (header !== undefined) await replaceFile(path.join(folder, toGoneFile(file)), header);
  } catch {
    // The snapshot is gone already, or the disk is full: then it goes without leaving anything behind.
  }
}

/** What a snapshot left behind that is there again goes. Never throws. */
export async function forgetGone(folder: string, file: string): Promise<void> {
  await rm(path.join(folder, toGoneFile(file)), { force: true }).catch(() => {});
}

/**
 * What was left of a removed snapshot.
 * @returns undefined when there is nothing, or nothing that can be read
 * @throws what the system throws when the folder or the file cannot be read, but for those that are not there
 */
export async function readGone(folder: string, id: string): Promise<SnapshotInfo | undefined> {
  const names = (await orGone(readdir(folder)))?.map(parseGoneFile) ?? [];
  for (const name of names) {
    const bytes = name?.id === id ? await orGone(openFile(path.join(folder, name.file), readHeaderLine)) : undefined;
    const info = bytes === undefined ? "damaged" : decodeGone(bytes);
    if (info !== "damaged" && toGoneFile(toSnapshotFile(info) ?? "") === name?.file) return info;
  }
  return undefined;
}

const orGone = <T>(reading: Promise<T>): Promise<T | undefined> =>
  reading.catch((error: unknown) => {
    if (toErrorCode(error) === "ENOENT") return undefined;
    throw error;
  });

/** Enough to keep the disk busy; far below the number of files a process may have open. */
const AT_ONCE = 16;

/** Maps a list by asynchronous calls, a few at a time; results in the list's order. */
export async function inBatches<T, R>(list: readonly T[], use: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < list.length; start += AT_ONCE) {
    results.push(...(await Promise.all(list.slice(start, start + AT_ONCE).map(use))));
  }
  return results;
}
