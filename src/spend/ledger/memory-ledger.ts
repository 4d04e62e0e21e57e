import { addLine, createFold, type Fold } from "./fold.ts";
import type { Ledger } from "./ledger.ts";
import { createLedgerOverLines, type LedgerOptions } from "./ledger-over-lines.ts";
import type { LedgerLines } from "./lines.ts";
import { createOneAtATime } from "./one-at-a-time.ts";

/** Today, and yesterday for what is settled after midnight. */
const KEPT_DAYS = 2;

/** Books of one ledger, gone when it ends; they go back to yesterday. */
export function createMemoryLedger(options: LedgerOptions): Ledger {
  return createLedgerOverLines(createMemoryLines(), options);
}

/** Lines that any number of ledgers of this process share. */
export function createMemoryLines(): LedgerLines {
  const folds = new Map<string, Fold>();
  const newestFirst = () => [...folds.keys()].sort().reverse();
  return {
    where: "memory",
    append: async (day, text) => {
      const fold = folds.get(day) ?? createFold();
      folds.set(day, fold);
      for (const line of text.split("\n")) addLine(fold, line);
      for (const old of newestFirst().slice(KEPT_DAYS)) folds.delete(old);
    },
    fold: async (day) => folds.get(day) ?? createFold(),
    oneAtATime: createOneAtATime(),
    days: async () => newestFirst(),
  };
}
