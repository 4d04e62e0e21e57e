// What the tests of several processes run in each of them: node --import tsx store-child.ts <role> <folder> <number>
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { createKeyLock } from "../../src/store/disk-lock.ts";
import { createDiskStore } from "../../src/store/disk-store.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { KEY, makeSnapshot } from "../unit/store/make-snapshot.ts";

const [role = "", folder = "", number = "0"] = process.argv.slice(2);
const count = Number(number);
const problems: unknown[] = [];
const onProblem = (problem: unknown) => problems.push(problem);
const signal = new AbortController().signal;
const withKeyLock = createKeyLock({ folder, onProblem, retryMs: 5 });

const openStore = (maxBytes = 1 << 30) =>
  createDiskStore({ folder, maxBytes, maxAgeMs: 1e12, now: Date.now, memory: createMemoryStore(), onProblem });

/** A message to the test, on its way when this returns. */
const tell = (message: object) => new Promise((sent) => process.send?.(message, undefined, undefined, sent));

/** Items that gzip cannot make smaller, so that writing them takes a while. */
const makeLarge = (index: number, kilobytes: number) =>
  makeSnapshot({
    taskId: `${process.pid} ${index}`,
    fetchedAt: Date.now(),
    items: [{ page: "https://acme.example/", noise: randomBytes(kilobytes * 1024).toString("base64") }],
  });

/** Puts snapshots and looks after each one how the folder looks to a store that knows nothing. */
async function putAndLook(maxBytes?: number) {
  const store = openStore(maxBytes);
  const ids: string[] = [];
  let missing = 0;
  for (let index = 0; index < count; index++) {
    const snapshot = makeLarge(index, 1);
    if ((await store.put(snapshot)).where === "disk") ids.push(snapshot.id);
    if ((await openStore().newest(KEY)) === undefined) missing += 1;
    if (index % 10 === 0) await openStore().list();
  }
  await tell({ ids, missing, problems });
}

const roles: Record<string, () => Promise<unknown>> = {
  put: () => putAndLook(),

  /** With room for a few snapshots only: each process removes what the others write. */
  putInLittleRoom: () => putAndLook(20_000),

  /** Puts until it is killed. */
  putForEver: async () => {
    const store = openStore();
    for (let index = 0; ; index++) {
      const putting = store.put(makeLarge(index, 256));
      await tell({ index });
      await putting;
    }
  },

  /** Puts one snapshot where no file may grow beyond what the test has set. */
  putTooLarge: async () => {
    // Node ignores this signal; signal-exit, where nobody else listens, would let it end the process.
    process.on("SIGXFSZ", () => {});
    const kept = await openStore().put(makeLarge(0, count));
    await tell({ kept, problems });
  },

  /** Adds to a number in a file, which gets lost when two do so at once. */
  addUp: async () => {
    const file = path.join(folder, "sum");
    for (let index = 0; index < count; index++) {
      await withKeyLock(KEY, signal, async () => {
        const sum = Number(await readFile(file, "utf8"));
        await writeFile(file, String(sum + 1));
      });
    }
    await tell({ problems });
  },

  /** Holds the lock until it is killed. */
  hold: () =>
    withKeyLock(KEY, signal, async () => {
      await tell({ held: true });
      await new Promise((resolve) => process.once("disconnect", resolve));
    }),

  /** Holds the lock, and gives the process no time for anything else. */
  holdBusily: () =>
    withKeyLock(KEY, signal, async () => {
      await tell({ held: true });
      const begun = performance.now();
      while (performance.now() - begun < count) Math.sqrt(begun);
      await tell({ done: true });
    }),

  /** Holds a lock with short patience, and asks whether it still has it when it is told to. */
  holdAndAsk: () =>
    createKeyLock({ folder, onProblem, quietMs: count })(KEY, signal, async (turn) => {
      await tell({ held: true, isMine: await turn.isMine() });
      await once(process, "message");
      await tell({ isMine: await turn.isMine() });
    }),

  /** Ends in the middle of a purchase, after a snapshot was written. */
  exitHolding: () =>
    withKeyLock(KEY, signal, async () => {
      await openStore().put(makeLarge(0, 1));
      await tell({ held: true });
      process.exit(count);
    }),
};

await roles[role]?.();
process.disconnect?.();
