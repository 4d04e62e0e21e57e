import { AppError } from "../../errors.ts";
import { formatUsd, toOneLine } from "../../pages/text.ts";
import { toUsd } from "../micros.ts";
import type { Fold } from "./fold.ts";
import { type LedgerSums, sumPurchases } from "./sums.ts";

/** A write that took only the beginning of a record. */
export class PartialWriteError extends Error {
  override readonly name = "PartialWriteError";
  readonly code = "disk full?";
}

/** Nothing is left of the day's budget. */
export function budgetUsedUp(budgetMicros: number, { granted }: Fold): AppError {
  const charge = "not_charged";
  if (budgetMicros === 0) {
    return new AppError("budget", "The daily budget is $0, so nothing may be bought.", {
      charge,
      advice: "Set DOMAIN_PAGES_DAILY_BUDGET_USD above 0 to allow it.",
    });
  }
  const counted = wordSums(sumPurchases(granted.values()));
  const message = `The daily budget of ${formatUsd(toUsd(budgetMicros))} is used up: ${counted}. It starts anew at 00:00 UTC.`;
  return new AppError("budget", message, {
    charge,
    advice:
      "Wait until then, or raise DOMAIN_PAGES_DAILY_BUDGET_USD; `domain-pages-mcp spend` shows what it was spent on.",
  });
}

/** What nobody knows for sure is one sum here; the `spend` command tells it apart. */
function wordSums({ countedMicros, chargedMicros }: LedgerSums): string {
  const charged = `${formatUsd(toUsd(chargedMicros))} charged`;
  const unsure = countedMicros - chargedMicros;
  return unsure === 0 ? charged : `${charged}, ${formatUsd(toUsd(unsure))} set aside or may have been charged`;
}

/** A call that may cost nothing cannot be paid for. */
export function capIsZero(): AppError {
  return new AppError("budget", "This call may cost at most $0, so it is not made.", {
    charge: "not_charged",
    advice: "Set DOMAIN_PAGES_MAX_PRICE_USD above 0 to allow it.",
  });
}

/** Every time, another process took what was left between our look and our line. */
export function outpaced(): AppError {
  return new AppError("unavailable", "Too many processes are setting money aside at the same time.", {
    charge: "not_charged",
    advice: "Try again.",
  });
}

/** What was appended was not there when it was read back: deleted meanwhile, or no disk to keep books on. */
export function booksLost(where: string): AppError {
  return new AppError("config", `The ledger in ${wordFolder(where)} does not keep what is written to it.`, {
    charge: "not_charged",
    advice: "Point DOMAIN_PAGES_CACHE_DIR to a folder on a local disk.",
  });
}

/**
 * A failure of the file system in our words; anything else is a defect and comes back as it is.
 * @param doing what the ledger could not do, to complete "The ledger in … cannot be …"
 * @param facts what is known about money
 */
export function wordFileFailure(
  error: unknown,
  where: string,
  doing: "read" | "written",
  facts: { charge?: "not_charged" } = {},
): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (error instanceof AppError || typeof code !== "string") return error;
  return new AppError("config", `The ledger in ${wordFolder(where)} cannot be ${doing} (${code}).`, {
    ...facts,
    advice: "Check that folder and its disk, or point DOMAIN_PAGES_CACHE_DIR to one that can be written.",
    cause: error,
  });
}

const wordFolder = (folder: string): string => toOneLine(folder, 300);
