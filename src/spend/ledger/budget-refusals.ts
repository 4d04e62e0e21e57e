import { AppError } from "../../errors.ts";
import { formatUsd } from "../../pages/text.ts";
import { toUsd } from "../micros.ts";
import type { Purchase } from "./ledger.ts";
import { type LedgerSums, sumPurchases } from "./sums.ts";

/** Nothing is left of the budget of all, told to whoever may raise it. */
export function sharedBudgetUsedUp(budgetMicros: number, purchases: Iterable<Purchase>): AppError {
  if (budgetMicros === 0) {
    return refusal(
      "The daily budget is $0, so nothing may be bought.",
      "Set DOMAIN_PAGES_DAILY_BUDGET_USD above 0 to allow it.",
    );
  }
  return refusal(
    `The daily budget of ${usd(budgetMicros)} is used up: ${wordSums(purchases)}. ${STARTS_ANEW}`,
    "Wait until then, or raise DOMAIN_PAGES_DAILY_BUDGET_USD; `domain-pages-mcp spend` shows what it was spent on.",
  );
}

/** The same, told to one of many: what the others spent is not its business. */
export function serverBudgetUsedUp(budgetMicros: number): AppError {
  if (budgetMicros === 0)
    return refusal("The server's daily budget is $0, so nothing may be bought.", RAISED_BY_OTHERS);
  return refusal(`The server's daily budget is used up. ${STARTS_ANEW}`, WAIT_OR_ASK);
}

/**
 * Nothing is left of an account's own budget.
 * @param purchases the account's
 */
export function ownBudgetUsedUp(budgetMicros: number, purchases: Iterable<Purchase>): AppError {
  if (budgetMicros === 0) return refusal("Your daily budget is $0, so you may buy nothing.", RAISED_BY_OTHERS);
  return refusal(
    `Your daily budget of ${usd(budgetMicros)} is used up: ${wordSums(purchases)}. ${STARTS_ANEW}`,
    WAIT_OR_ASK,
  );
}

/**
 * A call that may cost nothing cannot be paid for.
 * @param isOperator whether whoever reads this may change the settings
 */
export function capIsZero(isOperator: boolean): AppError {
  return refusal(
    "This call may cost at most $0, so it is not made.",
    isOperator ? "Set DOMAIN_PAGES_MAX_PRICE_USD above 0 to allow it." : RAISED_BY_OTHERS,
  );
}

const STARTS_ANEW = "It starts anew at 00:00 UTC.";
const WAIT_OR_ASK = "Wait until then; whoever runs the server can raise it.";
const RAISED_BY_OTHERS = "Whoever runs the server can raise it.";

const refusal = (message: string, advice: string): AppError =>
  new AppError("budget", message, { charge: "not_charged", advice });

/** What nobody knows for sure is one sum here; the `spend` command tells it apart. */
function wordSums(purchases: Iterable<Purchase>): string {
  const { countedMicros, chargedMicros }: LedgerSums = sumPurchases(purchases);
  const charged = `${usd(chargedMicros)} charged`;
  const unsure = countedMicros - chargedMicros;
  return unsure === 0 ? charged : `${charged}, ${usd(unsure)} set aside or may have been charged`;
}

const usd = (micros: number): string => formatUsd(toUsd(micros));
