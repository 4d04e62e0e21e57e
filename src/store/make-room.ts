import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { leaveHeader, MAX_GONE_FILES } from "./gone-files.ts";
import { inBatches } from "./in-batches.ts";
import { isUnfinished, parseGoneFile, parseSnapshotFile, type SnapshotName } from "./snapshot-name.ts";

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
}

interface KeptFile {
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
  { spare, leavesHeaders = false }: MakeRoomOptions = {},
): Promise<void> {
  const files = await readdir(folder).catch(ignoreGone<string[]>);
  if (files === undefined) return;
  const remove = async (file: string) => rm(path.join(folder, file), { force: true });
  const weighAll = async (names: readonly (SnapshotName | undefined)[]) =>
    (await inBatches(names, async (name) => name && weigh(folder, name))).filter((file) => file !== undefined);
  await inBatches(toRemove(await weighAll(files.map(parseSnapshotFile)), bounds, nowMs, spare), async (file) => {
    if (leavesHeaders) await leaveHeader(folder, file);
    await remove(file);
  });
  const left = await weighAll(((await readdir(folder).catch(ignoreGone<string[]>)) ?? []).map(parseGoneFile));
  const goneBounds = { maxBytes: Number.POSITIVE_INFINITY, maxAgeMs: 2 * bounds.maxAgeMs, maxFiles: MAX_GONE_FILES };
  await inBatches(toRemove(left, goneBounds, nowMs), remove);
  await inBatches(files.filter(isUnfinished), async (file) => {
    const found = await stat(path.join(folder, file)).catch(ignoreGone);
    if (found !== undefined && found.mtimeMs < nowMs - UNFINISHED_MS) await remove(file);
  });
}

function toRemove(kept: KeptFile[], bounds: Bounds, nowMs: number, spare?: string): string[] {
  const { maxBytes, maxAgeMs, maxFiles = Number.POSITIVE_INFINITY } = bounds;
  const isSpare = ({ file }: KeptFile): number => (file === spare ? 1 : 0);
  const newestFirst = kept.sort((a, b) => isSpare(b) - isSpare(a) || b.since - a.since);
  let bytes = 0;
  return newestFirst
    .filter((each, index) => {
      bytes += each.bytes;
      const isWithin = each.since >= nowMs - maxAgeMs && bytes <= maxBytes && index < maxFiles;
      return !isWithin && each.file !== spare;
    })
    .map(({ file }) => file);
}

async function weigh(folder: string, { file, time }: SnapshotName): Promise<KeptFile | undefined> {
  const found = await stat(path.join(folder, file)).catch(ignoreGone);
  return found && { file, bytes: found.size, since: Math.max(time, found.mtimeMs) };
}

function ignoreGone<T = never>(error: NodeJS.ErrnoException): T | undefined {
  if (error.code === "ENOENT") return undefined;
  throw error;
}
