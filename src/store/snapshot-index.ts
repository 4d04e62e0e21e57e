import { closeSync, constants, openSync, readSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate as giveWay } from "node:timers/promises";
import { replaceFile } from "../disk/durable.ts";
import type { Snapshot } from "../lists/snapshot.ts";
import type { SnapshotName } from "./snapshot-name.ts";

/** Which file is of which target, so that a question to a target opens that target's files alone. */
export interface SnapshotIndex {
  /**
   * The files that may be of a target: its own, and those that nothing could be found out about.
   * @param names as the folder lists them; the same object as long as the folder is as it was
   */
  find(target: string, names: readonly SnapshotName[]): Promise<readonly SnapshotName[]>;
  /** Takes note of a file that was just written. Never throws. */
  add(file: string, snapshot: Snapshot): Promise<void>;
}

export interface SnapshotIndexDeps {
  /** Of the snapshots. */
  folder: string;
  /** Where what was found out is kept for the next process. */
  indexFile: string;
}

/** So few are read anew rather than looked up. */
const FEW = 100;

/** Lines of files that are gone, or that another process wrote as well, before the index is written anew. */
const MAX_SPARE_LINES = 5000;

/**
 * The index is a cache of what the files say, and is never asked whether they are there. A snapshot's file never changes
 * and is named after what is in it, so a line that was right stays right; one that is torn, as where two processes wrote
 * at once, does not fit its sum and counts as not there.
 */
export function createSnapshotIndex({ folder, indexFile }: SnapshotIndexDeps): SnapshotIndex {
  /** Targets in the order of the names; undefined where nothing could be found out. */
  let learnt: { names: readonly SnapshotName[]; targets: readonly (string | undefined)[] } | undefined;
  /** Targets by the names of files, written here since. */
  const written = new Map<string, string>();
  let learning: Promise<unknown> = Promise.resolve();

  /** What the index says, by the names of files, and how many lines it has. */
  const load = async (): Promise<{ told: Map<string, string>; lines: number }> => {
    const text = await readFile(indexFile, "latin1").catch(() => "");
    const told = new Map<string, string>();
    const lines = text.split("\n");
    await inSlices(lines, (line) => {
      const [file, target] = parseLine(line);
      if (file !== undefined && target !== undefined) told.set(file, target);
    });
    return { told, lines: lines.length };
  };

  /** What cannot be kept is found out again: nothing depends on it. */
  const keep = (lines: readonly string[]) =>
    appendFile(indexFile, lines.join(""), { mode: 0o600, encoding: "latin1" }).catch(() => {});

  const learn = async (names: readonly SnapshotName[]): Promise<readonly (string | undefined)[]> => {
    if (learnt?.names === names) return learnt.targets;
    // A file that stays has the same object in the next listing.
    const known = new Map<SnapshotName, string | undefined>(
      learnt?.names.map((name, at) => [name, learnt?.targets[at]]),
    );
    const isNew = (name: SnapshotName) => known.get(name) === undefined && !written.has(name.file);
    const mustLoad = learnt === undefined || names.filter(isNew).length > FEW;
    const { told, lines } = mustLoad ? await load() : { told: undefined, lines: 0 };
    const found: string[] = [];
    const targets = await inSlices(names, (name) => {
      const { file } = name;
      const target = known.get(name) ?? written.get(file) ?? told?.get(file);
      if (target !== undefined) return target;
      const read = readTarget(`${folder}${path.sep}${file}`);
      if (read !== undefined) found.push(toLine(file, read));
      return read;
    });
    learnt = { names, targets };
    for (const { file } of names) written.delete(file);
    if (lines > names.length + MAX_SPARE_LINES) {
      const all = names.map(({ file }, at) => (targets[at] === undefined ? "" : toLine(file, targets[at])));
      await replaceFile(indexFile, Buffer.from(all.join(""), "latin1")).catch(() => {});
    } else if (found.length > 0) await keep(found);
    return targets;
  };

  return {
    async find(target, names) {
      // One after the other: those who ask at once find what the first has found out.
      const learningThis = learning.then(() => learn(names));
      learning = learningThis.catch(() => {});
      const targets = await learningThis;
      return names.filter((_, at) => targets[at] === target || targets[at] === undefined);
    },
    async add(file, { request: { target } }) {
      written.set(file, target);
      await keep([toLine(file, target)]);
    },
  };
}

/** As requests have it: lower case, punycode. */
const PLAIN_TARGET = /^[a-z0-9._-]{1,253}$/;

const toLine = (file: string, target: string): string => `${file} ${target} ${sumOf(file, target)}\n`;

function parseLine(line: string): [file?: string, target?: string] {
  const [file, target, sum, ...more] = line.split(" ");
  if (file === undefined || target === undefined || more.length > 0) return [];
  return sumOf(file, target) === sum ? [file, target] : [];
}

/** FNV-1a: against tearing, not against anybody. */
function sumOf(...words: string[]): string {
  let sum = 0x811c9dc5;
  for (const word of words) {
    for (let at = 0; at < word.length; at += 1) sum = Math.imul(sum ^ word.charCodeAt(at), 0x01000193);
    sum = Math.imul(sum, 0x01000193);
  }
  return (sum >>> 0).toString(36);
}

/** What nearly all header lines fit into; a target stands right at the beginning, as they are written. */
const START_BYTES = 8192;
const TARGET_BYTES = 512;
const START = Buffer.alloc(START_BYTES);
const WRITTEN_TARGET = /^\{"format":1,"id":"[^"\\]*","source":"[a-z]*","request":\{"target":"([a-z0-9._-]{1,253})"[,}]/;

/**
 * What the beginning of a snapshot's file says, unsealed: whoever opens the file finds out whether it is whole. Read at
 * once and not as a promise: of a hundred thousand files, each promise would cost more than its file.
 */
function readTarget(file: string): string | undefined {
  let handle: number | undefined;
  try {
    // A pipe in the place of a file is not waited for.
    handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const [, written] =
      WRITTEN_TARGET.exec(START.toString("latin1", 0, readSync(handle, START, 0, TARGET_BYTES, 0))) ?? [];
    if (written !== undefined) return written;
    const bytes = readSync(handle, START, 0, START_BYTES, 0);
    const end = START.indexOf("\n");
    if (end < 0 || end >= bytes) return undefined;
    const { request } = JSON.parse(START.toString("utf8", 0, end)) as { request?: { target?: unknown } };
    const target = request?.target;
    return typeof target === "string" && PLAIN_TARGET.test(target) ? target : undefined;
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** How long others wait at most, ms. */
const SLICE_MS = 10;

/** Maps a list by calls that take microseconds each, and gives way to others in between; results in the list's order. */
export async function inSlices<T, R>(list: Iterable<T>, use: (each: T) => R): Promise<R[]> {
  const results: R[] = [];
  let until = performance.now() + SLICE_MS;
  for (const each of list) {
    results.push(use(each));
    if (performance.now() < until) continue;
    await giveWay();
    until = performance.now() + SLICE_MS;
  }
  return results;
}
