import { mkdir, open, readdir } from "node:fs/promises";
import path from "node:path";
import { isDay } from "./day.ts";
import type { Fold } from "./fold.ts";
import { createFollower } from "./follower.ts";
import { createJoinWaiting } from "./join-waiting.ts";
import type { Ledger } from "./ledger.ts";
import { createLedgerOverLines, type LedgerOptions } from "./ledger-over-lines.ts";
import type { LedgerLines } from "./lines.ts";
import { createOneAtATime } from "./one-at-a-time.ts";
import { PartialWriteError } from "./refusals.ts";

export interface FileLedgerOptions extends LedgerOptions {
  /** As for `createFileLines`. */
  folder: string;
}

/** Books on disk for a process with a single ledger. */
export function createFileLedger({ folder, ...options }: FileLedgerOptions): Ledger {
  return createLedgerOverLines(createFileLines(folder), options);
}

const SUFFIX = ".jsonl";

/** Today, and yesterday around midnight. */
const FOLLOWED_DAYS = 2;

/**
 * Lines that every process with the same folder shares, and that outlive them: a file of JSON lines per UTC day. The
 * folder has to be on a local disk: over NFS, appends of two machines have no common order. Nothing is written, and
 * nothing fails, before the first reservation. One object serves any number of ledgers.
 * @param home made when it is missing, readable by its owner only; the books are `ledger/2026-11-24.jsonl` in it
 */
export function createFileLines(home: string): LedgerLines {
  const folder = path.join(home, "ledger");
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
      // Once a day is enough to make the new file's name outlive a power cut too.
      if (syncedDay !== day) await syncFolder(folder);
      syncedDay = day;
    },
    fold: async (day) => {
      const follow = followed.get(day) ?? createJoinWaiting(createFollower(fileOf(day)));
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

async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows cannot do this, and some file systems neither; the record itself is synced.
  }
}

function emptyWhenMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
