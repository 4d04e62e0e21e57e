import { constants } from "node:fs";
import { access, lstat, readdir, stat, statfs } from "node:fs/promises";
import path from "node:path";
import { toErrorCode, tryOut } from "./private-files.ts";

/** What a look at a folder of ours shows. Nothing is left behind, and nothing is created. */
export interface FolderLook {
  /** `missing`: it will be made, and can be. */
  state: "there" | "missing";
  /** What stands in the way of reading and writing: what the system calls it, and where. */
  problem: { code: string; at: string } | undefined;
  /** Folders in it that others on this machine may look into. */
  open: string[];
  /** Files that this user cannot read, or folders it cannot write to. */
  strangers: string[];
  /** Where the system tells. */
  freeBytes: number | undefined;
}

/** More files than these tell nothing new. */
const MAX_LOOKED_AT = 2000;

const OTHERS = 0o077;

/**
 * Tries out whether this user can keep things in a folder, with a small file that is written and removed.
 * @param rooms the folders in it that the product makes
 */
export async function examineFolder(folder: string, rooms: readonly string[]): Promise<FolderLook> {
  const paths = rooms.map((room) => path.join(folder, room));
  try {
    const there = await findThere([folder, ...paths]);
    if (there.length === 0) {
      const parent = await nearestThere(path.dirname(folder));
      await access(parent, constants.W_OK | constants.X_OK).catch((error: unknown) => {
        throw new Obstacle(parent, error);
      });
      return { state: "missing", problem: undefined, open: [], strangers: [], freeBytes: await freeBytesOf(parent) };
    }
    const shut: string[] = [];
    for (const each of there) if (!(await isUsable(each))) shut.push(each);
    const [firstShut] = shut;
    // The first room is tried in the folder around it where it is not there yet.
    const tried = there.at(-1) ?? folder;
    const code = await (firstShut === undefined ? tryOut(tried) : whyShut(firstShut));
    const problem = code === undefined ? undefined : { code, at: firstShut ?? tried };
    const rest = there.filter((each) => !shut.includes(each) && each !== folder);
    return {
      state: "there",
      problem,
      open: await filter(rest, isOpenToOthers),
      strangers: (await Promise.all(rest.map(findStrangers))).flat(),
      freeBytes: await freeBytesOf(folder),
    };
  } catch (error) {
    const problem = error instanceof Obstacle ? error.told : { code: toErrorCode(error), at: folder };
    return { state: "there", problem, open: [], strangers: [], freeBytes: undefined };
  }
}

class Obstacle extends Error {
  readonly told: { code: string; at: string };

  constructor(at: string, cause: unknown) {
    super(undefined, { cause });
    this.told = { code: toErrorCode(cause), at };
  }
}

/** Those that exist. @throws {Obstacle} for what is no folder, or cannot be looked at */
async function findThere(folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    try {
      if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error(), { code: "ENOTDIR" });
      found.push(folder);
    } catch (error) {
      if (toErrorCode(error) !== "ENOENT") throw new Obstacle(folder, error);
    }
  }
  return found;
}

async function nearestThere(folder: string): Promise<string> {
  const [found] = await findThere([folder]);
  const parent = path.dirname(folder);
  return found ?? (parent === folder ? folder : nearestThere(parent));
}

const NEEDED = constants.R_OK | constants.W_OK | constants.X_OK;

const isUsable = (folder: string): Promise<boolean> =>
  access(folder, NEEDED).then(
    () => true,
    () => false,
  );

async function whyShut(folder: string): Promise<string | undefined> {
  return access(folder, NEEDED).then(() => undefined, toErrorCode);
}

/** Windows has other means. */
async function isOpenToOthers(folder: string): Promise<boolean> {
  return process.platform !== "win32" && ((await stat(folder)).mode & OTHERS) !== 0;
}

async function findStrangers(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).slice(0, MAX_LOOKED_AT).map((name) => path.join(folder, name));
  return filter(files, async (file) => {
    const found = await lstat(file).catch(() => undefined);
    if (found === undefined || !found.isFile()) return false;
    // Books are written to as well.
    const needed = file.endsWith(".jsonl") ? constants.R_OK | constants.W_OK : constants.R_OK;
    return access(file, needed).then(
      () => false,
      (error: unknown) => toErrorCode(error) !== "ENOENT",
    );
  });
}

async function filter(all: readonly string[], isWanted: (each: string) => Promise<boolean>): Promise<string[]> {
  const wanted = await Promise.all(all.map(isWanted));
  return all.filter((_, index) => wanted[index]);
}

async function freeBytesOf(folder: string): Promise<number | undefined> {
  return statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
}
