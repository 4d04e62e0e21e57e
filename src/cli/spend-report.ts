import { countOf, formatCount, formatUsd, toOneLine } from "../lists/text.ts";
import { type LedgerSums, sumPurchases, toAccountBook } from "../spend/ledger/day-fold.ts";
import { type DayBook, type Purchase, toUsd } from "../spend/ledger/ledger.ts";
import { alignColumns, drawTable, wrapText } from "./terminal.ts";

/** What the `spend` command knows. */
export interface SpendReport {
  book: DayBook;
  /** Days that have books, newest first. */
  days: string[];
  today: string;
  /** Of all. */
  dailyBudgetMicros: number | null;
  /** Whose purchases `book` holds; left out, those of all. `others` bought on this day too. */
  account?: { name: string; others: string[] };
}

/** The report of one account. */
export function narrowReport(report: SpendReport, name: string): SpendReport {
  const others = sumAccounts(report.book.purchases).flatMap((each) => each.name ?? []);
  const account = { name, others: others.filter((each) => each !== name) };
  return { ...report, account, book: toAccountBook(report.book, name) };
}

/**
 * Whether an entry of the books is a purchase: a price that was asked for free is none, and neither is a call that
 * certainly was not billed.
 */
export function isPurchase({ kind, state, countedMicros, snapshotId }: Purchase): boolean {
  if (kind === "pages") return state !== "not_charged";
  // A gateway may carry a question out, or charge for its answer.
  return snapshotId !== undefined || (state === "charged" && countedMicros > 0);
}

/** What the purchases of one target or account come to. */
export interface NamedSums<Name> {
  name: Name;
  count: number;
  sums: LedgerSums;
}

/** One entry per target, most expensive first. */
export const sumTargets = (purchases: readonly Purchase[]): NamedSums<string>[] =>
  sumBy(purchases, ({ target }) => target);

/** One entry per account, most expensive first, and one for what no account bought; none where no account bought. */
export function sumAccounts(purchases: readonly Purchase[]): NamedSums<string | undefined>[] {
  if (!hasAccounts(purchases)) return [];
  return sumBy(purchases, ({ account }) => account);
}

export const hasAccounts = (purchases: readonly Purchase[]): boolean =>
  purchases.some(({ account }) => account !== undefined);

function sumBy<Name>(purchases: readonly Purchase[], nameOf: (purchase: Purchase) => Name): NamedSums<Name>[] {
  const byName = new Map<Name, Purchase[]>();
  for (const purchase of purchases) {
    const name = nameOf(purchase);
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [purchase]);
    else same.push(purchase);
  }
  return [...byName]
    .map(([name, own]) => ({ name, count: own.filter(isPurchase).length, sums: sumPurchases(own) }))
    .sort((a, b) => b.sums.countedMicros - a.sums.countedMicros);
}

/**
 * The budget in force, micro-dollars; null for no bound. Left undefined where none is known: budgets are not kept, so a
 * past day may have had another, and one account's own is not in the books.
 */
export function budgetOf({ book, today, dailyBudgetMicros, account }: SpendReport): number | null | undefined {
  return book.day === today && account === undefined ? dailyBudgetMicros : undefined;
}

/** Micro-dollars left of today's budget; null without a bound and where the budget is not known. */
export function leftOf(report: SpendReport): number | null {
  const { book } = report;
  const dailyBudgetMicros = budgetOf(report) ?? null;
  if (dailyBudgetMicros === null) return null;
  return Math.max(0, dailyBudgetMicros - book.countedMicros);
}

const SHOWN_PURCHASES = 20;
const SHOWN_NAMES = 7;
const TARGET_CHARS = 80;

const STATE_WORDS: Readonly<Record<Purchase["state"], string>> = {
  open: "set aside, no outcome yet",
  charged: "charged",
  not_reported: "charged, amount not reported",
  not_charged: "not charged",
  unknown: "may have been charged",
};

/**
 * The report for a person: the day's sums, its accounts and targets, its newest purchases.
 * @param width of the terminal; left out, lines are as long as they are
 */
export function renderSpend(report: SpendReport, width?: number): string {
  const { book } = report;
  const draw = (titles: string[], rows: string[][]) =>
    width === undefined ? alignColumns([titles, ...rows]) : drawTable({ columns: titles, rows }, width, ["state"]);
  const tables = [renderAccounts(report, draw), renderTargets(book, draw), renderPurchases(report, draw)];
  const blocks = [renderSums(report), ...tables, renderUnreadable(book)];
  const text = blocks.filter((block) => block !== "").join("\n\n");
  return width === undefined ? text : wrapText(text, width);
}

type Draw = (titles: string[], rows: string[][]) => string;

function renderSums(report: SpendReport): string {
  const { book, today, account } = report;
  const [budget, left] = [budgetOf(report), leftOf(report)];
  const rows = [
    ["day", `${book.day} (UTC${book.day === today ? ", today" : ""})`],
    ...(account === undefined ? [] : [["account", account.name]]),
    ...(budget === undefined ? [] : [["budget", budget === null ? "no bound" : usd(budget)]]),
    ...sumRows(sumPurchases(book.purchases)),
    ...(left === null ? [] : [["left", `${usd(left)} until 00:00 UTC`]]),
  ];
  return [alignColumns(rows), ...(book.purchases.some(isPurchase) ? [] : [wordNothing(report)])].join("\n");
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

function wordNothing({ book, days, account }: SpendReport): string {
  const nothing = account === undefined ? "No purchases" : "No purchases of this account";
  if (account !== undefined && account.others.length > 0) {
    return `${nothing} on this day. Accounts that bought: ${wordFirst(account.others, "more")}.`;
  }
  const others = days.filter((day) => day !== book.day);
  if (others.length === 0) return `${nothing}, and no other day has books.`;
  return `${nothing} on this day. Days with books: ${wordFirst(others, "earlier")}.`;
}

function wordFirst(all: readonly string[], rest: string): string {
  const more = all.length - SHOWN_NAMES;
  const shown = all.slice(0, SHOWN_NAMES).join(", ");
  return `${shown}${more > 0 ? ` and ${formatCount(more)} ${rest}` : ""}`;
}

function renderAccounts({ book: { purchases }, account }: SpendReport, draw: Draw): string {
  // Of one account the sums above tell as much.
  if (account !== undefined) return "";
  return renderNamed("account", sumAccounts(purchases), (name) => name ?? "(no account)", draw);
}

function renderTargets({ purchases }: DayBook, draw: Draw): string {
  return renderNamed("target", sumTargets(purchases), (target) => toOneLine(target, TARGET_CHARS), draw);
}

function renderNamed<Name>(
  title: string,
  all: readonly NamedSums<Name>[],
  wordName: (name: Name) => string,
  draw: Draw,
): string {
  const spent = all.filter(({ count, sums }) => count > 0 || sums.countedMicros > 0);
  if (spent.length === 0) return "";
  const rows = spent.map(({ name, count, sums }) => [
    formatCount(count),
    usd(sums.chargedMicros),
    usd(sums.countedMicros - sums.chargedMicros),
    wordName(name),
  ]);
  return draw(["purchases", "charged", "in doubt", title], rows);
}

function renderPurchases({ book: { purchases }, account }: SpendReport, draw: Draw): string {
  const shown = purchases.filter((purchase) => !isFreeQuote(purchase));
  const quotes = purchases.length - shown.length;
  const wordedQuotes = quotes === 0 ? "" : `${countOf(quotes, "price")} asked for, free`;
  if (shown.length === 0) return wordedQuotes;
  const tellsAccounts = account === undefined && hasAccounts(purchases);
  const rows = shown
    .slice(-SHOWN_PURCHASES)
    .reverse()
    .map((purchase) => [
      new Date(purchase.reservedAt).toISOString().slice(11, 19),
      ...(tellsAccounts ? [purchase.account ?? ""] : []),
      purchase.kind,
      formatCount(purchase.limit),
      wordAmount(purchase),
      STATE_WORDS[purchase.state],
      purchase.snapshotId ?? "",
      toOneLine(purchase.target, TARGET_CHARS),
    ]);
  const older = shown.length - rows.length;
  const titles = [
    "time",
    ...(tellsAccounts ? ["account"] : []),
    "kind",
    "limit",
    "amount",
    "state",
    "snapshot",
    "target",
  ];
  const table = draw(titles, rows);
  const rest = [
    ...(older === 0 ? [] : [`${countOf(older, "older purchase")}; --json shows all`]),
    ...(wordedQuotes === "" ? [] : [wordedQuotes]),
  ];
  return rest.length === 0 ? table : `${table}\nand ${rest.join("; and ")}`;
}

const isFreeQuote = ({ kind, state }: Purchase): boolean => kind === "quote" && state === "not_charged";

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
