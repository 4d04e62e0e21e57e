import type { FailureCharge } from "../errors.ts";

/** What kind of failure it was, as far as sending again is concerned. `final` is every one that is not to be repeated. */
export type FailureClass =
  /** No connection came about, for a reason that passes. */
  | "not_reached"
  /** Our own circuit breaker did not let it out. */
  | "held_back"
  /** HTTP 429, but for a spending cap that is used up. */
  | "rate_limited"
  /** HTTP 503 that says itself that a retry is fine. */
  | "busy"
  /** The data provider's 40202. */
  | "provider_rate_limit"
  /** The data provider's 40209. */
  | "provider_crowded"
  | "final";

/** A failed attempt. */
export interface Failure {
  class: FailureClass;
  /** Only a failure that certainly cost nothing is repeated. */
  charge: FailureCharge | undefined;
  /** The wait that the other side named, ms. */
  retryAfterMs?: number | undefined;
}

export interface RetryRow {
  /** Attempts in all, the first one included. */
  attempts: number;
  /** The first wait before jitter, ms; it doubles with every attempt. */
  baseMs: number;
  /** No wait is shorter, whatever the jitter, ms. */
  leastMs: number;
  /** Whether the gateway knows the idempotency key by now and would take the next attempt for a repetition (409). */
  key: "same" | "next";
}

/**
 * What is sent again, how often and how soon. The gateway documents 1 s doubled and 3 to 5 attempts, the data provider
 * a minute for its rate limit; how often to try is our judgement.
 */
export const RETRY_TABLE: Readonly<Record<Exclude<FailureClass, "final">, RetryRow>> = {
  not_reached: { attempts: 3, baseMs: 1000, leastMs: 0, key: "same" },
  // Once: it waits for the breaker's own time, and a circuit that is still open then stays an error.
  held_back: { attempts: 2, baseMs: 1000, leastMs: 0, key: "same" },
  rate_limited: { attempts: 4, baseMs: 1000, leastMs: 0, key: "same" },
  busy: { attempts: 4, baseMs: 1000, leastMs: 0, key: "same" },
  // A limit per minute is not over sooner.
  provider_rate_limit: { attempts: 2, baseMs: 1000, leastMs: 60_000, key: "next" },
  provider_crowded: { attempts: 3, baseMs: 5000, leastMs: 0, key: "next" },
};

/** The longest wait of our own making, before jitter; one that the other side names may be longer. */
const MAX_BACKOFF_MS = 30_000;

/** Waits are spread by this share either way, so that callers who failed together do not come back together. */
const JITTER = 0.25;

export interface Progress {
  /** Attempts made so far, at least 1. */
  attempt: number;
  /** Since the first one was begun. */
  elapsedMs: number;
  /** A wait must be over by then, counted from the first attempt; 0 never tries again. */
  withinMs: number;
  /** 0 to 1. */
  random: () => number;
}

export type RetryDecision = { again: true; afterMs: number; key: RetryRow["key"] } | { again: false };

const STOP: RetryDecision = { again: false };

/**
 * Whether a failed call may be sent again, and when.
 * @returns `again: false` for whatever may have cost money, and where the wait would end too late
 */
export function decideRetry(
  { class: failureClass, charge, retryAfterMs = 0 }: Failure,
  { attempt, elapsedMs, withinMs, random }: Progress,
): RetryDecision {
  if (failureClass === "final" || charge !== "not_charged") return STOP;
  const { attempts, baseMs, leastMs, key } = RETRY_TABLE[failureClass];
  if (attempt >= attempts) return STOP;
  const backoffMs = Math.min(MAX_BACKOFF_MS, baseMs * 2 ** (attempt - 1)) * (1 - JITTER + 2 * JITTER * random());
  const afterMs = Math.round(Math.max(backoffMs, leastMs, retryAfterMs));
  // A clock that was set back must not make the time endless.
  return Math.max(0, elapsedMs) + afterMs > withinMs ? STOP : { again: true, afterMs, key };
}
