import type { KeptReplies } from "../lists/kept-reply.ts";
import type { SessionMail, SessionRecords } from "../mcp/http/session-records.ts";
import type { RateLimit } from "../serve/rate-limit.ts";
import type { WithKeyLock } from "../spend/carry-out.ts";
import type { LedgerLines } from "../spend/ledger/lines.ts";
import { createMemoryReplies } from "../store/kept-replies.ts";
import type { SnapshotStore } from "../store/snapshot-store.ts";
import type { Wire } from "../upstream/wire.ts";
import type { OnRedisProblem } from "./failures.ts";
import { createRedisRateLimit, createSharedGate, type SharedLimits } from "./gate.ts";
import { createRedisLines } from "./ledger-lines.ts";
import { createRedisLink } from "./link.ts";
import { createPendingWrites } from "./pending-writes.ts";
import { createRedisKeyLock } from "./redis-lock.ts";
import { createRedisReplies } from "./redis-replies.ts";
import { createRedisSessionMail, createRedisSessionRecords, getSharedSecret } from "./redis-sessions.ts";
import { createRedisSnapshots } from "./redis-snapshots.ts";

/** All that replicas share through Redis or Valkey. */
export interface RedisRoom {
  snapshots(tenant: string): SnapshotStore;
  replies(tenant: string): KeptReplies;
  keyLock(tenant: string): WithKeyLock;
  ledgerLines: LedgerLines;
  gate: (wire: Wire, limits: SharedLimits) => Wire;
  turns: RateLimit;
  sessions: SessionRecords;
  mail: SessionMail;
  /** Bytes that are the same on all replicas, made by the first that asks. */
  secret(name: string, make: () => Uint8Array): Promise<Uint8Array>;
  /** Whether there is a connection now, and Redis took what was last written. */
  isReady(): boolean;
  /** Tries out whether it takes a write, for `isReady`; settles within a second. */
  probe(): Promise<void>;
  /** Waits for what is still to be written, at most this long, ms. */
  flush(withinMs: number): Promise<void>;
  /** Ends the connections; what is still to be written is given up, and reported. */
  close(): Promise<void>;
}

export interface RedisRoomDeps {
  /** `redis://…` or `rediss://…`; see `parseAddress`. */
  url: string;
  /** What every key begins with. */
  prefix: string;
  /** In front of Redis, by tenant. */
  memory: (tenant: string) => SnapshotStore;
  /** How long a snapshot stays. */
  maxAgeMs: number;
  /** Of purchases, as `createRedisKeyLock` takes it. */
  lock?: { waitMs: number; sentMs: number };
  now: () => number;
  onProblem: OnRedisProblem;
}

/** Compressed, a large snapshot is some 200 kB. */
const MAX_PENDING_SNAPSHOT_BYTES = 64 * 1024 * 1024;

/** A line is some 200 bytes: more than can be bought while Redis is gone. */
const MAX_PENDING_BOOK_BYTES = 16 * 1024 * 1024;

/**
 * Begins to connect at once, and makes the connection anew for ever: nothing here has to be restarted after an outage.
 * One Redis (6.2 or later) or Valkey, or a primary behind one address; not Redis Cluster. It keeps books: run it with
 * `appendonly yes` and `maxmemory-policy noeviction` (see `createRedisLines`).
 * @throws {AppError} `config` for an address that cannot be meant
 */
export function createRedisRoom(deps: RedisRoomDeps): RedisRoom {
  const { url, prefix, memory, maxAgeMs, lock, now, onProblem } = deps;
  const link = createRedisLink({ url, prefix, onProblem });
  // Apart, so that no line waits behind a snapshot. Settlements are small and must not make room for anything.
  const books = createPendingWrites({ link, maxBytes: MAX_PENDING_BOOK_BYTES, onProblem });
  const pending = createPendingWrites({ link, maxBytes: MAX_PENDING_SNAPSHOT_BYTES, onProblem });
  const { written } = pending;
  const repliesHere = createMemoryReplies();
  return {
    snapshots: (tenant) => createRedisSnapshots({ link, tenant, memory: memory(tenant), maxAgeMs, pending, onProblem }),
    replies: (tenant) => createRedisReplies({ link, tenant, maxAgeMs, pending, memory: repliesHere(tenant) }),
    keyLock: (tenant) => createRedisKeyLock({ ...lock, link, tenant, written, onProblem }),
    ledgerLines: createRedisLines({ link, pending: books, now }),
    gate: (wire, limits) => createSharedGate(wire, { link, ...limits, onProblem }),
    turns: createRedisRateLimit(link),
    sessions: createRedisSessionRecords(link, onProblem),
    mail: createRedisSessionMail(link, onProblem),
    secret: (name, make) => getSharedSecret(link, name, make),
    isReady: link.isReady,
    probe: link.probe,
    flush: async (withinMs) => {
      await Promise.all([books.flush(withinMs), pending.flush(withinMs)]);
    },
    close: async () => {
      books.close();
      pending.close();
      link.close();
    },
  };
}
