import { closeSync, constants, openSync, readSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate as giveWay } from "node:timers/promises";
import { replaceFile } from "../disk/durable.ts";
import type { Snapshot } from "../pages/snapshot.ts";
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
  /** Targets by file name. */
  const entries = new Map<string, string>();
  /** Each target once, however many files are of it. */
  const targets = new Map<string, string>();
  let learnt: { names: readonly SnapshotName[]; byTarget: ReadonlyMap<string, SnapshotName[]> } | undefined;
  let learning: Promise<unknown> = Promise.resolve();

  const note = (file: string, target: string) => {
    const same = targets.get(target) ?? target;
    if (same === target) targets.set(same, same);
    entries.set(file, same);
  };

  /** @returns how many lines there are */
  const load = async (): Promise<number> => {
    const text = await readFile(indexFile, "latin1").catch(() => "");
    const lines = text.split("\n");
    await inSlices(lines, (line) => {
      const [file, target] = parseLine(line);
      if (file !== undefined && target !== undefined) note(file, target);
    });
    return lines.length;
  };

  /** What cannot be kept is found out again: nothing depends on it. */
  const keep = (lines: readonly string[]) =>
    appendFile(indexFile, lines.join(""), { mode: 0o600, encoding: "latin1" }).catch(() => {});

  const learn = async (names: readonly SnapshotName[]): Promise<ReadonlyMap<string, SnapshotName[]>> => {
    if (learnt?.names === names) return learnt.byTarget;
    const isUnknown = ({ file }: SnapshotName) => !entries.has(file);
    let unknown = names.filter(isUnknown);
    let lines = 0;
    if (unknown.length > FEW || learnt === undefined) {
      lines = await load();
      unknown = names.filter(isUnknown);
    }
    const found: string[] = [];
    await inSlices(unknown, ({ file }) => {
      const target = readTarget(path.join(folder, file));
      if (target === undefined) return;
      note(file, target);
      found.push(toLine(file, target));
    });
    const byTarget = new Map<string, SnapshotName[]>();
    await inSlices(names, (name) => {
      const target = entries.get(name.file) ?? UNKNOWN;
      const same = byTarget.get(target);
      if (same === undefined) byTarget.set(target, [name]);
      else same.push(name);
    });
    if (entries.size > names.length) forgetAllBut(names);
    if (lines > names.length + MAX_SPARE_LINES) {
      const all = [...entries].map(([file, target]) => toLine(file, target)).join("");
      await replaceFile(indexFile, Buffer.from(all, "latin1")).catch(() => {});
    } else if (found.length > 0) await keep(found);
    learnt = { names, byTarget };
    return byTarget;
  };

  const forgetAllBut = (names: readonly SnapshotName[]) => {
    const present = new Set(names.map(({ file }) => file));
    for (const file of entries.keys()) if (!present.has(file)) entries.delete(file);
    targets.clear();
    for (const target of entries.values()) targets.set(target, target);
  };

  return {
    async find(target, names) {
      // One after the other: those who ask at once find what the first has found out.
      const learningThis = learning.then(() => learn(names));
      learning = learningThis.catch(() => {});
      const byTarget = await learningThis;
      const unknown = byTarget.get(UNKNOWN) ?? [];
      const own = byTarget.get(target) ?? [];
      return unknown.length === 0 ? own : [...own, ...unknown].sort((a, b) => b.time - a.time);
    },
    async add(file, { request: { target } }) {
      note(file, target);
      await keep([toLine(file, target)]);
    },
  };
}

/** No target is called so. */
const UNKNOWN = "?";

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

/** What nearly all header lines fit into. */
const START_BYTES = 8192;
const START = Buffer.alloc(START_BYTES);

/**
 * What the beginning of a snapshot's file says, unsealed: whoever opens the file finds out whether it is whole. Read at
 * once and not as a promise: of a hundred thousand files, each promise would cost more than its file.
 */
function readTarget(file: string): string | undefined {
  let handle: number | undefined;
  try {
    // A pipe in the place of a file is not waited for.
    handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
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
