import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { HeldTurn, WithKeyLock } from "../spend/carry-out.ts";
import { wordLate } from "../store/disk-lock.ts";
import { isRequestKey, toTenantFolder } from "../store/snapshot-name.ts";
import type { OnRedisProblem } from "./failures.ts";
import type { RedisLink } from "./link.ts";

export interface RedisKeyLockDeps {
  link: RedisLink;
  tenant: string;
  /**
   * Settles when all that this process owes Redis is written. The lock is held until then: what was bought must be
   * where the next holder looks for it.
   */
  written: () => Promise<void>;
  onProblem: OnRedisProblem;
  /** A holder that gave no sign of life for so long is taken for dead. Signs come three times in that time. */
  leaseMs?: number;
  /** How long a call that was sent may take: for so long nobody else buys in its place. @default `leaseMs` */
  sentMs?: number;
  /** The longest wait for other holders. @default ten minutes */
  waitMs?: number;
  /** How long to wait before the next try, on average. */
  retryMs?: number;
  /** 0 to 1. @default Math.random */
  random?: () => number;
}

/** KEYS: lock. ARGV: token, lease in ms. @returns 1 when it is ours now, as it was or since nobody had it; else 0 */
const TAKE = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;

/** KEYS: lock. ARGV: token, for how long it is ours from now on, in ms. @returns 1 when it is ours */
const CHECK = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;

const WAIT_MS = 600_000;

/** How long whoever waits for the result of `use` is kept for the release; without it, the lease ends by itself. */
const RELEASE_MS = 250;

const FACTS = { charge: "not_charged", so: "so nothing can be bought and nothing was sent" } as const;

/**
 * One holder per key and tenant, across all replicas. Where Redis cannot be reached before `use` began it fails: two
 * replicas that buy without a lock buy twice. Where Redis goes away while `use` runs, that goes on: it may have sent
 * already. A holder that stays cut off or asleep for longer than its lease can have another beside it: it is told when it
 * asks (`isMine`), which it does before it sends, and says so (`lock_lost`). From then on the lock is its own for as long as
 * the call may take (`sentMs`), alive or not: whoever comes after a holder that was killed, blocked or cut off waits that long.
 * What remains are two bills where a holder that has sent stands still for longer than that.
 */
export function createRedisKeyLock(deps: RedisKeyLockDeps): WithKeyLock {
  const { link, tenant, written, onProblem, leaseMs = 15_000, retryMs = 100, random = Math.random } = deps;
  const { sentMs = leaseMs, waitMs = WAIT_MS } = deps;

  const take = async (lock: string, token: string, forMs = leaseMs): Promise<boolean> =>
    (await link.script(TAKE, [lock], [token, forMs], FACTS)) === 1;

  const acquire = async (lock: string, token: string, signal: AbortSignal): Promise<number> => {
    const beganAt = performance.now();
    for (;;) {
      await link.steady(signal);
      const at = performance.now();
      if (await take(lock, token)) return at;
      if (at - beganAt > waitMs) throw wordLate(waitMs);
      // Spread, so that those who wait do not try in step. Its own error for an abort says less than the reason.
      await wait(retryMs * (0.5 + random()), undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  };

  /** @param takenAt before the lock was asked for, by the monotonic clock: it cannot have ended sooner than a lease later */
  const keepAlive = (key: string, lock: string, token: string, takenAt: number): HeldTurn & { end(): void } => {
    let renewedAt = takenAt;
    let heldMs = leaseMs;
    let isHeld = true;
    const end = () => {
      isHeld = false;
      clearInterval(timer);
      stopListening();
    };
    const lose = () => {
      if (isHeld) onProblem({ kind: "lock_lost", key });
      end();
      return false;
    };
    const renew = async () => {
      if (link.isClosed()) return end();
      const at = performance.now();
      // An outage is reported where the connection is.
      const isOurs = await take(lock, token, heldMs).catch(() => undefined);
      if (isOurs === false) lose();
      if (isOurs === true) renewedAt = at;
    };
    const timer = setInterval(renew, leaseMs / 3);
    timer.unref();
    const stopListening = link.onReady(renew);
    return {
      end,
      async isMine() {
        // Past the lease another may have come and gone, and what it bought is there: to hold it again is not enough.
        const at = performance.now();
        if (!isHeld || at - renewedAt >= heldMs) return lose();
        // A renewal that is under way must not make it shorter again.
        heldMs = Math.max(leaseMs, sentMs);
        if ((await link.script(CHECK, [lock], [token, heldMs], FACTS)) !== 1) return lose();
        renewedAt = at;
        return true;
      },
    };
  };

  const release = (lock: string, token: string) =>
    link.script(RELEASE, [lock], [token]).then(
      () => {},
      () => {},
    );

  return async (key, signal, use) => {
    if (!isRequestKey(key)) throw new Error("A lock's key must be 32 hexadecimal digits.");
    const lock = link.key("lock", toTenantFolder(tenant), key);
    const token = randomBytes(16).toString("base64url");
    let takenAt: number;
    try {
      takenAt = await acquire(lock, token, signal);
    } catch (error) {
      // It may have been ours, its reply lost.
      void release(lock, token);
      throw error;
    }
    const turn = keepAlive(key, lock, token, takenAt);
    const letGo = async () => {
      await written();
      turn.end();
      await release(lock, token);
    };
    try {
      signal.throwIfAborted();
      return await use(turn);
    } finally {
      await Promise.race([letGo(), wait(RELEASE_MS, undefined, { ref: false })]);
    }
  };
}
