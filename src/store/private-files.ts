import { randomBytes } from "node:crypto";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** What went wrong on disk, for the log. The store goes on: what it could not keep or read, it answers from memory. */
export type DiskProblem =
  /** A file is not as it was written; it was set aside and counts as not there. */
  | { kind: "damaged"; file: string }
  /** A snapshot could not be written. */
  | { kind: "not_kept"; code: string }
  /** The folder, or a file in it, could not be read. */
  | { kind: "not_read"; code: string }
  /** Old files could not be removed to make room. */
  | { kind: "not_removed"; code: string };

export type OnDiskProblem = (problem: DiskProblem) => void;

/** What the system calls a failure (`ENOSPC`), else the error's own name. */
export function toErrorCode(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (typeof code === "string") return code;
  return error instanceof Error ? error.name : "unknown";
}

/**
 * Makes a folder that only its owner can look into, also when it was there with other modes. What is above it is
 * created alike where it is missing, and left as it is where it is not: it may be the user's own.
 * @throws what `mkdir` throws
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // A folder that belongs to somebody else cannot be tightened; our files in it are private all the same.
  await chmod(folder, 0o700).catch(() => {});
}

/** Bytes that a look writes: a disk that is full or over its quota shows only when something is written. */
const TRIED_BYTES = 4096;

/**
 * Tries out whether a folder that is there takes files, and leaves nothing behind.
 * @returns what the system calls the obstacle (`EACCES`); undefined where there is none
 */
export async function tryOut(folder: string): Promise<string | undefined> {
  const file = path.join(folder, `.tried-${randomBytes(4).toString("hex")}`);
  try {
    await writeFile(file, Buffer.alloc(TRIED_BYTES), { flag: "wx", mode: 0o600 });
    await rm(file);
    return undefined;
  } catch (error) {
    await rm(file, { force: true }).catch(() => {});
    return toErrorCode(error);
  }
}

/** The same for a private folder, which is made. */
export async function findObstacle(folder: string): Promise<string | undefined> {
  try {
    await makePrivateFolder(folder);
  } catch (error) {
    return toErrorCode(error);
  }
  return tryOut(folder);
}

/** Where the platform wants a program's files: `cache` may be deleted at any time, `data` may not. */
export interface Folders {
  cache: string;
  data: string;
}

/** The folders of this user; nothing is created. */
export async function defaultFolders(): Promise<Folders> {
  // Where nobody can tell the home folder, it throws when it is loaded: not before somebody needs it.
  const { default: envPaths } = await import("env-paths");
  const { cache, data } = envPaths("domain-pages-mcp", { suffix: "" });
  return { cache, data };
}
