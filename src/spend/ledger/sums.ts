import type { Purchase } from "./ledger.ts";

/** What purchases count against the budget, by how sure it is that it was paid; micro-dollars. */
export interface LedgerSums {
  countedMicros: number;
  /** Reported as charged. */
  chargedMicros: number;
  /** Billed, but nobody said how much: counted at what was set aside. */
  notReportedMicros: number;
  /** May have been charged. */
  unknownMicros: number;
  /** Set aside, with no outcome yet. */
  openMicros: number;
}

/** The four kinds add up to `countedMicros`; no purchases make zeros. */
export function sumPurchases(purchases: Iterable<Purchase>): LedgerSums {
  const sums = { charged: 0, not_reported: 0, unknown: 0, open: 0, not_charged: 0 };
  let countedMicros = 0;
  for (const purchase of purchases) {
    sums[purchase.state] += purchase.countedMicros;
    countedMicros += purchase.countedMicros;
  }
  return {
    countedMicros,
    chargedMicros: sums.charged,
    notReportedMicros: sums.not_reported,
    unknownMicros: sums.unknown,
    openMicros: sums.open,
  };
}
