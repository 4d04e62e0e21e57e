/**
 * How one call at the paid address ended: `refused` before the endpoint saw it, `quoted` because only a price was asked
 * for, `failed` at the data provider, `carried_out` with an answer.
 */
export type Outcome = "refused" | "quoted" | "failed" | "carried_out";

/** One call that was billed, at 0 too where the sandbox is free. */
export interface Bill {
  idempotencyKey: string | null;
  /** The target as it was asked for; empty when the request names none. */
  target: string;
  /** Micro-dollars, whole. */
  micros: number;
  requestId: string;
  /** ms since 1970, by the gateway's clock. */
  at: number;
}

export interface BooksReading {
  /** `received` is the sum of the others; a call counts as received once its request has come in whole. */
  calls: Record<"received" | Outcome, number>;
  /** Totals over everything since the start, bills that are no longer kept included. */
  billed: { calls: number; micros: number };
  /** The latest 100,000, oldest first. */
  bills: Bill[];
}

export interface Books {
  enter(outcome: Outcome, bill?: Bill): void;
  /** A copy: what is read does not change any more. */
  read(): BooksReading;
}

const MAX_BILLS = 100_000;

/**
 * What the gateway itself knows of its calls, to hold against what a client believes. Memory only.
 * @param maxBills how many bills are kept
 */
export function createBooks(maxBills = MAX_BILLS): Books {
  const calls: BooksReading["calls"] = { received: 0, refused: 0, quoted: 0, failed: 0, carried_out: 0 };
  const billed = { calls: 0, micros: 0 };
  const bills: Bill[] = [];
  return {
    enter(outcome, bill) {
      calls.received++;
      calls[outcome]++;
      if (bill === undefined) return;
      billed.calls++;
      billed.micros += bill.micros;
      bills.push(bill);
      if (bills.length > maxBills) bills.shift();
    },
    read: () => ({ calls: { ...calls }, billed: { ...billed }, bills: [...bills] }),
  };
}
