import { AppError } from "../../errors.ts";
import { formatUsd, toOneLine } from "../../lists/text.ts";
import { type Fold, type LedgerSums, purchasesOf, sumPurchases } from "./day-fold.ts";
import { type Account, isAccountName, type Purchase, toUsd } from "./ledger.ts";

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

/** A write that took only the beginning of a record. */
export class PartialWriteError extends Error {
  override readonly name = "PartialWriteError";
  readonly code = "disk full?";
}

/** Books hold less than they did. Whoever spends by what is left would spend the day's budget a second time. */
export class BooksLostError extends Error {
  override readonly name = "BooksLostError";
  /** What the day had come to; null where the note that tells cannot be read. */
  readonly countedMicros: number | null;
  /** The note that says so; without it the books start anew. */
  readonly note: string;

  constructor(countedMicros: number | null, note: string) {
    super("books hold less than they did");
    this.countedMicros = countedMicros;
    this.note = note;
  }
}

function wordLost({ countedMicros, note }: BooksLostError, where: string | undefined, facts: object): AppError {
  const what = where === undefined || countedMicros === null ? "" : `: the day had come to ${usd(countedMicros)}`;
  const lost =
    countedMicros === null
      ? "is empty or not there, and the note of what it had come to cannot be read"
      : "was emptied, exchanged or deleted";
  return new AppError("config", `${wordLedger(where)} ${lost}${what}.`, {
    ...facts,
    advice:
      where === undefined
        ? TELL_OPERATOR
        : `Nothing is bought until it is put back. To start the day's budget anew all the same, delete ${toOneLine(note, 300)}.`,
  });
}

/** Every time, another process took what was left between our look and our line. */
export function outpaced(): AppError {
  return new AppError("unavailable", "Too many processes are setting money aside at the same time.", {
    charge: "not_charged",
    advice: "Try again.",
  });
}

const BOOKS_ADVICE =
  "Point DOMAIN_PAGES_CACHE_DIR to a folder on a local disk; Redis needs appendonly yes and maxmemory-policy noeviction.";

/**
 * What was appended was not there when it was read back: deleted meanwhile, or no disk to keep books on.
 * @param where the folder; undefined where whoever reads this neither knows nor mends it
 */
export function booksLost(where: string | undefined): AppError {
  return new AppError("config", `${wordLedger(where)} does not keep what is written to it.`, {
    charge: "not_charged",
    advice: where === undefined ? TELL_OPERATOR : BOOKS_ADVICE,
  });
}

/**
 * A failure of the file system in our words; anything else is a defect and comes back as it is.
 * @param where as for `booksLost`
 * @param doing what the ledger could not do, to complete "The ledger in … cannot be …"
 * @param facts what is known about money
 */
export function wordFileFailure(
  error: unknown,
  where: string | undefined,
  doing: "read" | "written",
  facts: { charge?: "not_charged" } = {},
): unknown {
  if (error instanceof BooksLostError) return wordLost(error, where, facts);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (error instanceof AppError || typeof code !== "string") return error;
  return new AppError("config", `${wordLedger(where)} cannot be ${doing} (${code}).`, {
    ...facts,
    advice: where === undefined ? TELL_OPERATOR : MEND_FOLDER,
    cause: error,
  });
}

const MEND_FOLDER = "Check that folder and its disk, or point DOMAIN_PAGES_CACHE_DIR to one that can be written.";
const TELL_OPERATOR = "Tell whoever runs the server.";

const wordLedger = (where: string | undefined): string =>
  where === undefined ? "The server's ledger" : `The ledger in ${toOneLine(where, 300)}`;
