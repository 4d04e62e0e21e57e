import { type Config, isLive } from "../config/schema.ts";
import type { Account, Ledger } from "../spend/ledger/ledger.ts";
import { createLedgerOverLines } from "../spend/ledger/ledger-over-lines.ts";
import type { LedgerLines } from "../spend/ledger/lines.ts";
import { toMicros } from "../spend/micros.ts";

/** The books as one caller uses them. Where nothing costs anything, nothing bounds it. */
export function openLedger(
  config: Config,
  lines: LedgerLines,
  account: Account | undefined,
  now: () => number,
): Ledger {
  if (!isLive(config)) return createLedgerOverLines(lines, { dailyBudgetMicros: null, now });
  return createLedgerOverLines(lines, {
    dailyBudgetMicros: toMicros(config.dailyBudgetUsd),
    ...(account !== undefined && { account }),
    now,
  });
}
