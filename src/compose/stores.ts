import path from "node:path";
import { type Config, isLive } from "../config/schema.ts";
import type { KeptReplies } from "../lists/kept-reply.ts";
import type { Log } from "../log.ts";
import type { RedisRoom } from "../redis/redis-room.ts";
import type { WithKeyLock } from "../spend/carry-out.ts";
import type { LedgerLines } from "../spend/ledger/lines.ts";
import type { SnapshotStore } from "../store/snapshot-store.ts";

/** What one tenant has bought, and the locks its purchases take turns by. */
export interface TenantStore {
  snapshots: SnapshotStore;
  /** Paid replies that could not be read. */
  replies: KeptReplies;
  withKeyLock: WithKeyLock;
}

/** Where this process keeps things, and what it shares with others. */
export interface Stores {
  /** Of one tenant; the same object for the same name. */
  of(tenant: string): TenantStore;
  /** Turns of all tenants together: at what is learned of the gateway, and not at what is bought. */
  quoteTurns: WithKeyLock;
  /** The books of all. */
  ledgerLines: LedgerLines;
  /** What replicas share beyond snapshots and books; undefined where nothing is shared over a network. */
  shared?: RedisRoom;
}

/** Whoever is not told apart: the command line, stdio, and HTTP without access control. */
export const DEFAULT_TENANT = "default";

const DAY_MS = 86_400_000;
const MB = 1024 * 1024;

/** Snapshots, locks and books where the settings want them. `none` keeps no snapshots; the books stay in memory. */
export async function createStores(config: Config, log: Log, now: () => number): Promise<Stores> {
  if (typeof config.store !== "string") return createSharedStores(config, config.store.redisUrl, log, now);
  const [dated, { createMemoryReplies, createNoReplies }] = await Promise.all([
    loadDated(now),
    import("../store/kept-replies.ts"),
  ]);
  switch (config.store) {
    case "disk":
      return createDiskStores(config, log, now);
    case "memory": {
      const memory = await loadMemory();
      const { inTurns, withoutLock } = await import("../store/disk-lock.ts");
      const ledgerLines = await createMemoryBooks();
      const replies = createMemoryReplies();
      return {
        ledgerLines,
        quoteTurns: inTurns(withoutLock, config.timeoutMs),
        of: byTenant((tenant) => ({
          snapshots: dated(memory(tenant)),
          replies: replies(tenant),
          withKeyLock: inTurns(withoutLock, turnMs(config)),
        })),
      };
    }
    case "none": {
      const { createNoStore } = await import("../store/memory-store.ts");
      const { inTurns, withoutLock } = await import("../store/disk-lock.ts");
      const ledgerLines = await createMemoryBooks();
      return {
        ledgerLines,
        quoteTurns: inTurns(withoutLock, config.timeoutMs),
        of: byTenant(() => ({ snapshots: createNoStore(), replies: createNoReplies(), withKeyLock: withoutLock })),
      };
    }
  }
}

async function createDiskStores(config: Config, log: Log, now: () => number): Promise<Stores> {
  const [
    memory,
    dated,
    { createDiskStore },
    { createDiskReplies },
    { createKeyLock, inTurns },
    { toTenantFolder },
    { cacheFolder, ledgerFolder },
  ] = await Promise.all([
    loadMemory(),
    loadDated(now),
    import("../store/disk-store.ts"),
    import("../store/kept-replies.ts"),
    import("../store/disk-lock.ts"),
    import("../store/snapshot-name.ts"),
    chooseFolders(config),
  ]);
  const turnsIn = (folder: string, waitMs: number): WithKeyLock =>
    inTurns(
      createKeyLock({
        folder,
        // What costs nothing goes without where nothing can be written.
        isOptional: !isLive(config),
        waitMs,
        sentMs: sentMs(config),
        onProblem: (problem) => log.warn("lock.problem", { ...problem }),
      }),
      waitMs,
    );
  return {
    ledgerLines: await createFileBooks(config, ledgerFolder, cacheFolder),
    quoteTurns: turnsIn(cacheFolder, config.timeoutMs),
    of: byTenant((tenant) => {
      // Who is not told apart finds what the command line has bought, and the other way round.
      const folder =
        tenant === DEFAULT_TENANT ? cacheFolder : path.join(cacheFolder, "tenants", toTenantFolder(tenant));
      return {
        snapshots: dated(
          createDiskStore({
            folder,
            maxBytes: config.storeMb * MB,
            maxAgeMs: config.keepDays * DAY_MS,
            now,
            memory: memory(tenant),
            onProblem: (problem) => log.warn("store.problem", { ...problem }),
          }),
        ),
        replies: createDiskReplies(folder, { maxAgeMs: config.keepDays * DAY_MS, now }),
        withKeyLock: turnsIn(folder, turnMs(config)),
      };
    }),
  };
}

async function createSharedStores(config: Config, url: string, log: Log, now: () => number): Promise<Stores> {
  const [memory, dated, { createRedisRoom }, { inTurns }] = await Promise.all([
    loadMemory(),
    loadDated(now),
    import("../redis/redis-room.ts"),
    import("../store/disk-lock.ts"),
  ]);
  const shared = createRedisRoom({
    url,
    prefix: config.redisPrefix,
    memory,
    maxAgeMs: config.keepDays * DAY_MS,
    lock: { waitMs: turnMs(config), sentMs: sentMs(config) },
    now,
    onProblem: (problem) => log.warn("redis.problem", { ...problem }),
  });
  const turnsOf = (tenant: string, waitMs: number): WithKeyLock => inTurns(shared.keyLock(tenant), waitMs);
  return {
    ledgerLines: shared.ledgerLines,
    quoteTurns: turnsOf(DEFAULT_TENANT, config.timeoutMs),
    of: byTenant((tenant) => ({
      snapshots: dated(shared.snapshots(tenant)),
      replies: shared.replies(tenant),
      withKeyLock: turnsOf(tenant, turnMs(config)),
    })),
    shared,
  };
}

/** Beyond the longest that a purchase takes by the settings: for its turn at the gateway. */
const PATIENCE_MS = 60_000;

/** The longest wait for the purchase of somebody else. */
const turnMs = ({ timeoutMs, retryMs }: Config): number => timeoutMs + retryMs + PATIENCE_MS;

/** How long whoever has sent a call and keeps silent may still bring its answer: the deadline of a call, and some time to keep it. */
const sentMs = ({ timeoutMs }: Config): number => timeoutMs + 15_000;

async function loadDated(now: () => number): Promise<(store: SnapshotStore) => SnapshotStore> {
  const { createDatedStore } = await import("../store/snapshot-store.ts");
  return (store) => createDatedStore(store, now);
}

async function loadMemory(): Promise<(tenant: string) => SnapshotStore> {
  return (await import("../store/memory-store.ts")).createMemoryStores();
}

const createMemoryBooks = async () => (await import("../spend/ledger/file-ledger.ts")).createMemoryLines();

/** The sandbox has no books that outlast a process, since nothing costs anything there. */
async function createFileBooks(config: Config, folder: string, seenIn: string): Promise<LedgerLines> {
  if (!isLive(config)) return createMemoryBooks();
  return (await import("../spend/ledger/file-ledger.ts")).createFileLines(folder, seenIn);
}

/** Tenants come and go; those unused for longest are made anew when they come back. */
const MAX_TENANTS = 1000;

function byTenant(create: (tenant: string) => TenantStore): Stores["of"] {
  const known = new Map<string, TenantStore>();
  return (tenant) => {
    const store = known.get(tenant) ?? create(tenant);
    known.delete(tenant);
    known.set(tenant, store);
    if (known.size > MAX_TENANTS) known.delete(known.keys().next().value as string);
    return store;
  };
}

/** Snapshots can be bought again, books cannot: by default these lie where no cleaner of caches comes by. */
export async function chooseFolders({ cacheDir }: Config): Promise<{ cacheFolder: string; ledgerFolder: string }> {
  if (cacheDir !== undefined) return { cacheFolder: cacheDir, ledgerFolder: cacheDir };
  const { defaultFolders } = await import("../store/private-files.ts");
  const { cache, data } = await defaultFolders();
  return { cacheFolder: cache, ledgerFolder: data };
}
