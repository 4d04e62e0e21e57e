import { randomBytes } from "node:crypto";
import {
  type Budgets,
  booksLost,
  boundOf,
  capIsZero,
  leftOf,
  outpaced,
  requireBudgets,
  requireLeft,
  requireWhole,
  wordFileFailure,
} from "./budgets.ts";
import { toAccountBook, toDayBook } from "./day-fold.ts";
import { type Ledger, type PurchaseFacts, type Reservation, type Settlement, toDay } from "./ledger.ts";
import type { LedgerLines } from "./lines.ts";
import { encodeRecord, type LedgerRecord, MAX_MICROS, type SettleRecord } from "./records.ts";

export interface LedgerOptions extends Budgets {
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
 * set aside for the day, since its call may have been sent. Costs next to nothing, so there may be one per caller.
 * @throws {RangeError} for budgets or a name that the books could not hold
 */
export function createLedgerOverLines(lines: LedgerLines, { now, ...budgets }: LedgerOptions): Ledger {
  requireBudgets(budgets);
  const { dailyBudgetMicros, account } = budgets;
  const isOperator = account === undefined;
  // Where the books lie is for whoever can mend it.
  const where = isOperator ? lines.where : undefined;
  const accountFacts = isOperator ? {} : { account: { name: account.name, budgetMicros: account.dailyBudgetMicros } };

  const read = async (day: string) =>
    toDayBook(
      day,
      await lines.fold(day).catch((error: unknown) => {
        throw wordFileFailure(error, where, "read");
      }),
    );

  const append = (day: string, record: LedgerRecord, facts?: { charge: "not_charged" }) =>
    lines.append(day, encodeRecord(record)).catch((error: unknown) => {
      throw wordFileFailure(error, where, "written", facts);
    });

  async function tryReserve(facts: PurchaseFacts, maxMicros: number): Promise<Reservation | "refused" | "lost"> {
    const at = now();
    const day = toDay(at);
    const left = requireLeft(await lines.fold(day), budgets);
    const micros = Math.min(maxMicros, left ?? MAX_MICROS, MAX_MICROS);
    const id = `p_${randomBytes(16).toString("base64url")}`;
    const record = { id, at, ...facts, micros, budgetMicros: dailyBudgetMicros };
    await append(day, { type: "reserve", ...record, ...accountFacts }, NOT_CHARGED);
    const takeBack = () => append(day, { type: "settle", id, at: now(), outcome: "not_charged" }, NOT_CHARGED);
    const { purchases, refused } = await lines.fold(day).catch(async (error: unknown) => {
      // Whether it counts cannot be seen, so nothing is sent for it.
      await takeBack().catch(() => {});
      throw error;
    });
    const refusedBy = refused.get(id);
    if (refusedBy === "account") await takeBack();
    if (refusedBy !== undefined) return "refused";
    return purchases.has(id) ? { id, day, micros } : "lost";
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
    dailyBudgetMicros: boundOf(budgets),
    isOperator,
    reserve: async (facts, maxMicros) => {
      requireWhole(maxMicros, "maxMicros");
      if (maxMicros === 0) throw capIsZero(isOperator);
      return lines
        .oneAtATime(() => reserve(facts, maxMicros))
        .catch((error: unknown) => {
          throw wordFileFailure(error, where, "read", NOT_CHARGED);
        });
    },
    settle: ({ id, day }, settlement) => append(day, toSettleRecord(id, now(), settlement)),
    read: (day = toDay(now())) => read(day),
    readOwn: async (day = toDay(now())) => toAccountBook(await read(day), account?.name),
    days: () =>
      lines.days().catch((error: unknown) => {
        throw wordFileFailure(error, where, "read");
      }),
    left: async () => {
      const fold = await lines.fold(toDay(now())).catch((error: unknown) => {
        throw wordFileFailure(error, where, "read");
      });
      return leftOf(fold, budgets);
    },
  };
}

const NOT_CHARGED = { charge: "not_charged" } as const;

/** A charge that cannot be a charge is written down as one that nobody reported: it counts what was set aside. */
function toSettleRecord(id: string, at: number, settlement: Settlement): SettleRecord {
  if (settlement.outcome !== "charged") return { type: "settle", id, at, ...settlement };
  const { micros, ...facts } = settlement;
  if (!(micros >= 0)) return { type: "settle", id, at, ...facts, outcome: "not_reported" };
  return { type: "settle", id, at, ...facts, micros: Math.min(Math.ceil(micros), MAX_MICROS) };
}
