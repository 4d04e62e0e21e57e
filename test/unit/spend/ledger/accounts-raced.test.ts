import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../../src/errors.ts";
import { addLine, createFold } from "../../../../src/spend/ledger/day-fold.ts";
import type { Ledger, Settlement } from "../../../../src/spend/ledger/ledger.ts";
import { createLedgerOverLines } from "../../../../src/spend/ledger/ledger-over-lines.ts";
import { parseRecord } from "../../../../src/spend/ledger/records.ts";
import { FACTS } from "../../../support/ledger-facts.ts";
import { createRacedLines } from "../../../support/ledger-raced-lines.ts";

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
