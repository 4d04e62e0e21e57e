import { AppError } from "../errors.ts";
import { quoteForMessage } from "../pages/text.ts";
import { isAccountName } from "../spend/ledger/account-name.ts";
import { isDay, toDay } from "../spend/ledger/day.ts";
import type { Ledger } from "../spend/ledger/ledger.ts";
import { usage } from "./args.ts";
import { type Io, print, toJson } from "./io.ts";
import { toSpendJson } from "./spend-json.ts";
import { narrowReport, type SpendReport } from "./spend-report.ts";
import { renderSpend } from "./spend-text.ts";

export interface SpendOptions {
  /** `2026-11-24`; left out, today (UTC). */
  day?: string;
  /** Only the purchases of this account, such as `token:alice`. */
  account?: string;
  json?: boolean;
}

/**
 * `spend`: what a day's purchases cost, from the books; nothing is sent.
 * @param ledger undefined where the books are kept in memory: then there is nothing to read
 * @throws {AppError} `input` for a day that is none, or a name that no account can have;
 *   `config` or `unavailable` when there are no books, or they cannot be read
 */
export async function runSpend(
  { options }: { options: SpendOptions },
  ledger: Ledger | undefined,
  io: Io,
): Promise<void> {
  const today = toDay(io.now());
  const day = options.day ?? today;
  if (!isDay(day)) throw usage(`--day takes a day (UTC) such as ${today}, got ${quoteForMessage(day)}`);
  const { account } = options;
  if (account !== undefined && !isAccountName(account)) {
    throw usage(`--account takes a name such as token:alice, got ${quoteForMessage(account)}`);
  }
  if (ledger === undefined) {
    throw new AppError("config", "No books outlast a process with these settings, so there are none to read.", {
      advice: "Set DOMAIN_PAGES_STORE as the server has it: disk, or the address of Redis.",
    });
  }
  const all = await readReport(ledger, day, today);
  const report = account === undefined ? all : narrowReport(all, account);
  const text = options.json === true ? toJson(toSpendJson(report)) : renderSpend(report);
  print(io.stdout, text);
}

async function readReport(ledger: Ledger, day: string, today: string): Promise<SpendReport> {
  const [book, days] = [await ledger.read(day), await ledger.days()];
  return { book, days, today, dailyBudgetMicros: ledger.dailyBudgetMicros };
}
