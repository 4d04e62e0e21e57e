import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";
import type { Snapshot, SnapshotInfo } from "../lists/snapshot.ts";
import { REPLIES_FOLDER } from "./kept-replies.ts";
import { inBatches, type KeptFile, type MakeRoomOptions, makeRoom } from "./make-room.ts";
import { findObstacle, type OnDiskProblem, toErrorCode } from "./private-files.ts";
import { createSnapshotFolder } from "./snapshot-folder.ts";
import { createSnapshotIndex } from "./snapshot-index.ts";
import {
  isRequestKey,
  isSnapshotId,
  newestFirst,
  ofTarget,
  type SnapshotName,
  timeOf,
  toSnapshotFile,
} from "./snapshot-name.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** Files whose beginnings are read together. */
const AT_ONCE = 256;

/** About 1 kB each. */
const MAX_HEADERS = 2000;

/** Damaged files are kept for whoever wants to find out why; more than these tell nothing new. */
const MAX_SET_ASIDE = 20;

export interface DiskStoreDeps {
  /** Snapshots go to `snapshots` in it, damaged files to `set-aside`. Created with the first snapshot. */
  folder: string;
  /** What snapshots may take on disk, compressed; the oldest make room. The one put last stays, however large. */
  maxBytes: number;
  /** How long a snapshot stays after it was fetched, or put here where that was later. */
  maxAgeMs: number;
  now: () => number;
  /** In front: what this process has put or read is not decoded again, and what the disk does not take stays here. */
  memory: SnapshotStore;
  onProblem: OnDiskProblem;
}

/**
 * Snapshots that outlast the process and are shared by all that name the same folder. Nothing is told between
 * processes: every question looks at the folder anew, and a file, once there, is whole and never changes.
 */
export function createDiskStore({ folder, maxBytes, maxAgeMs, now, memory, onProblem }: DiskStoreDeps): SnapshotStore {
  const snapshotsFolder = path.join(folder, "snapshots");
  const setAsideFolder = path.join(folder, "set-aside");
  const repliesFolder = path.join(folder, REPLIES_FOLDER);
  const files = createSnapshotFolder({
    folder: snapshotsFolder,
    setAsideFolder,
    onProblem,
    onSetAside: () => tidy(setAsideFolder),
  });
  const index = createSnapshotIndex({ folder: snapshotsFolder, indexFile: path.join(folder, "snapshots.index") });

  const weighed = new Map<string, KeptFile>();
  const tidy = async (which: string, options: MakeRoomOptions = {}) => {
    const maxFiles = which === setAsideFolder ? MAX_SET_ASIDE : Number.POSITIVE_INFINITY;
    try {
      await makeRoom(which, { maxBytes, maxAgeMs, maxFiles }, now(), options);
    } catch (error) {
      onProblem({ kind: "not_removed", code: toErrorCode(error) });
    }
  };

  const read = async (name: SnapshotName): Promise<Snapshot | undefined> => {
    const known = await memory.get(name.id);
    if (known !== undefined && toSnapshotFile(known) === name.file) return known;
    const snapshot = await files.read(name);
    if (snapshot !== undefined) await memory.put(snapshot);
    return snapshot;
  };

  /** Those asked for last; a file that is there is as it was. */
  const headers = new Map<string, SnapshotInfo>();
  const readInfo = async (name: SnapshotName): Promise<SnapshotInfo | undefined> => {
    const info = headers.get(name.file) ?? (await files.readInfo(name));
    headers.delete(name.file);
    if (info !== undefined) headers.set(name.file, info);
    if (headers.size > MAX_HEADERS) headers.delete(headers.keys().next().value as string);
    return info;
  };

  return {
    async put(snapshot) {
      await memory.put(snapshot);
      try {
        const file = await files.write(snapshot);
        await index.add(file, snapshot);
        await tidy(snapshotsFolder, { spare: file, leavesHeaders: true, weighed });
        await tidy(setAsideFolder);
        return { where: "disk" };
      } catch (error) {
        const problem = toErrorCode(error);
        onProblem({ kind: "not_kept", code: problem });
        return { where: "memory", problem };
      }
    },

    async get(id) {
      // Ids come from clients.
      if (!isSnapshotId(id)) return undefined;
      const inMemory = await memory.get(id);
      if (inMemory !== undefined) return inMemory;
      for (const name of await files.names()) {
        const snapshot = name.id === id ? await read(name) : undefined;
        if (snapshot !== undefined) return snapshot;
      }
      return undefined;
    },

    async newest(requestKey) {
      const inMemory = await memory.newest(requestKey);
      if (!isRequestKey(requestKey)) return inMemory;
      for (const name of await files.names()) {
        // Of a hundred thousand keys, each cut out of its name, a comparison takes long.
        if (!name.file.startsWith(requestKey)) continue;
        if (inMemory !== undefined && timeOf(inMemory) >= name.time) break;
        const snapshot = await read(name);
        if (snapshot !== undefined) return snapshot;
      }
      return inMemory;
    },

    async list(target, newest = Number.POSITIVE_INFINITY) {
      const all = await files.names();
      const names = target === undefined ? all : await index.find(target, all);
      const isAsked = ofTarget(target);
      const onDisk: SnapshotInfo[] = [];
      for (let from = 0; from < names.length && onDisk.length < newest; from += AT_ONCE) {
        const infos = await inBatches(names.slice(from, from + AT_ONCE), readInfo);
        for (const info of infos) if (info !== undefined && isAsked(info)) onDisk.push(info);
      }
      // Those in memory that are on disk as well, and older than what was read there, are cut off in the end.
      const ids = new Set(onDisk.map(({ id }) => id));
      const inMemoryOnly = (await memory.list(target)).filter(({ id }) => !ids.has(id));
      return [...inMemoryOnly, ...onDisk].sort(newestFirst).slice(0, newest);
    },

    // A paid reply that no version can read goes beside them.
    async obstacle() {
      const snapshots = await findObstacle(snapshotsFolder);
      if (snapshots !== undefined) return snapshots;
      const replies = await findObstacleLater(repliesFolder);
      return replies && `${replies}, folder "${REPLIES_FOLDER}"`;
    },

    async gone(id) {
      if (!isSnapshotId(id) || (await memory.get(id)) !== undefined) return undefined;
      // Memory drops what the disk still has.
      if ((await files.names()).some((name) => name.id === id)) return undefined;
      return (await files.readGone(id)) ?? memory.gone(id);
    },
  };
}

/** As `findObstacle`, of a folder that is made with its first file: one that is not there only has to be possible. */
async function findObstacleLater(folder: string): Promise<string | undefined> {
  try {
    await stat(folder);
  } catch (error) {
    if (toErrorCode(error) !== "ENOENT") return toErrorCode(error);
    return access(path.dirname(folder), constants.W_OK | constants.X_OK).then(() => undefined, toErrorCode);
  }
  return findObstacle(folder);
}
