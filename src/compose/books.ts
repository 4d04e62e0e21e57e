import { type Config, isLive } from "../config/schema.ts";
import type { Log } from "../log.ts";
import { type Account, type Ledger, toMicros } from "../spend/ledger/ledger.ts";
import { createLedgerOverLines } from "../spend/ledger/ledger-over-lines.ts";
import type { LedgerLines } from "../spend/ledger/lines.ts";
import { chooseFolders, createStores } from "./stores.ts";

/** The books of a server with the same settings, for whoever wants to read them. */
export interface OpenBooks {
  ledger: Ledger;
  close(): Promise<void>;
}

/** @returns undefined where the books end with their process */
export async function openBooks(config: Config, log: Log, now: () => number): Promise<OpenBooks | undefined> {
  const options = { dailyBudgetMicros: toMicros(config.dailyBudgetUsd), now };
  if (config.store === "disk") {
    // Read without a key too, when the settings are those of the sandbox.
    const { createFileLedger } = await import("../spend/ledger/file-ledger.ts");
    const { ledgerFolder: folder, cacheFolder: seenIn } = await chooseFolders(config);
    return { ledger: createFileLedger({ folder, seenIn, ...options }), close: async () => {} };
  }
  if (typeof config.store === "string") return undefined;
  const { ledgerLines, shared } = await createStores(config, log, now);
  return { ledger: createLedgerOverLines(ledgerLines, options), close: async () => shared?.close() };
}

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
