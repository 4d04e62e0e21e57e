import type { DayBook, Purchase } from "../spend/ledger/ledger.ts";
import { type LedgerSums, sumPurchases } from "../spend/ledger/sums.ts";

/** What the `spend` command knows. */
export interface SpendReport {
  book: DayBook;
  /** Days that have books, newest first. */
  days: string[];
  today: string;
  dailyBudgetMicros: number | null;
}

/** What one target's purchases come to. */
export interface TargetSums {
  target: string;
  count: number;
  sums: LedgerSums;
}

/** One entry per target, most expensive first. */
export function sumTargets(purchases: readonly Purchase[]): TargetSums[] {
  const byTarget = new Map<string, Purchase[]>();
  for (const purchase of purchases) {
    const same = byTarget.get(purchase.target);
    if (same === undefined) byTarget.set(purchase.target, [purchase]);
    else same.push(purchase);
  }
  return [...byTarget]
    .map(([target, own]) => ({ target, count: own.length, sums: sumPurchases(own) }))
    .sort((a, b) => b.sums.countedMicros - a.sums.countedMicros);
}

/** Micro-dollars left of today's budget; null without a bound and for a day that is not today. */
export function leftOf({ book, today, dailyBudgetMicros }: SpendReport): number | null {
  if (dailyBudgetMicros === null || book.day !== today) return null;
  return Math.max(0, dailyBudgetMicros - book.countedMicros);
}
