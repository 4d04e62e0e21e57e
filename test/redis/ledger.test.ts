import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AppError } from "../../src/errors.ts";
import { createLedgerOverLines } from "../../src/spend/ledger/ledger-over-lines.ts";
import { encodeRecord } from "../../src/spend/ledger/records.ts";
import { type CuttableProxy, startCuttableProxy } from "../support/cuttable-proxy.ts";
import { FACTS } from "../support/ledger-facts.ts";
import { describeRedis, PREFIX, type Replica } from "./rooms.ts";
import { type RedisChild, startRedisChild } from "./start-child.ts";

const DAY = "2026-11-24";
const now = () => Date.UTC(2026, 10, 24, 12);
const LINES = `${PREFIX}ledger:lines:${DAY}`;

const ledgerOf = ({ ledgerLines }: Replica, dailyBudgetMicros: number | null = 1000) =>
  createLedgerOverLines(ledgerLines, { dailyBudgetMicros, now });

function makeReserve(micros = 10) {
  const id = `p_${randomBytes(16).toString("base64url")}`;
  const text = encodeRecord({ type: "reserve", id, at: now(), ...FACTS, micros, budgetMicros: null });
  return { id, text };
}

const makeSettle = (id: string, micros: number) =>
  encodeRecord({ type: "settle", id, at: now(), outcome: "charged", micros });

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof AppError) return { kind: error.kind, message: error.message, charge: error.facts.charge };
      throw error;
    },
  );

describeRedis("books that replicas share", ({ open, look }) => {
  it("add up alike on all of them, whoever wrote what", async () => {
    const [a, b] = [open({ now }), open({ now })];
    const one = await ledgerOf(a).reserve(FACTS, 300);
    const two = await ledgerOf(b).reserve(FACTS, 300);
    await ledgerOf(b).settle(one, { outcome: "charged", micros: 100 });
    for (const replica of [a, b]) {
      const book = await ledgerOf(replica).read();
      expect(book).toMatchObject({ countedMicros: 400, unreadableLines: 0 });
      expect(book.purchases.map(({ id, state }) => ({ id, state }))).toEqual([
        { id: one.id, state: "charged" },
        { id: two.id, state: "open" },
      ]);
    }
    expect(await ledgerOf(a).days()).toEqual([DAY]);
    expect(await look().pttl(LINES)).toBeGreaterThan(399 * 86_400_000);
  });

  it("are read on from where they were read before", async () => {
    const { ledgerLines } = open({ now });
    await ledgerLines.append(DAY, makeReserve().text);
    const first = await ledgerLines.fold(DAY);
    await ledgerLines.append(DAY, makeReserve().text);
    expect(await ledgerLines.fold(DAY)).toBe(first);
    expect(first.countedMicros).toBe(20);
  });

  it("are read from the beginning when they are not those of before", async () => {
    const { ledgerLines } = open({ now });
    for (let turn = 0; turn < 3; turn++) await ledgerLines.append(DAY, makeReserve().text);
    expect((await ledgerLines.fold(DAY)).countedMicros).toBe(30);
    await look().del(LINES);
    expect((await ledgerLines.fold(DAY)).countedMicros).toBe(0);
    for (let turn = 0; turn < 4; turn++) await ledgerLines.append(DAY, makeReserve(5).text);
    expect((await ledgerLines.fold(DAY)).countedMicros).toBe(20);
    const texts = await look().lrange(LINES, 0, -1);
    await look()
      .multi()
      .del(LINES)
      .rpush(LINES, ...texts.reverse())
      .exec();
    expect((await ledgerLines.fold(DAY)).countedMicros).toBe(20);
    await look().rpush(LINES, "torn {", "\n");
    expect(await ledgerLines.fold(DAY)).toMatchObject({ countedMicros: 20, unreadableLines: 1 });
  });

  it("of a long day are read in parts", async () => {
    const texts = Array.from({ length: 12_000 }, () => makeReserve(1).text);
    await look().rpush(LINES, ...texts);
    const { ledgerLines } = open({ now });
    expect((await ledgerLines.fold(DAY)).countedMicros).toBe(12_000);
    await ledgerLines.append(DAY, makeReserve(1).text);
    expect((await ledgerLines.fold(DAY)).countedMicros).toBe(12_001);
  });

  it("go back 400 days, newest first", async () => {
    const { ledgerLines } = open({ now });
    for (const day of [DAY, "2025-11-24", "2026-11-25"]) await ledgerLines.append(day, makeReserve().text);
    expect(await ledgerLines.days()).toEqual(["2026-11-25", DAY, "2025-11-24"]);
    const later = open({ now: () => Date.UTC(2027, 1, 1) });
    expect(await later.ledgerLines.days()).toEqual(["2026-11-25", DAY]);
  });

  it.each(["", "2026-02-30", "2026-11-24:x", "*"])("have no day %j", async (day) => {
    const { ledgerLines } = open({ now });
    await expect(ledgerLines.append(day, makeReserve().text)).rejects.toThrow(RangeError);
    await expect(ledgerLines.fold(day)).rejects.toThrow(RangeError);
    await expect(ledgerLines.append(DAY, "no record")).rejects.toThrow(RangeError);
  });
});

describeRedis("books of several processes", ({ open, server }) => {
  let children: RedisChild[] = [];
  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()));
  });

  it("never hold more than the budget, and all agree on what counts", { timeout: 60_000 }, async () => {
    children = await Promise.all([7, 11, 13, 40].map((max) => startRedisChild("spend", server().port, max)));
    for (const child of children) child.go();
    const told = await Promise.all(children.map((child) => child.told()));
    const book = await ledgerOf(open({ now })).read(DAY);
    const grants = told.flatMap(({ grants }) => grants as { id: string }[]);
    expect(told.map(({ kind, problems }) => ({ kind, problems }))).toEqual(
      Array(4).fill({ kind: "budget", problems: [] }),
    );
    expect(book).toMatchObject({ countedMicros: 10_000, unreadableLines: 0 });
    expect(book.purchases.map(({ id }) => id).sort()).toEqual(grants.map(({ id }) => id).sort());
    for (const { grants } of told) expect(grants).not.toEqual([]);
  });
});

describeRedis("an append whose connection breaks", ({ open, look, server }) => {
  let proxy: CuttableProxy;
  beforeEach(async () => {
    proxy = await startCuttableProxy(server().port);
  });
  afterEach(() => proxy.close());

  it("after it was carried out is made once, and is known to be made", async () => {
    const replica = open({ port: proxy.port, now });
    await replica.ledgerLines.days();
    const { id, text } = makeReserve();
    const cut = proxy.cutAfter(id);
    await replica.ledgerLines.append(DAY, text);
    await cut;
    expect(await look().lrange(LINES, 0, -1)).toEqual([text]);
    const cutAgain = proxy.cutAfter('"charged"');
    await replica.ledgerLines.append(DAY, makeSettle(id, 3));
    await cutAgain;
    expect(await look().llen(LINES)).toBe(2);
    expect((await replica.ledgerLines.fold(DAY)).countedMicros).toBe(3);
  });

  it("for longer has nothing spent, and is taken back when it had got through", { timeout: 20_000 }, async () => {
    const replica = open({ port: proxy.port, now });
    await replica.ledgerLines.days();
    const { id, text } = makeReserve();
    const cut = proxy.cutAfter(id).then(() => proxy.shut());
    const beganAt = performance.now();
    const refused = await refusal(replica.ledgerLines.append(DAY, text));
    expect(performance.now() - beganAt).toBeLessThan(4000);
    await cut;
    expect(refused).toEqual({
      kind: "unavailable",
      charge: "not_charged",
      message: "The shared store cannot be reached, so nothing can be set aside and nothing was sent.",
    });
    expect(await look().lrange(LINES, 0, -1)).toEqual([text]);
    proxy.open();
    await replica.flush(10_000);
    const fold = await open({ now }).ledgerLines.fold(DAY);
    expect(fold.countedMicros).toBe(0);
    expect(fold.purchases.get(id)).toMatchObject({ state: "not_charged" });
  });

  it("before it got through is not made later either", { timeout: 20_000 }, async () => {
    const replica = open({ port: proxy.port, now });
    await replica.ledgerLines.days();
    server().freeze();
    const { text } = makeReserve();
    expect(await refusal(replica.ledgerLines.append(DAY, text))).toMatchObject({ charge: "not_charged" });
    server().thaw();
    await replica.flush(10_000);
    const fold = await open({ now }).ledgerLines.fold(DAY);
    expect(fold.countedMicros).toBe(0);
    expect([...fold.purchases.values()].filter(({ state }) => state === "open")).toEqual([]);
  });
});

describeRedis("books while Redis is gone", ({ open, server }) => {
  it("take a settlement later, and refuse a reservation now", { timeout: 30_000 }, async () => {
    const replica = open({ now });
    const ledger = ledgerOf(replica);
    const reservation = await ledger.reserve(FACTS, 300);
    await server().kill();
    await ledger.settle(reservation, { outcome: "charged", micros: 120 });
    expect(replica.problems).toMatchObject([
      { kind: "unreachable" },
      { kind: "waits", what: "settlement", code: expect.stringMatching(/^(?:closed|ECONN\w+)$/) },
    ]);
    expect(await refusal(ledger.reserve(FACTS, 10))).toMatchObject({ kind: "unavailable", charge: "not_charged" });
    expect(await refusal(ledger.left())).toEqual({
      kind: "unavailable",
      charge: "not_charged",
      message: "The shared store cannot be reached, so the books cannot be read now.",
    });
    await server().start();
    await replica.flush(10_000);
    await vi.waitFor(async () => expect((await ledger.read()).countedMicros).toBe(120));
    expect(replica.isReady()).toBe(true);
    expect((await ledger.reserve(FACTS, 10)).micros).toBe(10);
  });

  it("give up what is left when the process ends, and say so", { timeout: 20_000 }, async () => {
    const replica = open({ now });
    const reservation = await ledgerOf(replica).reserve(FACTS, 300);
    await server().kill();
    await ledgerOf(replica).settle(reservation, { outcome: "charged", micros: 120 });
    const beganAt = performance.now();
    await replica.flush(100);
    expect(performance.now() - beganAt).toBeLessThan(1000);
    await replica.close();
    expect(replica.problems.at(-1)).toEqual({ kind: "given_up", what: "settlement", why: "closed" });
  });
});
