import RateLimiterMemory from "rate-limiter-flexible/lib/RateLimiterMemory.js";
import type { TakeTurn } from "./turns.ts";

const MINUTE_S = 60;

/**
 * Turns counted in this process. A minute begins with the first call and is forgotten at its end, so memory holds the
 * names that called in the last minute, and those are known principals.
 */
export function createMemoryTurns(): TakeTurn {
  // The limit differs from name to name, so the limiter only counts: its own is never reached, and never refuses.
  const counter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: MINUTE_S });
  return async (name, perMinute) => {
    const { consumedPoints, msBeforeNext } = await counter.consume(name);
    return consumedPoints <= perMinute ? { granted: true } : { granted: false, retryAfterMs: msBeforeNext };
  };
}
