import { AppError, type ErrorKind } from "../errors.ts";

/** What a shell script can branch on. Printed by `--help` and in docs/settings.md. */
export const EXIT_CODES = {
  ok: { code: 0, says: "done" },
  defect: { code: 1, says: "a mistake in this program" },
  usage: { code: 2, says: "wrong arguments, file or settings; nothing was sent" },
  refused: { code: 3, says: "the upstream refused (credentials, funds, limits); do not retry" },
  unavailable: { code: 4, says: "network or upstream trouble; the message says whether to retry" },
  contract: { code: 5, says: "the upstream answered in a form we do not know" },
  capped: { code: 6, says: "a cap or a budget of yours stands in the way; the message says what it was" },
  cancelled: { code: 130, says: "interrupted" },
} as const;

const BY_KIND: Readonly<Record<ErrorKind, Exclude<keyof typeof EXIT_CODES, "ok">>> = {
  input: "usage",
  config: "usage",
  budget: "capped",
  rejected: "refused",
  unavailable: "unavailable",
  contract: "contract",
  cancelled: "cancelled",
};

export const exitOf = ({ kind }: AppError): (typeof BY_KIND)[ErrorKind] => BY_KIND[kind];

export function exitCodeOf(error: unknown): number {
  return EXIT_CODES[error instanceof AppError ? exitOf(error) : "defect"].code;
}
