import { readdir, readFile } from "node:fs/promises";
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

/** A turn's file names its process: its number, and when it began. */
const TURN = /\.(\d+)\.(\d+)\.[0-9a-f]+\.turn$/;

/** The turns of processes that live: what a killed one has left is taken over by whoever wants the key next. */
async function heldLocks(folder: string): Promise<string[]> {
  const held: string[] = [];
  for (const name of await readdir(path.join(folder, "locks")).catch(emptyWhenMissing)) {
    const [, pid, start] = TURN.exec(name) ?? [];
    if (pid === undefined || (await livesSince(pid, start))) held.push(name);
  }
  return held;
}

/** Fields 3 and 22 of proc_pid_stat(5); a process that has ended may wait for its parent. */
async function livesSince(pid: string, start: string | undefined): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[19] === start && fields[0] !== "Z";
}

function emptyWhenMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === "ENOENT") return [];
  throw error;
}
