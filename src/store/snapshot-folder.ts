import { chmod, type FileHandle, readdir, rename, stat } from "node:fs/promises";
import path from "node:path";
import { replaceFile } from "../disk/durable.ts";
import type { Snapshot, SnapshotInfo } from "../lists/snapshot.ts";
import { forgetGone, readGone } from "./make-room.ts";
import { makePrivateFolder, type OnDiskProblem, toErrorCode } from "./private-files.ts";
import {
  decodeInfo,
  decodeSnapshot,
  encodeSnapshot,
  MAX_HEADER_BYTES,
  MAX_ITEMS_BYTES,
  NotAFile,
  openFile,
  readHeaderLine,
} from "./snapshot-file.ts";
import { inSlices } from "./snapshot-index.ts";
import { parseSnapshotFile, type SnapshotName, toSnapshotFile } from "./snapshot-name.ts";

/** Some file systems tell times by the second or two. */
const SETTLED_MS = 3000;

const MAX_FILE_BYTES = MAX_HEADER_BYTES + MAX_ITEMS_BYTES;

/** The files of snapshots, one each. Reading never throws; a file that cannot be read is undefined. */
export interface SnapshotFolder {
  /** All that are there, the newest first; the same object as long as nothing has changed. */
  names(): Promise<readonly SnapshotName[]>;
  read(name: SnapshotName): Promise<Snapshot | undefined>;
  /** Reads no more than the header. */
  readInfo(name: SnapshotName): Promise<SnapshotInfo | undefined>;
  /**
   * @returns the file's name
   * @throws when it could not be written
   */
  write(snapshot: Snapshot): Promise<string>;
  /** What a file that made room left behind. */
  readGone(id: string): Promise<SnapshotInfo | undefined>;
}

export interface SnapshotFolderDeps {
  folder: string;
  /** Where damaged files are moved to. */
  setAsideFolder: string;
  onProblem: OnDiskProblem;
  /** Called after a file was set aside. */
  onSetAside: () => Promise<void>;
}

/*
 * Why not cacache: it has no file modes and no eviction, and its garbage collection may take content that another
 * process has written and not yet indexed. With all that is looked up in the name, a folder is index enough.
 */
export function createSnapshotFolder({
  folder,
  setAsideFolder,
  onProblem,
  onSetAside,
}: SnapshotFolderDeps): SnapshotFolder {
  const setAside = async (file: string) => {
    try {
      await makePrivateFolder(setAsideFolder);
      const target = path.join(setAsideFolder, file);
      await rename(path.join(folder, file), target);
      await chmod(target, 0o600);
      await onSetAside();
    } catch (error) {
      // Another process was first, and tells of it.
      if (toErrorCode(error) === "ENOENT") return;
    }
    onProblem({ kind: "damaged", file });
  };

  const use = async <T extends { id: string; requestKey: string; fetchedAt: number | null }>(
    { file }: SnapshotName,
    decode: (handle: FileHandle, fileBytes: number) => Promise<T | "damaged">,
  ): Promise<T | undefined> => {
    let decoded: T | "damaged";
    try {
      decoded = await openFile(path.join(folder, file), decode);
    } catch (error) {
      if (error instanceof NotAFile) {
        await setAside(file);
        return undefined;
      }
      // Gone since the folder was listed: it has made room.
      if (toErrorCode(error) !== "ENOENT") onProblem({ kind: "not_read", code: toErrorCode(error) });
      return undefined;
    }
    if (decoded !== "damaged" && toSnapshotFile(decoded) === file) return decoded;
    await setAside(file);
    return undefined;
  };

  let listed: { names: readonly SnapshotName[]; changedMs: number; at: number } | undefined;

  const list = async (): Promise<readonly SnapshotName[]> => {
    const at = Date.now();
    const { mtimeMs } = await stat(folder);
    // A change in the moment of listing may leave the folder's time as it was.
    if (listed?.changedMs === mtimeMs && mtimeMs < listed.at - SETTLED_MS && mtimeMs < at) return listed.names;
    const files = new Set(await readdir(folder));
    // What was there before is neither parsed nor, since it is sorted already, much sorted again.
    const before = (await inSlices(listed?.names ?? [], (name) => (files.delete(name.file) ? name : undefined))).filter(
      (each) => each !== undefined,
    );
    const added = (await inSlices(files, parseSnapshotFile)).filter((each) => each !== undefined);
    const names = [...before, ...added.sort(newerFirst)].sort(newerFirst);
    listed = { names, changedMs: mtimeMs, at };
    return names;
  };
  const listOnce = createSharedRun(list);

  return {
    async names() {
      try {
        return await listOnce();
      } catch (error) {
        // No folder yet: nothing was kept.
        if (toErrorCode(error) !== "ENOENT") onProblem({ kind: "not_read", code: toErrorCode(error) });
        return [];
      }
    },
    read: (name) =>
      use(name, async (handle, bytes) =>
        bytes > MAX_FILE_BYTES ? "damaged" : decodeSnapshot(await handle.readFile()),
      ),
    readInfo: (name) => use(name, readInfoOf),
    async write(snapshot) {
      const file = toSnapshotFile(snapshot);
      if (file === undefined) throw new Error("Its id or key cannot be a file's name.");
      const bytes = await encodeSnapshot(snapshot);
      await makePrivateFolder(folder);
      await replaceFile(path.join(folder, file), bytes);
      await forgetGone(folder, file);
      return file;
    },
    async readGone(id) {
      try {
        return await readGone(folder, id);
      } catch (error) {
        onProblem({ kind: "not_read", code: toErrorCode(error) });
        return undefined;
      }
    },
  };
}

async function readInfoOf(handle: FileHandle, fileBytes: number): Promise<SnapshotInfo | "damaged"> {
  return decodeInfo(await readHeaderLine(handle, fileBytes), fileBytes);
}

/**
 * Those who ask while it runs share the next run: what was there when they asked is in what they get, and a hundred of
 * them make no more than two runs.
 */
function createSharedRun<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;
  const start = (): Promise<T> => {
    const begun = run().finally(() => {
      if (running === begun) running = undefined;
    });
    running = begun;
    return begun;
  };
  return () => {
    if (running === undefined) return start();
    next ??= running.then(ignore, ignore).then(() => {
      next = undefined;
      return start();
    });
    return next;
  };
}

const ignore = () => {};

const newerFirst = (a: SnapshotName, b: SnapshotName): number => b.time - a.time;
