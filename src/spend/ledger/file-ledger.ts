import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { syncFolder } from "../../disk/durable.ts";
import { BooksLostError, PartialWriteError } from "./budgets.ts";
import { addLine, createFold, type Fold } from "./day-fold.ts";
import { isDay, type Ledger } from "./ledger.ts";
import { createLedgerOverLines, type LedgerOptions } from "./ledger-over-lines.ts";
import { createJoinWaiting, createOneAtATime, type LedgerLines } from "./lines.ts";

export interface FileLedgerOptions extends LedgerOptions {
  /** As for `createFileLines`. */
  folder: string;
  seenIn?: string;
}

/** Books on disk for a process with a single ledger. */
export function createFileLedger({ folder, seenIn, ...options }: FileLedgerOptions): Ledger {
  return createLedgerOverLines(createFileLines(folder, seenIn), options);
}

const SUFFIX = ".jsonl";

/** Today, and yesterday around midnight. */
const FOLLOWED_DAYS = 2;

/**
 * Lines that every process with the same folder shares, and that outlive them: a file of JSON lines per UTC day. The
 * folder has to be on a local disk: over NFS, appends of two machines have no common order. Nothing is written, and
 * nothing fails, before the first reservation. One object serves any number of ledgers.
 *
 * How far the books had come is written down beside them: books that were emptied, deleted or exchanged would else start
 * the day's budget anew in silence. They cannot be used until they are back, or whoever may deletes that note.
 * @param home made when it is missing, readable by its owner only; the books are `ledger/2026-11-24.jsonl` in it
 * @param seenIn where the note lies; elsewhere than the books, where that can be
 */
export function createFileLines(home: string, seenIn: string = home): LedgerLines {
  const folder = path.join(home, "ledger");
  const note = path.join(seenIn, SEEN_FILE);
  let hasAppended = false;
  const noteOf = (day: string): SeenNote => ({
    file: note,
    read: async () => {
      const seen = await readSeen(note);
      return seen === "unreadable" ? seen : seen[day];
    },
    // Whoever only reads leaves no files behind.
    write: async (seen, always = false) => (hasAppended || always ? writeSeen(note, day, seen) : undefined),
  });
  const fileOf = (day: string): string => {
    if (!isDay(day)) throw new RangeError("not a day");
    return path.join(folder, day + SUFFIX);
  };
  const followed = new Map<string, () => Promise<Fold>>();
  let syncedDay = "";
  return {
    where: folder,
    append: async (day, text) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await appendDurably(fileOf(day), text);
      hasAppended = true;
      // Once a day is enough to make the new file's name outlive a power cut too.
      if (syncedDay !== day) await syncFolder(folder);
      syncedDay = day;
    },
    fold: async (day) => {
      const follow = followed.get(day) ?? createJoinWaiting(createFollower(fileOf(day), noteOf(day)));
      followed.delete(day);
      followed.set(day, follow);
      if (followed.size > FOLLOWED_DAYS) followed.delete(followed.keys().next().value as string);
      return follow();
    },
    oneAtATime: createOneAtATime(),
    days: async () => {
      const names = await readdir(folder).catch(emptyWhenMissing);
      const days = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
      return days.filter(isDay).sort().reverse();
    },
  };
}

/** One write, so that the system gives it one place among all appends. */
async function appendDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, "a", 0o600);
  try {
    const bytes = Buffer.from(text, "utf8");
    const { bytesWritten } = await handle.write(bytes);
    if (bytesWritten < bytes.length) throw new PartialWriteError("only a part of the record was written");
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

function emptyWhenMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}

const LINE_BREAK = 0x0a;

/** How much of what was read is compared before reading on: several records as a rule, each with a random id. */
const COMPARED_BYTES = 2048;

interface Position {
  fold: Fold;
  /** Bytes read, all of them whole lines. */
  offset: number;
  /** The last of those bytes. */
  tail: Buffer;
}

const atStart = (): Position => ({ fold: createFold(), offset: 0, tail: Buffer.alloc(0) });

/** How far a day's books had come when they were last read. */
const SeenSchema = z.object({
  bytes: z.int().min(1),
  /** SHA-256 of the last bytes before these, as many as are compared. */
  tail: z.string(),
  countedMicros: z.int().min(0),
});
type Seen = z.output<typeof SeenSchema>;

interface SeenNote {
  file: string;
  /** `unreadable`: something lies there that is no note, so that nobody knows how far the books had come. */
  read(): Promise<Seen | undefined | "unreadable">;
  /** @param always also from a process that has only read */
  write(seen: Seen, always?: boolean): Promise<void>;
}

const SEEN_FILE = "ledger-seen.json";

const hashTail = (tail: Buffer): string => createHash("sha256").update(tail).digest("hex");

/** One that is not there says nothing; of one that cannot be read, that is all that is known. */
async function readSeen(file: string): Promise<Record<string, Seen> | "unreadable"> {
  try {
    return z.record(z.string(), SeenSchema).parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? {} : "unreadable";
  }
}

/** As good as it can: processes that write at once may leave the older of their two notes, which the next one mends. */
async function writeSeen(file: string, day: string, seen: Seen): Promise<void> {
  const unfinished = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    const known = await readSeen(file);
    const { [day]: _older, ...others } = known === "unreadable" ? {} : known;
    // By when they were written: a clock that was ahead has written days that are still to come.
    const days = [[day, seen], ...Object.entries(others)];
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(unfinished, JSON.stringify(Object.fromEntries(days.slice(0, FOLLOWED_DAYS))), { mode: 0o600 });
    await rename(unfinished, file);
  } catch {
    await rm(unfinished, { force: true }).catch(() => {});
  }
}

/**
 * Adds up a file of records that grows: each call reads what came since the last. Where what was read before is no
 * longer there, since the file was shortened, exchanged or written anew, it starts over; a missing file is empty. Calls
 * must not overlap.
 * @param note of how far the books had come, in whichever process
 * @throws {BooksLostError} when they do not reach as far as the note says
 */
export function createFollower(file: string, note?: SeenNote): () => Promise<Fold> {
  let position = atStart();
  // Whoever deletes the note after that means it.
  let wasToldWithNote = false;

  /** What this process saw itself, noted anew where the note went with the books: deleting a folder is no decision about money. */
  const remind = async (): Promise<Seen | undefined> => {
    if (note === undefined || position.offset === 0 || wasToldWithNote) return undefined;
    await note.write(toSeen(position), true);
    return toSeen(position);
  };

  const startOver = async (handle: FileHandle | undefined): Promise<Position> => {
    const seen = (await readNote(note, handle)) ?? (await remind());
    if (seen !== undefined && !(handle !== undefined && (await reachesTo(handle, seen)))) {
      wasToldWithNote = (await note?.read()) !== undefined;
      throw new BooksLostError(seen.countedMicros, note?.file ?? "");
    }
    wasToldWithNote = false;
    return (handle && (await readOn(handle, atStart()))) ?? atStart();
  };

  return async () => {
    const handle = await open(file, "r").catch(undefinedWhenMissing);
    const before = position;
    try {
      const further = position.offset > 0 && handle !== undefined ? await readOn(handle, position) : undefined;
      position = further ?? (await startOver(handle));
    } finally {
      await handle?.close();
    }
    const { offset, tail, fold } = position;
    if (offset > 0 && !(offset === before.offset && tail === before.tail)) {
      await note?.write(toSeen(position));
    }
    return fold;
  };
}

/**
 * What the note says. One that cannot be read says nothing where there are books: they count, and it is written anew.
 * @throws {BooksLostError} where there are none either, so that nobody knows what the day had come to
 */
async function readNote(note: SeenNote | undefined, books: FileHandle | undefined): Promise<Seen | undefined> {
  const noted = await note?.read();
  if (noted !== "unreadable") return noted;
  if (books === undefined || (await books.stat()).size === 0) throw new BooksLostError(null, note?.file ?? "");
  return undefined;
}

const toSeen = ({ offset, tail, fold }: Position): Seen => ({
  bytes: offset,
  tail: hashTail(tail),
  countedMicros: fold.countedMicros,
});

async function reachesTo(handle: FileHandle, { bytes, tail }: Seen): Promise<boolean> {
  const compared = await readBytes(handle, Math.max(0, bytes - COMPARED_BYTES), bytes);
  return hashTail(compared) === tail;
}

/** @returns undefined when the file is not the one that was read before */
async function readOn(handle: FileHandle, { fold, offset, tail }: Position): Promise<Position | undefined> {
  const { size } = await handle.stat();
  if (size < offset) return undefined;
  const bytes = await readBytes(handle, offset - tail.length, size);
  if (!bytes.subarray(0, tail.length).equals(tail)) return undefined;
  // A line without its end is being written, or torn; the next record's first byte ends it.
  const end = bytes.lastIndexOf(LINE_BREAK) + 1;
  if (end <= tail.length) return { fold, offset, tail };
  for (const line of bytes.toString("utf8", tail.length, end).split("\n")) addLine(fold, line);
  return {
    fold,
    offset: offset - tail.length + end,
    tail: Buffer.from(bytes.subarray(Math.max(0, end - COMPARED_BYTES), end)),
  };
}

async function readBytes(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function undefinedWhenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT") return undefined;
  throw error;
}

/** Today, and yesterday for what is settled after midnight. */
const KEPT_DAYS = 2;

/** Books of one ledger, gone when it ends; they go back to yesterday. */
export function createMemoryLedger(options: LedgerOptions): Ledger {
  return createLedgerOverLines(createMemoryLines(), options);
}

/** Lines that any number of ledgers of this process share. */
export function createMemoryLines(): LedgerLines {
  const folds = new Map<string, Fold>();
  const newestFirst = () => [...folds.keys()].sort().reverse();
  return {
    where: "memory",
    append: async (day, text) => {
      const fold = folds.get(day) ?? createFold();
      folds.delete(day);
      folds.set(day, fold);
      for (const line of text.split("\n")) addLine(fold, line);
      // By when they were written: a clock that was ahead has written days that are still to come.
      if (folds.size > KEPT_DAYS) folds.delete(folds.keys().next().value as string);
    },
    fold: async (day) => folds.get(day) ?? createFold(),
    oneAtATime: createOneAtATime(),
    days: async () => newestFirst(),
  };
}
