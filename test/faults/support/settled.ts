import { readdir, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type LedgerReading, readLedger } from "./read-ledger.ts";

/** Longer than any call and its retries may take. */
const WITHIN_MS = 8000;
const LOOK_EVERY_MS = 10;

export interface Settled {
  ledger: LedgerReading;
  /** What never came to rest, one sentence each. */
  problems: string[];
}

/**
 * Waits until no purchase is under way in a folder: a call that was cancelled ends for its caller at once, and a little
 * later in the books.
 * @param dead ids of purchases whose process was killed: they stay open for good
 */
export async function whenSettled(folder: string, dead: ReadonlySet<string> = new Set()): Promise<Settled> {
  const giveUpAt = Date.now() + WITHIN_MS;
  for (;;) {
    const locks = await heldLocks(folder);
    const ledger = await readLedger(folder);
    const open = ledger.purchases.filter(({ state, id }) => state === "open" && !dead.has(id));
    if (locks.length === 0 && open.length === 0) return { ledger, problems: [] };
    if (Date.now() > giveUpAt) {
      const problems = [
        ...open.map(({ id }) => `${id} stays open though its process lives`),
        ...locks.map((lock) => `${lock} stays held though its process lives`),
      ];
      return { ledger, problems };
    }
    await wait(LOOK_EVERY_MS);
  }
}

/** How old a lock of the living never gets: its holder gives a sign of life every five seconds. */
const DEAD_AFTER_MS = 60_000;

async function heldLocks(folder: string): Promise<string[]> {
  const locks = path.join(folder, "locks");
  const held: string[] = [];
  for (const name of await readdir(locks).catch(emptyWhenMissing)) {
    const found = await stat(path.join(locks, name)).catch(() => undefined);
    if (found !== undefined && found.mtimeMs > Date.now() - DEAD_AFTER_MS) held.push(name);
  }
  return held;
}

/**
 * What time does to the locks of a process that was killed, without the wait: they get stale. The next one who wants
 * the key takes over.
 */
export async function letLocksGoStale(folder: string, keys: readonly string[]): Promise<void> {
  const longAgo = (Date.now() - 2 * DEAD_AFTER_MS) / 1000;
  for (const key of keys) {
    for (const name of [`${key}.lock`, `${key}.takeover.lock`]) {
      await utimes(path.join(folder, "locks", name), longAgo, longAgo).catch(emptyWhenMissing);
    }
  }
}

function emptyWhenMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === "ENOENT") return [];
  throw error;
}
