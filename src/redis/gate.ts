import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import RateLimiterMemory from "rate-limiter-flexible/lib/RateLimiterMemory.js";
import RateLimiterRedis from "rate-limiter-flexible/lib/RateLimiterRedis.js";
import type { RateLimit } from "../serve/rate-limit.ts";
import { type Wire, WireFailure } from "../upstream/wire.ts";
import { type OnRedisProblem, toFailureCode } from "./failures.ts";
import type { RedisLink } from "./link.ts";
import { NOW } from "./redis-snapshots.ts";

export interface SharedLimits {
  /** The most exchanges begun in any 60 s by all replicas together, at least 1. */
  perMinute: number;
  /** The most exchanges under way, at least 1. */
  atOnce: number;
}

export interface SharedGateDeps extends SharedLimits {
  link: RedisLink;
  onProblem: OnRedisProblem;
  /** An exchange whose replica gave no sign of life for so long is over. Signs come three times in that time. */
  leaseMs?: number;
  /** How long to wait for one of those under way to end before the next look, on average. */
  retryMs?: number;
  /** 0 to 1. @default Math.random */
  random?: () => number;
}

const MINUTE_MS = 60_000;

/**
 * KEYS: starts, leases. ARGV: token, per minute, at once, lease in ms.
 * @returns 0 granted (again, when the reply was lost); -1 as many as allowed are under way; else ms to wait
 */
const ENTER = `
${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ${MINUTE_MS})
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then return -1 end
  local begun = redis.call('ZCARD', KEYS[1])
  if begun >= tonumber(ARGV[2]) then
    local first = redis.call('ZRANGE', KEYS[1], begun - ARGV[2], begun - ARGV[2], 'WITHSCORES')
    return math.max(1, first[2] + ${MINUTE_MS} - now)
  end
  redis.call('ZADD', KEYS[1], now, ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ${MINUTE_MS})
end
redis.call('ZADD', KEYS[2], now + ARGV[4], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 0
`;

/** KEYS: leases. ARGV: token, lease in ms. */
const STAY = `
${NOW}
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`;

/**
 * The gateway's limits, held by all replicas together, by Redis's clock. Where Redis is gone the call goes out, and that
 * is reported: its money is set aside already, and each replica keeps the limits for itself.
 * @throws {WireFailure} `cancelled` for a call whose signal is aborted while it waits; else what the wire throws
 */
export function createSharedGate(wire: Wire, deps: SharedGateDeps): Wire {
  const { link, perMinute, atOnce, onProblem, leaseMs = 30_000, retryMs = 100, random = Math.random } = deps;
  const starts = link.key("gate", "starts");
  const leases = link.key("gate", "leases");

  const enter = async (token: string, signal: AbortSignal): Promise<void> => {
    for (;;) {
      const waitMs = Number(await link.script(ENTER, [starts, leases], [token, perMinute, atOnce, leaseMs]));
      if (waitMs === 0) return;
      // Spread, so that those who wait do not try in step.
      const ms = waitMs < 0 ? retryMs * (0.5 + random()) : waitMs + retryMs * random();
      await wait(ms, undefined, { signal }).catch(() => {
        throw new WireFailure("cancelled", false);
      });
    }
  };

  return async (request) => {
    if (request.signal.aborted) throw new WireFailure("cancelled", false);
    const token = randomBytes(12).toString("base64url");
    await enter(token, request.signal).catch((error: unknown) => {
      if (error instanceof WireFailure) throw error;
      onProblem({ kind: "gate_skipped", code: toFailureCode(error) });
    });
    const timer = setInterval(() => {
      link.script(STAY, [leases], [token, leaseMs]).catch(() => {});
    }, leaseMs / 3);
    timer.unref();
    try {
      return await wire(request);
    } finally {
      clearInterval(timer);
      link.run((redis) => redis.zrem(leases, token)).catch(() => {});
    }
  };
}

const MINUTE_S = 60;

/**
 * Turns counted for all replicas together; by each for itself while Redis is gone. A minute begins with the first call.
 */
export function createRedisRateLimit(link: RedisLink): RateLimit {
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
