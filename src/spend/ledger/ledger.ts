/** What one purchase is about; kept for the person who reads the ledger. */
export interface PurchaseFacts {
  kind: "pages" | "quote";
  /** The name of the endpoint; left out of the one that was there first. */
  endpoint?: string;
  target: string;
  requestKey: string;
  /** `limit` of the request. */
  limit: number;
  /** Who is asked: the gateway's address without credentials; left out by versions that did not write it down. */
  gateway?: string;
  /** The id of the person's yes that it uses up. */
  consent?: string;
}

/** One of those who share the books. */
export interface Account {
  /** 1 to 100 of A–Z a–z 0–9 . _ @ : ~ -; the same name is the same account, in every process. */
  name: string;
  /** What it may spend in a day (UTC) within the budget of all, micro-dollars, whole, at least 0; null for no bound. */
  dailyBudgetMicros: number | null;
}

/** Money set aside for one purchase, before anything is sent. */
export interface Reservation {
  /** `p_` and 22 of A–Z a–z 0–9 - _, made for this purchase alone: its Idempotency-Key, and its id in the ledger. */
  id: string;
  /** The UTC day whose budget it comes out of, `2026-11-24`. */
  day: string;
  /** Micro-dollars set aside: the most that the purchase may cost. */
  micros: number;
}

/** How a purchase ended. */
export type Settlement =
  /** The gateway reported a charge, above what was set aside or not; `snapshotId` where it brought an answer. */
  | { outcome: "charged"; micros: number; snapshotId?: string; requestId?: string }
  /** It certainly was billed or delivered, but nobody said how much: counted as what was set aside. */
  | { outcome: "not_reported"; snapshotId?: string; requestId?: string }
  /** It certainly was not billed: what was set aside is free again. */
  | { outcome: "not_charged"; requestId?: string }
  /** It may have been charged: what was set aside stays spent. */
  | { outcome: "unknown"; requestId?: string };

/** One purchase as the ledger tells it; `open` has no outcome yet: it is under way, or its process ended. */
export interface Purchase extends PurchaseFacts {
  id: string;
  /** For whom; left out where nobody was told apart. */
  account?: string;
  /** ms since the epoch. */
  reservedAt: number;
  reservedMicros: number;
  state: "open" | Settlement["outcome"];
  /** What it counts against the budgets. */
  countedMicros: number;
  settledAt?: number;
  snapshotId?: string;
  requestId?: string;
}

/** One UTC day's purchases, in the order in which money was set aside for them. */
export interface DayBook {
  day: string;
  purchases: Purchase[];
  /** Charged, set aside, and may-have-been-charged together. */
  countedMicros: number;
  /** Lines that hold no record we know; they count nothing. */
  unreadableLines: number;
}

/** The books as one account uses them, or whoever is not told apart; every process that shares them has the same. */
export interface Ledger {
  /**
   * Sets aside up to `maxMicros`, less when less is left of the day's budgets, never nothing.
   * @param maxMicros whole, at least 0
   * @throws {AppError} `budget` when nothing is left, which says of which budget, or `maxMicros` is 0; `config` when the books cannot be read or
   *   written, since what is not written down must not be spent; `unavailable` when other processes were faster again
   *   and again. Nothing was sent, nothing charged.
   */
  reserve(facts: PurchaseFacts, maxMicros: number): Promise<Reservation>;
  /**
   * Writes down how a purchase ended, in the books of the day it was reserved on. The first settlement counts.
   * @throws {AppError} `config` when the books cannot be written; the purchase then stays open, and counts as what
   *   was set aside
   */
  settle(reservation: Reservation, settlement: Settlement): Promise<void>;
  /**
   * The purchases of all, whoever this ledger is for.
   * @param day `2026-11-24`; left out, today (UTC)
   * @returns a copy; a day without books has no purchases
   * @throws {AppError} `config` when the books cannot be read
   */
  read(day?: string): Promise<DayBook>;
  /** As `read`, its own purchases only: those of the account, or of nobody who was told apart. */
  readOwn(day?: string): Promise<DayBook>;
  /**
   * Days that have books, newest first.
   * @throws {AppError} `config` when the books cannot be read
   */
  days(): Promise<string[]>;
  /** Micro-dollars that may be spent in a day (UTC): the smaller of both budgets; null for no bound. */
  dailyBudgetMicros: number | null;
  /** Whether whoever buys here may see the books of all, and change the settings; else it is one of many. */
  isOperator: boolean;
  /**
   * Micro-dollars left of today's budgets, the smaller rest, never below 0; null for no bound.
   * @throws {AppError} `config` when the books cannot be read
   */
  left(): Promise<number | null>;
}

/** Money inside this room is whole micro-dollars: sums of them are exact. */
export const toMicros = (usd: number): number => Math.round(usd * 1_000_000);

export const toUsd = (micros: number): number => micros / 1_000_000;

const DAY_FORM = /^\d{4}-\d{2}-\d{2}$/;

/** The UTC day of a time in ms since the epoch, `2026-11-24`. */
export function toDay(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** Whether a text is a day that the calendar has: `2026-02-30` is none. */
export function isDay(text: string): boolean {
  if (!DAY_FORM.test(text)) return false;
  const epochMs = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(epochMs) && toDay(epochMs) === text;
}

const NAME_FORM = /^[A-Za-z0-9._@:~-]{1,100}$/;

/** Whether a text may name an account: 1 to 100 of A–Z a–z 0–9 . _ @ : ~ -. */
export const isAccountName = (text: string): boolean => NAME_FORM.test(text);
