import { describe, expect, it } from "vitest";
import { AppError } from "../../../../src/errors.ts";
import { addLine, createFold } from "../../../../src/spend/ledger/day-fold.ts";
import { createLedgerOverLines } from "../../../../src/spend/ledger/ledger-over-lines.ts";
import type { LedgerLines } from "../../../../src/spend/ledger/lines.ts";
import { createOneAtATime } from "../../../../src/spend/ledger/lines.ts";
import { encodeRecord } from "../../../../src/spend/ledger/records.ts";
import { FACTS } from "../../../support/ledger-facts.ts";

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
