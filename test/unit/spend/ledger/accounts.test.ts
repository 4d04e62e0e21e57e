import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError, describeFailure } from "../../../../src/errors.ts";
import { addLine, createFold } from "../../../../src/spend/ledger/day-fold.ts";
import { createMemoryLines } from "../../../../src/spend/ledger/file-ledger.ts";
import type { Account, Ledger, Settlement } from "../../../../src/spend/ledger/ledger.ts";
import { createLedgerOverLines } from "../../../../src/spend/ledger/ledger-over-lines.ts";
import type { LedgerLines } from "../../../../src/spend/ledger/lines.ts";
import { parseRecord } from "../../../../src/spend/ledger/records.ts";
import { FACTS } from "../../../support/ledger-facts.ts";
import { createRacedLines } from "../../../support/ledger-raced-lines.ts";

const USD = 1_000_000;
const DAY_MS = 86_400_000;

function booksWith(dailyBudgetMicros: number | null) {
  const [clock, lines] = [{ ms: Date.UTC(2026, 10, 24, 12) }, createMemoryLines()];
  const open = (account?: Account) =>
    createLedgerOverLines(lines, {
      dailyBudgetMicros,
      now: () => clock.ms,
      ...(account !== undefined && { account }),
    });
  const of = (name: string, budgetMicros: number | null) => open({ name, dailyBudgetMicros: budgetMicros });
  return { clock, open, of };
}

async function failureOf(call: Promise<unknown>): Promise<AppError> {
  const error = await call.catch((reason: unknown) => reason);
  if (error instanceof AppError) return error;
  throw new Error("expected an AppError");
}

describe("ledgers of several accounts over the same lines", () => {
  it("set aside what is left of the smaller rest", async () => {
    const { of } = booksWith(100);
    const [ann, bob] = [of("ann", 30), of("bob", 90)];
    expect(await ann.reserve(FACTS, 60)).toMatchObject({ micros: 30 });
    expect(await bob.reserve(FACTS, 90)).toMatchObject({ micros: 70 });
    expect([await ann.left(), await bob.left()]).toEqual([0, 0]);
  });

  it("have the same budget under the same name", async () => {
    const { of } = booksWith(100);
    await of("ann", 30).reserve(FACTS, 20);
    expect(await of("ann", 30).left()).toBe(10);
    expect(await of("Ann", 30).left()).toBe(30);
  });

  const RESTS: readonly [all: number | null, own: number | null, left: number | null][] = [
    [100, 30, 30],
    [20, 30, 20],
    [null, 30, 30],
    [20, null, 20],
    [null, null, null],
    [0, 30, 0],
    [20, 0, 0],
  ];
  it.each(RESTS)("of %j for all and %j of their own they have %j", async (all, own, left) => {
    const ledger = booksWith(all).of("ann", own);
    expect(await ledger.left()).toBe(left);
    expect(ledger.dailyBudgetMicros).toBe(left);
  });

  it("leave as much to whoever has no account as they left of the budget of all", async () => {
    const { open, of } = booksWith(100);
    const reservation = await of("ann", 50).reserve(FACTS, 50);
    expect(await open().left()).toBe(50);
    await of("ann", 50).settle(reservation, { outcome: "charged", micros: 70 });
    expect(await open().left()).toBe(30);
    expect(await of("ann", 50).left()).toBe(0);
    expect(await of("bob", 50).left()).toBe(30);
  });

  it("begin anew at midnight, and settle what crosses it on the day before", async () => {
    const { clock, of } = booksWith(100);
    const ann = of("ann", 50);
    const reservation = await ann.reserve(FACTS, 50);
    clock.ms += DAY_MS;
    expect(await ann.reserve(FACTS, 20)).toMatchObject({ day: "2026-11-25", micros: 20 });
    await ann.settle(reservation, { outcome: "charged", micros: 10 });
    expect(await ann.left()).toBe(30);
    expect(await ann.readOwn("2026-11-24")).toMatchObject({ countedMicros: 10 });
    expect(await ann.readOwn()).toMatchObject({ day: "2026-11-25", countedMicros: 20 });
  });

  it("read the whole book, and their own part of it", async () => {
    const { open, of } = booksWith(100);
    await of("ann", 30).reserve(FACTS, 10);
    await of("bob", 30).reserve(FACTS, 20);
    await open().reserve(FACTS, 5);
    const told = async (ledger: ReturnType<typeof open>) => {
      const [book, own] = [await ledger.read(), await ledger.readOwn()];
      return [
        book.countedMicros,
        own.countedMicros,
        own.purchases.map(({ account, countedMicros }) => [account, countedMicros]),
      ];
    };
    expect(await told(of("ann", 30))).toEqual([35, 10, [["ann", 10]]]);
    expect(await told(of("bob", 30))).toEqual([35, 20, [["bob", 20]]]);
    expect(await told(open())).toEqual([35, 5, [[undefined, 5]]]);
    expect(await of("eve", 30).readOwn()).toEqual({
      day: "2026-11-24",
      purchases: [],
      countedMicros: 0,
      unreadableLines: 0,
    });
  });

  it.each(["", "a b", "a\n", "é", "a/b", "x".repeat(101)])("are not made for %j", (name) => {
    expect(() => booksWith(100).of(name, 1)).toThrow(RangeError);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("are not made for a budget of %d", (micros) => {
    expect(() => booksWith(100).of("ann", micros)).toThrow(RangeError);
  });

  it("share the budget when 200 of them set aside at once, and none is sent away before it is spent", async () => {
    const { of, open } = booksWith(1000);
    const calls = Array.from({ length: 200 }, (_, index) => of(`a${index % 50}`, 30).reserve(FACTS, 7));
    const all = await Promise.allSettled(calls);
    const micros = all.flatMap((each) => (each.status === "fulfilled" ? [each.value.micros] : []));
    expect(micros.reduce((sum, each) => sum + each, 0)).toBe(1000);
    for (const each of all) if (each.status === "rejected") expect(each.reason).toMatchObject({ kind: "budget" });
    expect(await open().left()).toBe(0);
  });
});

describe("what an account is told", () => {
  it("of its own budget: what it spent itself", async () => {
    const { of } = booksWith(5 * USD);
    const ann = of("ann", 2 * USD);
    await of("bob", 2 * USD).reserve(FACTS, USD);
    await ann.settle(await ann.reserve(FACTS, 1.9 * USD), { outcome: "charged", micros: 1.8 * USD });
    await ann.reserve(FACTS, USD);
    const error = await failureOf(ann.reserve(FACTS, 1));
    expect(error).toMatchObject({ kind: "budget", facts: { charge: "not_charged" } });
    expect(describeFailure(error)).toBe(
      "Your daily budget of $2 is used up: $1.8 charged, $0.2 set aside or may have been charged. It starts anew at 00:00 UTC. " +
        "Not charged. Wait until then; whoever runs the server can raise it.",
    );
  });

  it("of the budget of all: that it is used up, and nothing of who did it", async () => {
    const { of } = booksWith(5 * USD);
    await of("bob", null).reserve(FACTS, 5 * USD);
    const error = await failureOf(of("ann", 2 * USD).reserve(FACTS, 1));
    expect(error).toMatchObject({ kind: "budget", facts: { charge: "not_charged" } });
    expect(describeFailure(error)).toBe(
      "The server's daily budget is used up. It starts anew at 00:00 UTC. " +
        "Not charged. Wait until then; whoever runs the server can raise it.",
    );
  });

  it("of its own where both are used up", async () => {
    const { of } = booksWith(2 * USD);
    await of("ann", 2 * USD).reserve(FACTS, 2 * USD);
    expect((await failureOf(of("ann", 2 * USD).reserve(FACTS, 1))).message).toBe(
      "Your daily budget of $2 is used up: $0 charged, $2 set aside or may have been charged. It starts anew at 00:00 UTC.",
    );
  });

  it("of budgets and caps of $0", async () => {
    expect(describeFailure(await failureOf(booksWith(100).of("ann", 0).reserve(FACTS, 1)))).toBe(
      "Your daily budget is $0, so you may buy nothing. Not charged. Whoever runs the server can raise it.",
    );
    expect(describeFailure(await failureOf(booksWith(0).of("ann", 100).reserve(FACTS, 1)))).toBe(
      "The server's daily budget is $0, so nothing may be bought. Not charged. Whoever runs the server can raise it.",
    );
    expect(describeFailure(await failureOf(booksWith(100).of("ann", 100).reserve(FACTS, 0)))).toBe(
      "This call may cost at most $0, so it is not made. Not charged. Whoever runs the server can raise it.",
    );
  });

  it("of books that fail: not where they lie, nor settings that it cannot change", async () => {
    const full = Object.assign(new Error("no space left on /srv/books/2026-11-24.jsonl"), { code: "ENOSPC" });
    const lines: LedgerLines = { ...createMemoryLines(), where: "/srv/books", append: () => Promise.reject(full) };
    const options = { dailyBudgetMicros: 100, now: () => 0 };
    const ledger = createLedgerOverLines(lines, { ...options, account: { name: "ann", dailyBudgetMicros: 10 } });
    expect(describeFailure(await failureOf(ledger.reserve(FACTS, 1)))).toBe(
      "The server's ledger cannot be written (ENOSPC). Not charged. Tell whoever runs the server.",
    );
    const forgetful = { ...createMemoryLines(), append: async () => {} };
    const lost = createLedgerOverLines(forgetful, { ...options, account: { name: "ann", dailyBudgetMicros: 10 } });
    expect(describeFailure(await failureOf(lost.reserve(FACTS, 1)))).toBe(
      "The server's ledger does not keep what is written to it. Not charged. Tell whoever runs the server.",
    );
  });
});

const ALL = 100;
const OWN: Readonly<Record<string, number>> = { ann: 60, bob: 60, cy: 20 };

interface Call {
  process: number;
  account: string;
  max: number;
  /** Share of what was set aside that is charged, or how it ends otherwise. */
  ends: number | "not_charged" | "unknown" | "never";
}

const call: fc.Arbitrary<Call> = fc.record({
  process: fc.nat(1),
  account: fc.constantFrom(...Object.keys(OWN)),
  max: fc.integer({ min: 1, max: 40 }),
  ends: fc.oneof(
    fc.constantFrom(0, 0.5, 1),
    fc.constantFrom("not_charged" as const, "unknown" as const, "never" as const),
  ),
});

function toSettlement(ends: Call["ends"], micros: number): Settlement | undefined {
  if (ends === "never") return undefined;
  return typeof ends === "number" ? { outcome: "charged", micros: Math.floor(micros * ends) } : { outcome: ends };
}

/** @returns what was set aside, or the kind of the refusal */
async function buy(ledger: Ledger, { max, ends }: Call): Promise<{ id: string; micros: number } | string> {
  try {
    const reservation = await ledger.reserve(FACTS, max);
    const settlement = toSettlement(ends, reservation.micros);
    if (settlement !== undefined) await ledger.settle(reservation, settlement);
    return reservation;
  } catch (error) {
    if (error instanceof AppError) return error.kind;
    throw error;
  }
}

describe("accounts that buy at once from two processes", () => {
  it("never pass a budget, agree on what counts, and take back what they must not spend", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 14 }), fc.scheduler(), async (calls, scheduler) => {
        const { texts, openProcess } = createRacedLines(scheduler);
        const processes = [openProcess(), openProcess()];
        const ledgers = calls.map(({ process, account: name }) =>
          createLedgerOverLines(processes[process] ?? openProcess(), {
            dailyBudgetMicros: ALL,
            account: { name, dailyBudgetMicros: OWN[name] ?? 0 },
            now: () => 0,
          }),
        );
        const bought = await scheduler.waitFor(
          Promise.all(calls.map((each, index) => buy(ledgers[index] as Ledger, each))),
        );

        // Charges stay within what was set aside here, so every beginning of the lines is within the budgets.
        const fold = createFold();
        for (const line of texts.join("").split("\n")) {
          addLine(fold, line);
          expect(fold.countedMicros).toBeLessThanOrEqual(ALL);
          for (const [name, micros] of fold.accountMicros) expect(micros).toBeLessThanOrEqual(OWN[name] ?? 0);
        }
        const [one, other] = await scheduler.waitFor(Promise.all(processes.map((lines) => lines.fold("1970-01-01"))));
        expect(one).toEqual(fold);
        expect(other).toEqual(fold);

        const granted = bought.flatMap((each) => (typeof each === "string" ? [] : [each]));
        expect([...fold.purchases.values()].map(({ id, reservedMicros }) => [id, reservedMicros]).sort()).toEqual(
          granted.map(({ id, micros }) => [id, micros]).sort(),
        );
        for (const each of bought) if (typeof each === "string") expect(each).toBe("budget");
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });

  it("write no reservation that does not count while they share a process", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 14 }), fc.scheduler(), async (calls, scheduler) => {
        const { texts, openProcess } = createRacedLines(scheduler);
        const lines = openProcess();
        const bought = calls.map((each) => {
          const account = { name: each.account, dailyBudgetMicros: OWN[each.account] ?? 0 };
          return buy(createLedgerOverLines(lines, { dailyBudgetMicros: ALL, account, now: () => 0 }), each);
        });
        const granted = (await scheduler.waitFor(Promise.all(bought))).filter((each) => typeof each !== "string");
        expect(texts.filter((text) => parseRecord(text.trim())?.type === "reserve")).toHaveLength(granted.length);
      }),
      { endOnFailure: true },
    );
  });
});
