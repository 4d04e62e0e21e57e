import { type Principal, toRights } from "../access/principal.ts";
import type { Account } from "../spend/ledger/ledger.ts";
import { toMicros } from "../spend/micros.ts";

/** All that an app depends on: a token whose scopes or budget were changed gets another. */
export const toAppKey = (principal: Principal): string => `${principal.name} ${toRights(principal)}`;

/** @param usualBudgetUsd for principals without a budget of their own; null for none */
export function toAccount(principal: Principal | undefined, usualBudgetUsd: number | null): Account | undefined {
  if (principal === undefined) return undefined;
  const budgetUsd = principal.dailyBudgetUsd ?? usualBudgetUsd;
  return { name: principal.name, dailyBudgetMicros: budgetUsd === null ? null : toMicros(budgetUsd) };
}
