import type { DayBook, Purchase } from "./ledger.ts";
import { parseRecord, type ReserveRecord, type SettleRecord } from "./records.ts";

/**
 * A day's books, added up line by line in the order of the file. Every process that reads the same lines comes to the
 * same result, which is what makes a lock needless: a `reserve` counts if, and only if, it fits its writer's budget
 * beside all that counted before it. Later lines never change that.
 */
export interface Fold {
  /** What counts, by id, in the order in which it was set aside. */
  granted: Map<string, Purchase>;
  /** Reservations that did not fit: another process was faster. They count nothing. */
  refused: Set<string>;
  countedMicros: number;
  unreadableLines: number;
}

export function createFold(): Fold {
  return { granted: new Map(), refused: new Set(), countedMicros: 0, unreadableLines: 0 };
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
  const { id, at, micros, budgetMicros, kind, target, requestKey, limit } = record;
  // Ids are random: one that comes again was put there by an editor.
  if (fold.granted.has(id) || fold.refused.has(id)) {
    fold.unreadableLines++;
    return;
  }
  if (budgetMicros !== null && fold.countedMicros + micros > budgetMicros) {
    fold.refused.add(id);
    return;
  }
  const counts = { reservedMicros: micros, countedMicros: micros };
  fold.granted.set(id, { id, kind, target, requestKey, limit, reservedAt: at, state: "open", ...counts });
  fold.countedMicros += micros;
}

/** Only an open purchase can be settled: the first settlement counts, and one of nothing that counts is passed over. */
function addSettle(fold: Fold, record: SettleRecord): void {
  const purchase = fold.granted.get(record.id);
  if (purchase?.state !== "open") return;
  const countedMicros = countOf(record, purchase);
  fold.countedMicros += countedMicros - purchase.countedMicros;
  const { at: settledAt, outcome: state, requestId } = record;
  Object.assign(purchase, { state, settledAt, countedMicros });
  if (requestId !== undefined) purchase.requestId = requestId;
  if ("snapshotId" in record) purchase.snapshotId = record.snapshotId;
}

function countOf(record: SettleRecord, { reservedMicros }: Purchase): number {
  if (record.outcome === "charged") return record.micros;
  return record.outcome === "not_charged" ? 0 : reservedMicros;
}

/** A copy that later lines leave alone. */
export function toDayBook(day: string, { granted, countedMicros, unreadableLines }: Fold): DayBook {
  const purchases = [...granted.values()].map((purchase) => ({ ...purchase }));
  return { day, purchases, countedMicros, unreadableLines };
}
