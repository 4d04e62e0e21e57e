import type { Principal } from "../access/principal.ts";
import type { Config } from "../config/schema.ts";
import type { Account } from "../spend/ledger/ledger.ts";
import { toMicros } from "../spend/micros.ts";

/** All that an app depends on: a token whose scopes or budget were changed gets another. */
export const toAppKey = ({ name, tenant, scopes, dailyBudgetUsd }: Principal): string =>
  JSON.stringify([name, tenant, dailyBudgetUsd, ...[...scopes].sort()]);

/** A principal without a budget of its own has the one that the settings give to each. */
export function toAccount(principal: Principal | undefined, config: Config): Account | undefined {
  if (principal === undefined) return undefined;
  const budgetUsd = principal.dailyBudgetUsd ?? config.principalBudgetUsd;
  return { name: principal.name, dailyBudgetMicros: budgetUsd === null ? null : toMicros(budgetUsd) };
}
