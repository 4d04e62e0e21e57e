import { createFileLedger } from "../../../src/spend/ledger/file-ledger.ts";
import type { Purchase } from "../../../src/spend/ledger/ledger.ts";

/** All that a folder's ledger holds, as a process that has just come to it reads it. */
export interface LedgerReading {
  purchases: Purchase[];
  /** Counted against the budget, by UTC day: a run may last over midnight. */
  countedMicrosByDay: Record<string, number>;
  unreadableLines: number;
}

export async function readLedger(folder: string): Promise<LedgerReading> {
  const ledger = createFileLedger({ folder, dailyBudgetMicros: null, now: Date.now });
  const reading: LedgerReading = { purchases: [], countedMicrosByDay: {}, unreadableLines: 0 };
  for (const day of (await ledger.days()).reverse()) {
    const book = await ledger.read(day);
    reading.purchases.push(...book.purchases);
    reading.countedMicrosByDay[day] = book.countedMicros;
    reading.unreadableLines += book.unreadableLines;
  }
  return reading;
}
