import type { Purchase } from "../spend/ledger/ledger.ts";
import { type LedgerSums, sumPurchases } from "../spend/ledger/sums.ts";
import { toUsd } from "../spend/micros.ts";
import { leftOf, type NamedSums, type SpendReport, sumAccounts, sumTargets } from "./spend-report.ts";

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
