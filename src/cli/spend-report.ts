import { toAccountBook } from "../spend/ledger/account-book.ts";
import type { DayBook, Purchase } from "../spend/ledger/ledger.ts";
import { type LedgerSums, sumPurchases } from "../spend/ledger/sums.ts";

/** What the `spend` command knows. */
export interface SpendReport {
  book: DayBook;
  /** Days that have books, newest first. */
  days: string[];
  today: string;
  /** Of all. */
  dailyBudgetMicros: number | null;
  /** Whose purchases `book` holds; left out, those of all. `others` bought on this day too. */
  account?: { name: string; others: string[] };
}

/** The report of one account. */
export function narrowReport(report: SpendReport, name: string): SpendReport {
  const others = sumAccounts(report.book.purchases).flatMap((each) => each.name ?? []);
  const account = { name, others: others.filter((each) => each !== name) };
  return { ...report, account, book: toAccountBook(report.book, name) };
}

/** What the purchases of one target or account come to. */
export interface NamedSums<Name> {
  name: Name;
  count: number;
  sums: LedgerSums;
}

/** One entry per target, most expensive first. */
export const sumTargets = (purchases: readonly Purchase[]): NamedSums<string>[] =>
  sumBy(purchases, ({ target }) => target);

/** One entry per account, most expensive first, and one for what no account bought; none where no account bought. */
export function sumAccounts(purchases: readonly Purchase[]): NamedSums<string | undefined>[] {
  if (!hasAccounts(purchases)) return [];
  return sumBy(purchases, ({ account }) => account);
}

export const hasAccounts = (purchases: readonly Purchase[]): boolean =>
  purchases.some(({ account }) => account !== undefined);

function sumBy<Name>(purchases: readonly Purchase[], nameOf: (purchase: Purchase) => Name): NamedSums<Name>[] {
  const byName = new Map<Name, Purchase[]>();
  for (const purchase of purchases) {
    const name = nameOf(purchase);
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [purchase]);
    else same.push(purchase);
  }
  return [...byName]
    .map(([name, own]) => ({ name, count: own.length, sums: sumPurchases(own) }))
    .sort((a, b) => b.sums.countedMicros - a.sums.countedMicros);
}

/**
 * The budget in force, micro-dollars; null for no bound. Left undefined where none is known: budgets are not kept, so a
 * past day may have had another, and one account's own is not in the books.
 */
export function budgetOf({ book, today, dailyBudgetMicros, account }: SpendReport): number | null | undefined {
  return book.day === today && account === undefined ? dailyBudgetMicros : undefined;
}

/** Micro-dollars left of today's budget; null without a bound and where the budget is not known. */
export function leftOf(report: SpendReport): number | null {
  const { book } = report;
  const dailyBudgetMicros = budgetOf(report) ?? null;
  if (dailyBudgetMicros === null) return null;
  return Math.max(0, dailyBudgetMicros - book.countedMicros);
}
