import { describe, expect, it } from "vitest";
import { AppError, describeFailure } from "../../../../src/errors.ts";
import { addLine, createFold } from "../../../../src/spend/ledger/day-fold.ts";
import { createMemoryLedger } from "../../../../src/spend/ledger/file-ledger.ts";
import type { Settlement } from "../../../../src/spend/ledger/ledger.ts";
import { createLedgerOverLines } from "../../../../src/spend/ledger/ledger-over-lines.ts";
import { createOneAtATime, type LedgerLines } from "../../../../src/spend/ledger/lines.ts";
import { encodeRecord } from "../../../../src/spend/ledger/records.ts";
import { FACTS } from "../../../support/ledger-facts.ts";

describe("memory ledger", () => {
  const NOON = Date.UTC(2026, 10, 24, 12);
  const DAY_MS = 86_400_000;

  function ledgerWith(dailyBudgetMicros: number | null) {
    const clock = { ms: NOON };
    return { clock, ledger: createMemoryLedger({ dailyBudgetMicros, now: () => clock.ms }) };
  }

  async function failureOf(call: Promise<unknown>): Promise<AppError> {
    const error = await call.catch((reason: unknown) => reason);
    if (error instanceof AppError) return error;
    throw new Error("expected an AppError");
  }

  describe("the ledger's rules", () => {
    it("sets aside what is asked for, and less when less is left", async () => {
      const { ledger } = ledgerWith(100);
      expect(await ledger.reserve(FACTS, 60)).toMatchObject({ day: "2026-11-24", micros: 60 });
      expect(await ledger.left()).toBe(40);
      expect(await ledger.reserve(FACTS, 60)).toMatchObject({ micros: 40 });
      expect(await ledger.left()).toBe(0);
    });

    it("counts on when the clock is right again that was days ahead", async () => {
      const { clock, ledger } = ledgerWith(100);
      for (const ahead of [365, 366, 367, 0, 1, 0]) {
        clock.ms = NOON + ahead * DAY_MS;
        await ledger.reserve(FACTS, 10);
      }
      expect(await ledger.left()).toBe(80);
    });

    it("gives every purchase an id of its own", async () => {
      const { ledger } = ledgerWith(null);
      const all = await Promise.all(Array.from({ length: 50 }, () => ledger.reserve(FACTS, 1)));
      expect(new Set(all.map(({ id }) => id)).size).toBe(50);
      for (const { id } of all) expect(id).toMatch(/^p_[\w-]{22}$/);
    });

    it("says what was spent and when the budget starts anew", async () => {
      const { ledger } = ledgerWith(5_000_000);
      const first = await ledger.reserve(FACTS, 4_200_000);
      await ledger.settle(first, { outcome: "charged", micros: 4_000_000 });
      await ledger.reserve(FACTS, 9_000_000);
      const error = await failureOf(ledger.reserve(FACTS, 1));
      expect(error).toMatchObject({ kind: "budget", facts: { charge: "not_charged" } });
      expect(describeFailure(error)).toBe(
        "The daily budget of $5 is used up: $4 charged, $1 set aside or may have been charged. It starts anew at 00:00 UTC. " +
          "Not charged. Wait until then, or raise DOMAIN_PAGES_DAILY_BUDGET_USD; `domain-pages-mcp spend` shows what it was spent on.",
      );
    });

    it("buys nothing with a budget of 0, nor for a cap of 0", async () => {
      const noBudget = await failureOf(ledgerWith(0).ledger.reserve(FACTS, 10));
      expect(noBudget).toMatchObject({ kind: "budget", facts: { charge: "not_charged" } });
      expect(describeFailure(noBudget)).toContain("DOMAIN_PAGES_DAILY_BUDGET_USD above 0");
      const noCap = await failureOf(ledgerWith(100).ledger.reserve(FACTS, 0));
      expect(noCap).toMatchObject({ kind: "budget", facts: { charge: "not_charged" } });
      expect(describeFailure(noCap)).toContain("DOMAIN_PAGES_MAX_PRICE_USD above 0");
    });

    it("knows no bound without a budget", async () => {
      const { ledger } = ledgerWith(null);
      expect(await ledger.reserve(FACTS, 900_000_000)).toMatchObject({ micros: 900_000_000 });
      expect(await ledger.left()).toBeNull();
    });

    it("never has less than nothing left, even where the gateway charges more than was set aside", async () => {
      const { ledger } = ledgerWith(100);
      await ledger.settle(await ledger.reserve(FACTS, 50), { outcome: "charged", micros: 700 });
      expect(await ledger.left()).toBe(0);
      expect(await ledger.read()).toMatchObject({ countedMicros: 700 });
    });

    const SETTLEMENTS: readonly [Settlement, number][] = [
      [{ outcome: "charged", micros: 12 }, 88],
      [{ outcome: "charged", micros: 11.2 }, 88],
      [{ outcome: "charged", micros: 1e18 }, 0],
      [{ outcome: "charged", micros: Number.POSITIVE_INFINITY }, 0],
      [{ outcome: "charged", micros: Number.NaN }, 40],
      [{ outcome: "charged", micros: -5 }, 40],
      [{ outcome: "not_reported" }, 40],
      [{ outcome: "unknown", requestId: "r".repeat(50_000) }, 40],
      [{ outcome: "not_charged" }, 100],
    ];
    it.each(SETTLEMENTS)("after %j of 60 set aside, %d of 100 are left", async (settlement, left) => {
      const { ledger } = ledgerWith(100);
      await ledger.settle(await ledger.reserve(FACTS, 60), settlement);
      expect(await ledger.left()).toBe(left);
    });

    it("settles in the books of the day on which the money was set aside", async () => {
      const { clock, ledger } = ledgerWith(100);
      const reservation = await ledger.reserve(FACTS, 100);
      clock.ms += DAY_MS;
      expect(await ledger.left()).toBe(100);
      await ledger.settle(reservation, { outcome: "charged", micros: 7 });
      expect(await ledger.left()).toBe(100);
      expect(await ledger.read("2026-11-24")).toMatchObject({ countedMicros: 7 });
      expect(await ledger.read()).toEqual({ day: "2026-11-25", purchases: [], countedMicros: 0, unreadableLines: 0 });
    });

    it("forgets days before yesterday", async () => {
      const { clock, ledger } = ledgerWith(100);
      for (let day = 0; day < 4; day++) {
        await ledger.reserve(FACTS, 1);
        clock.ms += DAY_MS;
      }
      expect(await ledger.days()).toEqual(["2026-11-27", "2026-11-26"]);
    });

    it("sets aside for many at once without passing the budget", async () => {
      const { ledger } = ledgerWith(100);
      const all = await Promise.allSettled(Array.from({ length: 40 }, () => ledger.reserve(FACTS, 7)));
      const micros = all.flatMap((each) => (each.status === "fulfilled" ? [each.value.micros] : []));
      expect(micros).toEqual([...Array.from({ length: 14 }, () => 7), 2]);
    });

    it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("takes no amount of %d", async (micros) => {
      await expect(ledgerWith(100).ledger.reserve(FACTS, micros)).rejects.toThrow(RangeError);
      expect(() => ledgerWith(micros)).toThrow(RangeError);
    });
  });
});

describe("ledger over lines", () => {
  const NOON = Date.UTC(2026, 10, 24, 12);

  /** Lines into which others write too: what `before` gives comes before each line of ours. */
  function linesWith(before: (attempt: number) => string, keeps = (text: string) => text) {
    const fold = createFold();
    let attempts = 0;
    const lines: LedgerLines = {
      where: "here",
      append: async (_, text) => {
        for (const line of `${before(++attempts)}${keeps(text)}`.split("\n")) addLine(fold, line);
      },
      fold: async () => fold,
      oneAtATime: createOneAtATime(),
      days: async () => [],
    };
    return { lines, fold, attempts: () => attempts };
  }

  const rival = (attempt: number, micros: number) =>
    encodeRecord({
      type: "reserve",
      id: `p_${String(attempt).padStart(22, "0")}`,
      at: NOON,
      ...FACTS,
      micros,
      budgetMicros: 1000,
    });

  const ledgerOver = (lines: LedgerLines) => createLedgerOverLines(lines, { dailyBudgetMicros: 1000, now: () => NOON });

  describe("a ledger whose lines others write too", () => {
    it("takes what is left when another process was faster", async () => {
      const { lines, fold, attempts } = linesWith((attempt) => (attempt <= 2 ? rival(attempt, 300) : ""));
      expect(await ledgerOver(lines).reserve(FACTS, 900)).toMatchObject({ micros: 400 });
      expect(attempts()).toBe(3);
      expect(fold.countedMicros).toBe(1000);
    });

    it("is refused when the others took all of it meanwhile", async () => {
      const { lines, fold } = linesWith((attempt) => rival(attempt, 500));
      await expect(ledgerOver(lines).reserve(FACTS, 900)).rejects.toMatchObject({
        kind: "budget",
        message: expect.stringContaining("$0.001 set aside or may have been charged"),
      });
      expect(fold.countedMicros).toBe(1000);
    });

    it("gives up when others are faster again and again, having spent nothing", async () => {
      const { lines, fold, attempts } = linesWith((attempt) => rival(attempt, 1));
      await expect(ledgerOver(lines).reserve(FACTS, 1000)).rejects.toMatchObject({
        kind: "unavailable",
        facts: { charge: "not_charged" },
      });
      expect(fold.countedMicros).toBe(attempts());
    });

    it("does not spend what it does not find written down", async () => {
      const { lines } = linesWith(
        () => "",
        () => "",
      );
      await expect(ledgerOver(lines).reserve(FACTS, 10)).rejects.toMatchObject({
        kind: "config",
        message: "The ledger in here does not keep what is written to it.",
        facts: { charge: "not_charged" },
      });
    });

    it("takes back what it wrote down when the books cannot be read after that", async () => {
      const { lines, fold } = linesWith(() => "");
      let looks = 0;
      const away = new AppError("unavailable", "The shared store cannot be reached.", { charge: "not_charged" });
      const failing = { ...lines, fold: async () => (++looks === 2 ? Promise.reject(away) : lines.fold("2026-11-24")) };
      await expect(ledgerOver(failing).reserve(FACTS, 400)).rejects.toBe(away);
      expect(fold.countedMicros).toBe(0);
      expect([...fold.purchases.values()].map(({ state }) => state)).toEqual(["not_charged"]);
    });

    it("lets a mistake in this program through as it is", async () => {
      const mistake = new TypeError("not a function");
      const { lines } = linesWith(() => {
        throw mistake;
      });
      await expect(ledgerOver(lines).reserve(FACTS, 10)).rejects.toBe(mistake);
    });
  });
});
