import { AppError } from "../../errors.ts";
import { toOneLine } from "../../pages/text.ts";

/** A write that took only the beginning of a record. */
export class PartialWriteError extends Error {
  override readonly name = "PartialWriteError";
  readonly code = "disk full?";
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
