import RateLimiterMemory from "rate-limiter-flexible/lib/RateLimiterMemory.js";
import RateLimiterRedis from "rate-limiter-flexible/lib/RateLimiterRedis.js";
import type { TakeTurn } from "../serve/turns.ts";
import type { RedisLink } from "./link.ts";

const MINUTE_S = 60;

/**
 * Turns counted for all replicas together; by each for itself while Redis is gone. A minute begins with the first call.
 */
export function createRedisTurns(link: RedisLink): TakeTurn {
  // The limit differs from name to name, so the limiter only counts: its own is never reached, and never refuses.
  const counting = { points: Number.MAX_SAFE_INTEGER, duration: MINUTE_S };
  const counter = new RateLimiterRedis({
    ...counting,
    storeClient: link.client,
    keyPrefix: link.key("turns"),
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(counting),
  });
  return async (name, perMinute) => {
    const { consumedPoints, msBeforeNext } = await counter.consume(name);
    return consumedPoints <= perMinute ? { granted: true } : { granted: false, retryAfterMs: msBeforeNext };
  };
}
