import { AppError } from "../errors.ts";
import { quoteForMessage } from "../pages/text.ts";
import { isAccountName } from "../spend/ledger/account-name.ts";
import { isDay, toDay } from "../spend/ledger/day.ts";
import { createFileLedger } from "../spend/ledger/file-ledger.ts";
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

/** Where the books are, and the budget in force. */
export interface SpendSettings {
  /** Left undefined where the ledger is kept in memory: then there is nothing to read. */
  folder: string | undefined;
  dailyBudgetMicros: number | null;
}

/**
 * `spend`: what a day's purchases cost, from the books on disk; nothing is sent.
 * @throws {AppError} `input` for a day that is none, or a name that no account can have; `config` when there are no books on disk, or they cannot be read
 */
export async function runSpend(
  { options }: { options: SpendOptions },
  { folder, dailyBudgetMicros }: SpendSettings,
  io: Io,
): Promise<void> {
  const today = toDay(io.now());
  const day = options.day ?? today;
  if (!isDay(day)) throw usage(`--day takes a day (UTC) such as ${today}, got ${quoteForMessage(day)}`);
  const { account } = options;
  if (account !== undefined && !isAccountName(account)) {
    throw usage(`--account takes a name such as token:alice, got ${quoteForMessage(account)}`);
  }
  if (folder === undefined) {
    throw new AppError("config", "No books are kept on disk with these settings, so there are none to read.", {
      advice: "Set DOMAIN_PAGES_STORE to disk, as the server has it.",
    });
  }
  const all = await readReport(createFileLedger({ folder, dailyBudgetMicros, now: io.now }), day, today);
  const report = account === undefined ? all : narrowReport(all, account);
  const text = options.json === true ? toJson(toSpendJson(report)) : renderSpend(report);
  print(io.stdout, text);
}

async function readReport(ledger: Ledger, day: string, today: string): Promise<SpendReport> {
  const [book, days] = [await ledger.read(day), await ledger.days()];
  return { book, days, today, dailyBudgetMicros: ledger.dailyBudgetMicros };
}
