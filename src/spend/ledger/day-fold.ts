import type { DayBook, Purchase } from "./ledger.ts";
import { parseRecord, type ReserveRecord, type SettleRecord } from "./records.ts";

/**
 * A day's books, added up line by line in the order of the file. Every process that reads the same lines comes to the
 * same result, which is what makes a lock needless: a `reserve` counts if, and only if, it fits its writer's budget
 * beside all that counted before it. Later lines never change that.
 *
 * Accounts stand on top of that rule and leave it alone, so that versions of this program that know none come to the
 * same sum of all, and neither spends what the other has: a reservation that fits the budget of all but not its
 * account's must not be spent, yet counts for all until its writer has taken it back by a settlement.
 */
export interface Fold {
  /** What counts, by id, in the order in which it was set aside; in it what was refused by its account alone. */
  purchases: Map<string, Purchase>;
  /** Reservations that must not be spent since another process was faster, by the budget they do not fit. */
  refused: Map<string, "all" | "account">;
  countedMicros: number;
  /** What counts against an account's own budget, by account. */
  accountMicros: Map<string, number>;
  unreadableLines: number;
}

export function createFold(): Fold {
  return { purchases: new Map(), refused: new Map(), countedMicros: 0, accountMicros: new Map(), unreadableLines: 0 };
}

/** @param line without its line break; blank ones are passed over */
export function addLine(fold: Fold, line: string): void {
  if (line.trim() === "") return;
  const record = parseRecord(line);
  if (record === undefined) fold.unreadableLines++;
  else if (record.type === "reserve") addReserve(fold, record);
  else addSettle(fold, record);
}

function addReserve(fold: Fold, record: ReserveRecord): void {
  const { id, at, micros, budgetMicros, account, type: _type, ...about } = record;
  // Ids are random: one that comes again was put there by an editor.
  if (fold.purchases.has(id) || fold.refused.has(id)) {
    fold.unreadableLines++;
    return;
  }
  if (!fits(micros, budgetMicros, fold.countedMicros)) {
    fold.refused.set(id, "all");
    return;
  }
  const facts = { ...about, ...(account !== undefined && { account: account.name }) };
  fold.purchases.set(id, {
    id,
    ...facts,
    reservedAt: at,
    state: "open",
    reservedMicros: micros,
    countedMicros: micros,
  });
  fold.countedMicros += micros;
  if (account === undefined) return;
  if (!fits(micros, account.budgetMicros, fold.accountMicros.get(account.name) ?? 0)) fold.refused.set(id, "account");
  else addToAccount(fold, account.name, micros);
}

const fits = (micros: number, budgetMicros: number | null, countedMicros: number): boolean =>
  budgetMicros === null || countedMicros + micros <= budgetMicros;

/** Only an open purchase can be settled: the first settlement counts, and one of nothing that counts is passed over. */
function addSettle(fold: Fold, record: SettleRecord): void {
  const purchase = fold.purchases.get(record.id);
  if (purchase?.state !== "open") return;
  const countedMicros = countOf(record, purchase);
  const change = countedMicros - purchase.countedMicros;
  fold.countedMicros += change;
  if (!fold.refused.has(record.id)) addToAccount(fold, purchase.account, change);
  // Taken back: it never was a purchase.
  else if (countedMicros === 0) fold.purchases.delete(record.id);
  const { at: settledAt, outcome: state, requestId } = record;
  Object.assign(purchase, { state, settledAt, countedMicros });
  if (requestId !== undefined) purchase.requestId = requestId;
  if ("snapshotId" in record) purchase.snapshotId = record.snapshotId;
}

function countOf(record: SettleRecord, { reservedMicros }: Purchase): number {
  if (record.outcome === "charged") return record.micros;
  return record.outcome === "not_charged" ? 0 : reservedMicros;
}

function addToAccount({ accountMicros }: Fold, name: string | undefined, micros: number): void {
  if (name !== undefined) accountMicros.set(name, (accountMicros.get(name) ?? 0) + micros);
}

/** What counts against an account's own budget. */
export function purchasesOf({ purchases, refused }: Fold, account: string): Purchase[] {
  return [...purchases.values()].filter((purchase) => purchase.account === account && !refused.has(purchase.id));
}

/** A copy that later lines leave alone. */
export function toDayBook(day: string, { purchases, countedMicros, unreadableLines }: Fold): DayBook {
  return { day, purchases: [...purchases.values()].map((each) => ({ ...each })), countedMicros, unreadableLines };
}

/** What purchases count against the budget, by how sure it is that it was paid; micro-dollars. */
export interface LedgerSums {
  countedMicros: number;
  /** Reported as charged. */
  chargedMicros: number;
  /** Billed, but nobody said how much: counted at what was set aside. */
  notReportedMicros: number;
  /** May have been charged. */
  unknownMicros: number;
  /** Set aside, with no outcome yet. */
  openMicros: number;
}

/** The four kinds add up to `countedMicros`; no purchases make zeros. */
export function sumPurchases(purchases: Iterable<Purchase>): LedgerSums {
  const sums = { charged: 0, not_reported: 0, unknown: 0, open: 0, not_charged: 0 };
  let countedMicros = 0;
  for (const purchase of purchases) {
    sums[purchase.state] += purchase.countedMicros;
    countedMicros += purchase.countedMicros;
  }
  return {
    countedMicros,
    chargedMicros: sums.charged,
    notReportedMicros: sums.not_reported,
    unknownMicros: sums.unknown,
    openMicros: sums.open,
  };
}

/**
 * What one account bought; `countedMicros` is of it alone, damaged lines are told as they are.
 * @param name left out, what was bought for no account
 */
export function toAccountBook(book: DayBook, name: string | undefined): DayBook {
  const purchases = book.purchases.filter(({ account }) => account === name);
  return { ...book, purchases, countedMicros: purchases.reduce((sum, { countedMicros }) => sum + countedMicros, 0) };
}
