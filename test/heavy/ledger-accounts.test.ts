import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileLines } from "../../src/spend/ledger/file-ledger.ts";
import type { Ledger } from "../../src/spend/ledger/ledger.ts";
import { createLedgerOverLines } from "../../src/spend/ledger/ledger-over-lines.ts";
import type { LedgerLines } from "../../src/spend/ledger/lines.ts";
import { FACTS } from "../support/ledger-facts.ts";
import { killAll, letGo, startTelling, type TellingChild } from "../support/telling-child.ts";

const CHILD = fileURLToPath(new URL("../support/ledger-accounts-child.ts", import.meta.url));
const DAY = "2026-11-24";
const noon = () => Date.UTC(2026, 10, 24, 12);

interface Told {
  account?: string;
  id?: string;
  micros?: number;
  kind?: string;
  message?: string;
  charge?: string;
}

type Child = TellingChild<Told>;

let folder: string;
let children: Child[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "ledger-"));
  children = [];
});
afterEach(async () => {
  await killAll(children);
  await rm(folder, { recursive: true });
});

function startChild(all: number, max: number, mode: "settle" | "hold", accounts: Record<string, number>): Child {
  const named = Object.entries(accounts).map(([name, budget]) => `${name}:${budget}`);
  const started = startTelling<Told>([
    ...[process.execPath, "--import", "tsx", CHILD, folder, String(all), String(max), mode],
    ...named,
  ]);
  children.push(started);
  return started;
}

const allEnded = () => Promise.all(children.map(({ ended }) => ended));

const openFor = (lines: LedgerLines, all: number | null, name: string, own: number | null): Ledger =>
  createLedgerOverLines(lines, { dailyBudgetMicros: all, account: { name, dailyBudgetMicros: own }, now: noon });

const grantsOf = (all: readonly Child[]) =>
  all.flatMap(({ told }) =>
    told.flatMap(({ id, account = "", micros = 0 }) => (id === undefined ? [] : [{ id, account, micros }])),
  );

function sumByAccount(entries: readonly { account?: string; micros: number }[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { account = "", micros } of entries) sums[account] = (sums[account] ?? 0) + micros;
  return sums;
}

const refusalsOf = ({ told }: Child) =>
  Object.fromEntries(told.flatMap(({ account, kind, message }) => (kind === undefined ? [] : [[account, message]])));

describe("processes that buy for the same accounts", () => {
  it("use up every account's own budget, to the last micro-dollar and no further", { timeout: 60_000 }, async () => {
    const accounts = { ann: 150, bob: 80, cy: 23 };
    for (const max of [3, 7, 11, 13]) startChild(1000, max, "hold", accounts);
    await letGo(children);
    await allEnded();
    const grants = grantsOf(children);
    expect(sumByAccount(grants)).toEqual(accounts);
    for (const [name, own] of Object.entries(accounts)) {
      const ledger = openFor(createFileLines(folder), 1000, name, own);
      expect(await ledger.left()).toBe(0);
      const book = await ledger.readOwn(DAY);
      expect(book.countedMicros).toBe(own);
      expect(new Set(book.purchases.map(({ id }) => id))).toEqual(
        new Set(grants.filter(({ account }) => account === name).map(({ id }) => id)),
      );
    }
    // Nothing is left of reservations that did not fit: every one was taken back.
    const book = await openFor(createFileLines(folder), 1000, "ann", 150).read(DAY);
    expect(book).toMatchObject({ countedMicros: 253, unreadableLines: 0 });
    expect(book.purchases).toHaveLength(grants.length);
    for (const child of children) {
      expect(Object.keys(refusalsOf(child)).sort()).toEqual(["ann", "bob", "cy"]);
      for (const message of Object.values(refusalsOf(child))) expect(message).toMatch(/^Your daily budget of \$/);
    }
  });

  it("never pass the budget of all, and name it to whoever stands before it", { timeout: 60_000 }, async () => {
    // Nobody reaches the budget of its own.
    const accounts = { ann: 2000, bob: 2000, cy: 2000 };
    for (const max of [3, 7, 11, 40]) startChild(500, max, "settle", accounts);
    await letGo(children);
    await allEnded();
    const book = await openFor(createFileLines(folder), 500, "ann", 2000).read(DAY);
    expect(book.countedMicros).toBe(500);
    expect(book.purchases.filter(({ state }) => state === "open")).toEqual([]);
    expect(book.purchases.map(({ id }) => id).sort()).toEqual(
      grantsOf(children)
        .map(({ id }) => id)
        .sort(),
    );
    for (const child of children) {
      const message = "The server's daily budget is used up. It starts anew at 00:00 UTC.";
      expect(refusalsOf(child)).toEqual({ ann: message, bob: message, cy: message });
    }
  });

  it("hold all sums when one is killed, whose money stays set aside", { timeout: 60_000 }, async () => {
    const accounts = { ann: 120, bob: 60, cy: 300 };
    const victim = startChild(400, 1, "hold", accounts);
    for (const max of [2, 3, 5]) startChild(400, max, "hold", accounts);
    await letGo(children);
    await victim.until(12);
    victim.process.kill("SIGKILL");
    expect(await victim.ended).toEqual([null, "SIGKILL"]);
    await allEnded();
    const lines = createFileLines(folder);
    const book = await openFor(lines, 400, "ann", 120).read(DAY);
    expect(book.countedMicros).toBeLessThanOrEqual(400);
    const held = new Map(book.purchases.map(({ id, countedMicros }) => [id, countedMicros]));
    for (const { id, micros } of grantsOf(children)) expect(held.get(id)).toBe(micros);
    const { accountMicros, countedMicros } = await lines.fold(DAY);
    expect(countedMicros).toBe(book.countedMicros);
    for (const [name, own] of Object.entries(accounts)) {
      expect(accountMicros.get(name)).toBeGreaterThan(0);
      expect(accountMicros.get(name)).toBeLessThanOrEqual(own);
    }
    // What the killed one did not live to tell of: a micro-dollar per account at the most.
    const granted = grantsOf(children).reduce((sum, { micros }) => sum + micros, 0);
    expect(granted).toBeLessThanOrEqual(countedMicros);
    expect(countedMicros - granted).toBeLessThanOrEqual(3);
  });
});

describe("many ledgers over the same files", () => {
  it("do not race each other: none writes a reservation that does not count", { timeout: 60_000 }, async () => {
    const lines = createFileLines(folder);
    const calls = Array.from({ length: 200 }, (_, index) =>
      openFor(lines, 1000, `a${index % 50}`, 30).reserve(FACTS, 7),
    );
    const all = await Promise.allSettled(calls);
    const micros = all.flatMap((each) => (each.status === "fulfilled" ? [each.value.micros] : []));
    expect(micros.reduce((sum, each) => sum + each, 0)).toBe(1000);
    for (const each of all) if (each.status === "rejected") expect(each.reason).toMatchObject({ kind: "budget" });
    const text = await readFile(path.join(folder, "ledger", `${DAY}.jsonl`), "utf8");
    expect(text.match(/[^\n]+/g)).toHaveLength(micros.length);
  });

  it("share a look at the file", async () => {
    const lines = createFileLines(folder);
    await openFor(lines, null, "ann", null).reserve(FACTS, 5);
    const lefts = Array.from({ length: 500 }, (_, index) => openFor(lines, 100, index % 2 ? "ann" : "bob", 30).left());
    expect(new Set(await Promise.all(lefts))).toEqual(new Set([25, 30]));
    const folds = await Promise.all(Array.from({ length: 5 }, () => lines.fold(DAY)));
    expect(new Set(folds).size).toBe(1);
  });

  it("follow two days at a time, and any day that is asked for", async () => {
    const lines = createFileLines(folder);
    const days = ["2026-11-22", "2026-11-23", DAY];
    for (const [index, day] of days.entries()) {
      const account = { name: "ann", dailyBudgetMicros: null };
      const now = () => Date.parse(`${day}T12:00:00Z`);
      await createLedgerOverLines(lines, { dailyBudgetMicros: null, account, now }).reserve(FACTS, 1 + index);
    }
    const [yesterday, today] = [await lines.fold("2026-11-23"), await lines.fold(DAY)];
    expect([await lines.fold("2026-11-23"), await lines.fold(DAY)]).toEqual([yesterday, today]);
    expect(await lines.fold("2026-11-23")).toBe(yesterday);
    expect((await lines.fold("2026-11-22")).countedMicros).toBe(1);
    expect((await lines.fold(DAY)).countedMicros).toBe(3);
  });
});
