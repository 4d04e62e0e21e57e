import { randomBytes } from "node:crypto";
import { toDay } from "./day.ts";
import { type Fold, toDayBook } from "./fold.ts";
import type { Ledger, PurchaseFacts, Reservation, Settlement } from "./ledger.ts";
import type { LedgerLines } from "./lines.ts";
import { createOneAtATime } from "./one-at-a-time.ts";
import { encodeRecord, MAX_MICROS, type SettleRecord } from "./records.ts";
import { booksLost, budgetUsedUp, capIsZero, outpaced, wordFileFailure } from "./refusals.ts";

export interface LedgerOptions {
  /** Micro-dollars a day (UTC), whole, at least 0; null for no bound. */
  dailyBudgetMicros: number | null;
  now: () => number;
}

/**
 * How often one reservation is written. Each time that it does not count, another process's did, so a budget runs out
 * long before this does unless many processes set aside and release without end.
 */
const MAX_ATTEMPTS = 32;

/**
 * The ledger's rules, wherever its lines live. No lock: a reservation is appended, and whether it counts is read from
 * its place among the others. So nothing is left to break when a process is killed, and a killed one's money stays
 * set aside for the day, since its call may have been sent.
 */
export function createLedgerOverLines(lines: LedgerLines, { dailyBudgetMicros, now }: LedgerOptions): Ledger {
  if (dailyBudgetMicros !== null) requireWhole(dailyBudgetMicros, "dailyBudgetMicros");
  // Within one process nothing is gained by racing oneself.
  const oneAtATime = createOneAtATime();
  const { where } = lines;

  const foldOf = (day: string) =>
    lines.fold(day).catch((error: unknown) => {
      throw wordFileFailure(error, where, "read");
    });

  async function tryReserve(facts: PurchaseFacts, maxMicros: number): Promise<Reservation | "refused" | "lost"> {
    const at = now();
    const day = toDay(at);
    const before = await lines.fold(day);
    const left = leftOf(before, dailyBudgetMicros);
    if (left !== null && left <= 0) throw budgetUsedUp(dailyBudgetMicros ?? 0, before);
    const micros = Math.min(maxMicros, left ?? MAX_MICROS, MAX_MICROS);
    const id = `p_${randomBytes(16).toString("base64url")}`;
    const { kind, target, requestKey, limit } = facts;
    const record = { id, at, kind, target, requestKey, limit, micros, budgetMicros: dailyBudgetMicros };
    const text = encodeRecord({ type: "reserve", ...record });
    await lines.append(day, text).catch((error: unknown) => {
      throw wordFileFailure(error, where, "written", { charge: "not_charged" });
    });
    const after = await lines.fold(day);
    if (after.granted.has(id)) return { id, day, micros };
    return after.refused.has(id) ? "refused" : "lost";
  }

  async function reserve(facts: PurchaseFacts, maxMicros: number): Promise<Reservation> {
    let last: "refused" | "lost" = "refused";
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const result = await tryReserve(facts, maxMicros);
      if (typeof result === "object") return result;
      last = result;
    }
    throw last === "lost" ? booksLost(where) : outpaced();
  }

  return {
    dailyBudgetMicros,
    reserve: async (facts, maxMicros) => {
      requireWhole(maxMicros, "maxMicros");
      if (maxMicros === 0) throw capIsZero();
      return oneAtATime(() => reserve(facts, maxMicros)).catch((error: unknown) => {
        throw wordFileFailure(error, where, "read", { charge: "not_charged" });
      });
    },
    settle: async ({ id, day }, settlement) => {
      const text = encodeRecord(toSettleRecord(id, now(), settlement));
      await lines.append(day, text).catch((error: unknown) => {
        throw wordFileFailure(error, where, "written");
      });
    },
    read: async (day = toDay(now())) => toDayBook(day, await foldOf(day)),
    days: () =>
      lines.days().catch((error: unknown) => {
        throw wordFileFailure(error, where, "read");
      }),
    left: async () => leftOf(await foldOf(toDay(now())), dailyBudgetMicros),
  };
}

/** Never below 0, though a charge may have come out above what was set aside for it. */
function leftOf({ countedMicros }: Fold, budgetMicros: number | null): number | null {
  return budgetMicros === null ? null : Math.max(0, budgetMicros - countedMicros);
}

/** A charge that cannot be a charge is written down as one that nobody reported: it counts what was set aside. */
function toSettleRecord(id: string, at: number, settlement: Settlement): SettleRecord {
  if (settlement.outcome !== "charged") return { type: "settle", id, at, ...settlement };
  const { micros, ...facts } = settlement;
  if (!(micros >= 0)) return { type: "settle", id, at, ...facts, outcome: "not_reported" };
  return { type: "settle", id, at, ...facts, micros: Math.min(Math.ceil(micros), MAX_MICROS) };
}

function requireWhole(value: number, name: string): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} must be whole and at least 0`);
}
