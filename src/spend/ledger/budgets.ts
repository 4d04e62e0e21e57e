import { isAccountName } from "./account-name.ts";
import { ownBudgetUsedUp, serverBudgetUsedUp, sharedBudgetUsedUp } from "./budget-refusals.ts";
import { type Fold, purchasesOf } from "./fold.ts";
import type { Account } from "./ledger.ts";

/** What bounds the purchases of one ledger. */
export interface Budgets {
  /** Of all who share the books, micro-dollars a day (UTC), whole, at least 0; null for no bound. */
  dailyBudgetMicros: number | null;
  /** For whom this ledger buys, within a budget of its own too; left out for whoever is not told apart. */
  account?: Account;
}

/** @throws {RangeError} for amounts or a name that the books could not hold */
export function requireBudgets({ dailyBudgetMicros, account }: Budgets): void {
  if (dailyBudgetMicros !== null) requireWhole(dailyBudgetMicros, "dailyBudgetMicros");
  if (account === undefined) return;
  if (!isAccountName(account.name)) throw new RangeError("not an account name");
  if (account.dailyBudgetMicros !== null) requireWhole(account.dailyBudgetMicros, "account.dailyBudgetMicros");
}

/** @throws {RangeError} */
export function requireWhole(value: number, name: string): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} must be whole and at least 0`);
}

/** The smaller of both budgets; null for no bound. */
export const boundOf = ({ dailyBudgetMicros, account }: Budgets): number | null =>
  smaller(dailyBudgetMicros, account?.dailyBudgetMicros ?? null);

/** What is left of both, never below 0, though a charge may have come out above what was set aside; null for no bound. */
export function leftOf(fold: Fold, budgets: Budgets): number | null {
  return smaller(leftOfAll(fold, budgets), leftOfOwn(fold, budgets));
}

/**
 * @returns what `leftOf` does, above 0
 * @throws {AppError} `budget` when nothing is left. Where both budgets are used up the caller hears of its own, which
 *   tells it nothing about others.
 */
export function requireLeft(fold: Fold, budgets: Budgets): number | null {
  const { dailyBudgetMicros, account } = budgets;
  if (account !== undefined && leftOfOwn(fold, budgets) === 0) {
    throw ownBudgetUsedUp(account.dailyBudgetMicros ?? 0, purchasesOf(fold, account.name));
  }
  if (leftOfAll(fold, budgets) === 0) {
    if (account !== undefined) throw serverBudgetUsedUp(dailyBudgetMicros ?? 0);
    throw sharedBudgetUsedUp(dailyBudgetMicros ?? 0, fold.purchases.values());
  }
  return leftOf(fold, budgets);
}

const leftOfAll = ({ countedMicros }: Fold, { dailyBudgetMicros }: Budgets): number | null =>
  rest(dailyBudgetMicros, countedMicros);

const leftOfOwn = ({ accountMicros }: Fold, { account }: Budgets): number | null =>
  account === undefined ? null : rest(account.dailyBudgetMicros, accountMicros.get(account.name) ?? 0);

const rest = (budgetMicros: number | null, countedMicros: number): number | null =>
  budgetMicros === null ? null : Math.max(0, budgetMicros - countedMicros);

const smaller = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
