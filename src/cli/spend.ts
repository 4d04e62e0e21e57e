import { AppError } from "../errors.ts";
import { quoteForMessage } from "../lists/text.ts";
import { type LedgerSums, sumPurchases } from "../spend/ledger/day-fold.ts";
import { isAccountName, isDay, type Ledger, type Purchase, toDay, toUsd } from "../spend/ledger/ledger.ts";
import { type Io, print, toJson, usage } from "./args.ts";
import {
  leftOf,
  type NamedSums,
  narrowReport,
  renderSpend,
  type SpendReport,
  sumAccounts,
  sumTargets,
} from "./spend-report.ts";
import { widthOf } from "./terminal.ts";

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
  const text = options.json === true ? toJson(toSpendJson(report)) : renderSpend(report, widthOf(io));
  print(io.stdout, text);
}

async function readReport(ledger: Ledger, day: string, today: string): Promise<SpendReport> {
  const [book, days] = [await ledger.read(day), await ledger.days()];
  return { book, days, today, dailyBudgetMicros: ledger.dailyBudgetMicros };
}

/**
 * The report for a program: everything, amounts in US dollars, times in ISO 8601. Of one account it tells neither budget
 * nor rest, which are not in the books.
 */
export function toSpendJson(report: SpendReport): object {
  const { book, days, today, dailyBudgetMicros, account } = report;
  const left = leftOf(report);
  const budget = {
    daily_budget_usd: dailyBudgetMicros === null ? null : toUsd(dailyBudgetMicros),
    left_usd: left === null ? null : toUsd(left),
  };
  return {
    day: book.day,
    is_today: book.day === today,
    account: account?.name ?? null,
    ...(account === undefined && budget),
    ...toSumsJson(sumPurchases(book.purchases)),
    unreadable_lines: book.unreadableLines,
    accounts: sumAccounts(book.purchases).map((each) => ({ account: each.name ?? null, ...toNamedJson(each) })),
    targets: sumTargets(book.purchases).map((each) => ({ target: each.name, ...toNamedJson(each) })),
    purchases: book.purchases.map(toPurchaseJson),
    days_with_books: days,
  };
}

const toNamedJson = ({ count, sums }: NamedSums<unknown>): object => ({ purchases: count, ...toSumsJson(sums) });

function toSumsJson(sums: LedgerSums): object {
  return {
    counted_usd: toUsd(sums.countedMicros),
    charged_usd: toUsd(sums.chargedMicros),
    may_have_been_charged_usd: toUsd(sums.unknownMicros),
    set_aside_usd: toUsd(sums.openMicros),
    not_reported_usd: toUsd(sums.notReportedMicros),
  };
}

function toPurchaseJson(purchase: Purchase): object {
  return {
    id: purchase.id,
    account: purchase.account ?? null,
    kind: purchase.kind,
    target: purchase.target,
    limit: purchase.limit,
    request_key: purchase.requestKey,
    state: purchase.state,
    reserved_at: new Date(purchase.reservedAt).toISOString(),
    settled_at: purchase.settledAt === undefined ? null : new Date(purchase.settledAt).toISOString(),
    reserved_usd: toUsd(purchase.reservedMicros),
    counted_usd: toUsd(purchase.countedMicros),
    snapshot_id: purchase.snapshotId ?? null,
    request_id: purchase.requestId ?? null,
  };
}
