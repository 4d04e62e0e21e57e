// What the tests of several processes run in each of them: node --import tsx redis-child.ts <role> <port> <number>
import { AppError } from "../../src/errors.ts";
import { createRedisRoom } from "../../src/redis/redis-room.ts";
import { createLedgerOverLines } from "../../src/spend/ledger/ledger-over-lines.ts";
import { createMemoryStores } from "../../src/store/memory-store.ts";
import { FACTS } from "../support/ledger-facts.ts";
import { KEY, makeSnapshot } from "../unit/store/make-snapshot.ts";

const [role = "", port = "", number = "0"] = process.argv.slice(2);
const problems: unknown[] = [];
const room = createRedisRoom({
  url: `redis://127.0.0.1:${port}`,
  prefix: "test:",
  memory: createMemoryStores(),
  maxAgeMs: 86_400_000,
  now: Date.now,
  onProblem: (problem) => problems.push(problem),
});
const unending = new AbortController().signal;

const tell = (message: object) => new Promise((sent) => process.send?.(message, undefined, undefined, sent));
const told = () => new Promise((resolve) => process.once("message", resolve));

const roles: Record<string, () => Promise<void>> = {
  /** Sets aside up to so much again and again until the ledger refuses; every second purchase is charged half. */
  spend: async () => {
    const now = () => Date.UTC(2026, 10, 24, 12);
    const ledger = createLedgerOverLines(room.ledgerLines, { dailyBudgetMicros: 10_000, now });
    const grants: { id: string; micros: number }[] = [];
    try {
      for (let turn = 0; ; turn++) {
        const { id, day, micros } = await ledger.reserve(FACTS, Number(number));
        grants.push({ id, micros });
        if (turn % 2 === 1) continue;
        await ledger.settle({ id, day, micros }, { outcome: "charged", micros: Math.ceil(micros / 2) });
      }
    } catch (error) {
      await tell({ grants, kind: error instanceof AppError ? error.kind : String(error), problems });
    }
  },

  /** Adds to a number in Redis in two steps, of which some get lost when two processes do so at once. */
  addUp: async () => {
    const { Redis } = await import("ioredis");
    const redis = new Redis(Number(port));
    const withKeyLock = room.keyLock("t");
    for (let turn = 0; turn < Number(number); turn++) {
      await withKeyLock(KEY, unending, async () => {
        const sum = Number(await redis.get("sum"));
        await redis.set("sum", sum + 1);
      });
    }
    await tell({ problems });
    redis.disconnect();
  },

  /** Holds the lock until it is killed. */
  hold: () =>
    room.keyLock("t")(KEY, unending, async () => {
      await tell({ holds: true });
      await new Promise(() => {});
    }),

  /** Puts snapshots until it is killed. */
  putForEver: async () => {
    for (let index = 0; ; index++) {
      const noise = "x".repeat(100_000);
      const putting = room
        .snapshots("t")
        .put(makeSnapshot({ taskId: `${process.pid} ${index}`, fetchedAt: Date.now(), items: [{ noise }] }));
      await tell({ index });
      await putting;
    }
  },
};

await room.ledgerLines.days();
await tell({ ready: true });
await told();
await roles[role]?.();
await room.close();
process.disconnect();
