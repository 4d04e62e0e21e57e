import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate as giveWay } from "node:timers/promises";
import type { Snapshot } from "../pages/snapshot.ts";
import { writePrivateFile } from "./private-files.ts";
import { parseSnapshotFile, type SnapshotName } from "./snapshot-name.ts";

/** What is asked of all snapshots at once, and is not in their files' names. */
export interface IndexEntry {
  target: string;
  pageCount: number;
}

/** Which file is of which target, so that a question to a target opens that target's files alone. */
export interface SnapshotIndex {
  /**
   * Finds out what is not known yet.
   * @returns by file name; a file that cannot be read, or is none of ours, is not in it
   */
  learn(names: readonly SnapshotName[]): Promise<ReadonlyMap<string, IndexEntry>>;
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
  const entries = new Map<string, IndexEntry>();
  /** Each target once, however many files are of it. */
  const targets = new Map<string, string>();
  let isLoaded = false;
  let learning: Promise<unknown> = Promise.resolve();

  const note = (file: string, { target, pageCount }: IndexEntry) => {
    const same = targets.get(target) ?? target;
    targets.set(same, same);
    entries.set(file, { target: same, pageCount });
  };

  const load = async (present: ReadonlySet<string>): Promise<number> => {
    const text = await readFile(indexFile, "latin1").catch(() => "");
    let lines = 0;
    await inSlices(splitLines(text), (line) => {
      lines += 1;
      const [file, entry] = parseLine(line) ?? [];
      if (file !== undefined && entry !== undefined && present.has(file)) note(file, entry);
    });
    isLoaded = true;
    return lines;
  };

  /** What cannot be kept is found out again: nothing depends on it. */
  const keep = (lines: readonly string[]) =>
    appendFile(indexFile, lines.join(""), { mode: 0o600, encoding: "latin1" }).catch(() => {});

  const learnAll = async (names: readonly SnapshotName[]): Promise<void> => {
    const present = new Set(names.map(({ file }) => file));
    for (const file of entries.keys()) if (!present.has(file)) entries.delete(file);
    const isUnknown = ({ file }: SnapshotName) => !entries.has(file);
    let unknown = names.filter(isUnknown);
    let lines = 0;
    if (unknown.length > FEW || !isLoaded) {
      lines = await load(present);
      unknown = names.filter(isUnknown);
    }
    const found: string[] = [];
    await inSlices(unknown, ({ file }) => {
      const entry = readEntry(path.join(folder, file));
      if (entry === undefined) return;
      note(file, entry);
      found.push(toLine(file, entry));
    });
    if (lines > entries.size + MAX_SPARE_LINES) {
      const all = [...entries].map(([file, entry]) => toLine(file, entry)).join("");
      await writePrivateFile(indexFile, Buffer.from(all, "latin1")).catch(() => {});
    } else if (found.length > 0) await keep(found);
  };

  return {
    async learn(names) {
      // One after the other: those who ask at once find what the first has found out.
      const learnt = learning.then(() => learnAll(names));
      learning = learnt.catch(() => {});
      await learnt;
      return entries;
    },
    async add(file, { request, pages }) {
      const entry = { target: request.target, pageCount: pages.length };
      // As the files say it, and no other: a name that could break a line is in no index.
      if (!PLAIN_TARGET.test(entry.target)) return;
      note(file, entry);
      await keep([toLine(file, entry)]);
    },
  };
}

/** As requests have it: lower case, punycode. */
const PLAIN_TARGET = /^[a-z0-9._-]{1,253}$/;

const LINE = /^(\S+) ([a-z0-9._-]{1,253}) (\d{1,9}) ([0-9a-z]{1,7})$/;

function toLine(file: string, { target, pageCount }: IndexEntry): string {
  const words = `${file} ${target} ${pageCount}`;
  return `${words} ${sumOf(words)}\n`;
}

function parseLine(line: string): [string, IndexEntry] | undefined {
  const [, file, target, count, sum] = LINE.exec(line) ?? [];
  if (file === undefined || target === undefined || count === undefined) return undefined;
  if (sumOf(`${file} ${target} ${count}`) !== sum || parseSnapshotFile(file) === undefined) return undefined;
  return [file, { target, pageCount: Number(count) }];
}

/** FNV-1a: against tearing, not against anybody. */
function sumOf(words: string): string {
  let sum = 0x811c9dc5;
  for (let at = 0; at < words.length; at += 1) sum = Math.imul(sum ^ words.charCodeAt(at), 0x01000193);
  return (sum >>> 0).toString(36);
}

function* splitLines(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end;
    yield text.slice(from, to);
    from = to + 1;
  }
}

/** What nearly all header lines fit into. */
const START_BYTES = 8192;
const START = Buffer.alloc(START_BYTES);

/**
 * What the beginning of a snapshot's file says, unsealed: whoever opens the file finds out whether it is whole. Read at
 * once and not as a promise: of a hundred thousand files, each promise would cost more than its file.
 */
function readEntry(file: string): IndexEntry | undefined {
  let handle: number | undefined;
  try {
    // A pipe in the place of a file is not waited for.
    handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (!fstatSync(handle).isFile()) return undefined;
    const text = START.toString("utf8", 0, readSync(handle, START, 0, START_BYTES, 0));
    const end = text.indexOf("\n");
    if (end < 0) return undefined;
    const { request, pageCount } = JSON.parse(text.slice(0, end)) as {
      request?: { target?: unknown };
      pageCount?: unknown;
    };
    const target = request?.target;
    if (typeof target !== "string" || !PLAIN_TARGET.test(target) || !Number.isSafeInteger(pageCount)) return undefined;
    return { target, pageCount: Number(pageCount) };
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
