import RateLimiterMemory from "rate-limiter-flexible/lib/RateLimiterMemory.js";

/** Whether a caller may make one more call now. */
export type RateVerdict = { granted: true } | { granted: false; retryAfterMs: number };

/**
 * Takes one of the calls that a principal may make in a minute.
 * @param name of the principal
 * @param perMinute at least 1
 */
export type RateLimit = (name: string, perMinute: number) => Promise<RateVerdict>;

const MINUTE_S = 60;

/**
 * Turns counted in this process. A minute begins with the first call and is forgotten at its end, so memory holds the
 * names that called in the last minute, and those are known principals.
 */
export function createMemoryRateLimit(): RateLimit {
  // The limit differs from name to name, so the limiter only counts: its own is never reached, and never refuses.
  const counter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: MINUTE_S });
  return async (name, perMinute) => {
    const { consumedPoints, msBeforeNext } = await counter.consume(name);
    return consumedPoints <= perMinute ? { granted: true } : { granted: false, retryAfterMs: msBeforeNext };
  };
}
