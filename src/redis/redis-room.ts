import type { SessionMail, SessionRecords } from "../mcp/http/session-records.ts";
import type { TakeTurn } from "../serve/turns.ts";
import type { WithKeyLock } from "../spend/buy-pages.ts";
import type { LedgerLines } from "../spend/ledger/lines.ts";
import type { SnapshotStore } from "../store/snapshot-store.ts";
import type { Wire } from "../upstream/wire.ts";

/** All that replicas share through Redis or Valkey. */
export interface RedisRoom {
  snapshots(tenant: string): SnapshotStore;
  keyLock(tenant: string): WithKeyLock;
  ledgerLines: LedgerLines;
  gate: (wire: Wire, limits: { perMinute: number; atOnce: number }) => Wire;
  turns: TakeTurn;
  sessions: SessionRecords;
  mail: SessionMail;
  /** Bytes that are the same on all replicas, made by the first that asks. */
  secret(name: string, make: () => Uint8Array): Promise<Uint8Array>;
  isReady(): boolean;
  /** Waits for what is still to be written, at most this long, ms. */
  flush(withinMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface RedisRoomDeps {
  /** `redis://…` or `rediss://…`. */
  url: string;
  /** What every key begins with. */
  prefix: string;
  /** In front of Redis, by tenant. */
  memory: (tenant: string) => SnapshotStore;
  maxAgeMs: number;
  now: () => number;
  onProblem: (problem: object) => void;
}

export function createRedisRoom(_deps: RedisRoomDeps): RedisRoom {
  throw new Error("not built yet");
}
