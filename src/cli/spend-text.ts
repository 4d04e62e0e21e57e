import { countOf, formatCount, formatUsd, toOneLine } from "../pages/text.ts";
import type { DayBook, Purchase } from "../spend/ledger/ledger.ts";
import { type LedgerSums, sumPurchases } from "../spend/ledger/sums.ts";
import { toUsd } from "../spend/micros.ts";
import { leftOf, type SpendReport, sumTargets } from "./spend-report.ts";

const SHOWN_PURCHASES = 20;
const SHOWN_DAYS = 7;
const TARGET_CHARS = 80;

const STATE_WORDS: Readonly<Record<Purchase["state"], string>> = {
  open: "set aside, no outcome yet",
  charged: "charged",
  not_reported: "charged, amount not reported",
  not_charged: "not charged",
  unknown: "may have been charged",
};

/** The report for a person: the day's sums, its targets, its newest purchases. */
export function renderSpend(report: SpendReport): string {
  const { book } = report;
  const blocks = [renderSums(report), renderTargets(book), renderPurchases(book), renderUnreadable(book)];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function renderSums(report: SpendReport): string {
  const { book, today, dailyBudgetMicros: budget } = report;
  const isToday = book.day === today;
  const left = leftOf(report);
  const rows = [
    ["day", `${book.day} (UTC${isToday ? ", today" : ""})`],
    // Budgets are not kept: a past day may have had another.
    ...(isToday ? [["budget", budget === null ? "no bound" : usd(budget)]] : []),
    ...sumRows(sumPurchases(book.purchases)),
    ...(left === null ? [] : [["left", `${usd(left)} until 00:00 UTC`]]),
  ];
  return [alignColumns(rows), ...(book.purchases.length === 0 ? [wordNothing(report)] : [])].join("\n");
}

/** What was counted, then what it is made of. */
function sumRows({
  countedMicros,
  chargedMicros,
  unknownMicros,
  openMicros,
  notReportedMicros,
}: LedgerSums): string[][] {
  const parts: [number, string][] = [
    [chargedMicros, STATE_WORDS.charged],
    [unknownMicros, STATE_WORDS.unknown],
    [openMicros, STATE_WORDS.open],
    [notReportedMicros, `${STATE_WORDS.not_reported}: counted at what was set aside`],
  ];
  const shown = parts.filter(([micros]) => micros !== 0).map(([micros, words]) => ["", `${usd(micros)} ${words}`]);
  return [["counted", usd(countedMicros)], ...shown];
}

function wordNothing({ book, days }: SpendReport): string {
  const others = days.filter((day) => day !== book.day);
  if (others.length === 0) return "No purchases, and no other day has books.";
  const more = others.length - SHOWN_DAYS;
  const shown = others.slice(0, SHOWN_DAYS).join(", ");
  return `No purchases on this day. Days with books: ${shown}${more > 0 ? ` and ${formatCount(more)} earlier` : ""}.`;
}

function renderTargets({ purchases }: DayBook): string {
  if (purchases.length === 0) return "";
  const rows = sumTargets(purchases).map(({ target, count, sums }) => [
    formatCount(count),
    usd(sums.chargedMicros),
    usd(sums.countedMicros - sums.chargedMicros),
    toOneLine(target, TARGET_CHARS),
  ]);
  return alignColumns([["purchases", "charged", "in doubt", "target"], ...rows]);
}

function renderPurchases({ purchases }: DayBook): string {
  if (purchases.length === 0) return "";
  const rows = purchases
    .slice(-SHOWN_PURCHASES)
    .reverse()
    .map((purchase) => [
      new Date(purchase.reservedAt).toISOString().slice(11, 19),
      purchase.kind,
      formatCount(purchase.limit),
      wordAmount(purchase),
      STATE_WORDS[purchase.state],
      purchase.snapshotId ?? "",
      toOneLine(purchase.target, TARGET_CHARS),
    ]);
  const older = purchases.length - rows.length;
  const table = alignColumns([["time", "kind", "limit", "amount", "state", "snapshot", "target"], ...rows]);
  return older === 0 ? table : `${table}\nand ${countOf(older, "older purchase")}; --json shows all`;
}

function wordAmount({ state, countedMicros }: Purchase): string {
  const isSure = state === "charged" || state === "not_charged";
  return isSure ? usd(countedMicros) : `up to ${usd(countedMicros)}`;
}

/**
 * Counting nothing is right for a record that a killed writer left torn, the usual case: a call is sent only after its
 * reservation was written whole. For a damaged or edited file it may be too little, so it is said.
 */
function renderUnreadable({ unreadableLines: count }: DayBook): string {
  if (count === 0) return "";
  return `${countOf(count, "line")} of these books could not be read and count nothing: a writer was stopped, or the file was edited or damaged.`;
}

const usd = (micros: number): string => formatUsd(toUsd(micros));

/** Columns two spaces apart, to the left; the last one is as long as it is. */
function alignColumns(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
