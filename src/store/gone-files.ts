import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { SnapshotInfo } from "../pages/snapshot/snapshot.ts";
import { toErrorCode } from "./error-code.ts";
import { openFile, readHeaderLine } from "./read-start.ts";
import { cutHeader, decodeGone } from "./snapshot-file.ts";
import { parseGoneFile, toGoneFile, toSnapshotFile } from "./snapshot-name.ts";
import { writePrivateFile } from "./write-private-file.ts";

/** More than anybody asks for again; about 1 kB each. */
export const MAX_GONE_FILES = 1000;

/**
 * Leaves the header of a snapshot's file beside it, before that is removed, so that an id which was once told can still
 * be bought again. Never throws: a memory that fails keeps no room from being made.
 */
export async function leaveHeader(folder: string, file: string): Promise<void> {
  try {
    const header = cutHeader(await openFile(path.join(folder, file), readHeaderLine));
    if (header !== undefined) await writePrivateFile(path.join(folder, toGoneFile(file)), header);
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
    const bytes = name?.id === id ? await orGone(readFile(path.join(folder, name.file))) : undefined;
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
