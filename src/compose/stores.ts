import { type Config, isLive } from "../config/schema.ts";
import type { Log } from "../log.ts";
import type { WithKeyLock } from "../spend/buy-pages.ts";
import type { Ledger } from "../spend/ledger/ledger.ts";
import { toMicros } from "../spend/micros.ts";
import type { SnapshotStore } from "../store/snapshot-store.ts";

/** Where this process keeps things, and what it shares with others. */
export interface Store {
  snapshots: SnapshotStore;
  withKeyLock: WithKeyLock;
  /** Where the books are; undefined where they are kept in memory. */
  ledgerFolder: string | undefined;
}

const DAY_MS = 86_400_000;
const MB = 1024 * 1024;

/** Snapshots, locks and books where the settings want them. `none` keeps no snapshots; the books stay in memory. */
export async function createStore(config: Config, log: Log, now: () => number): Promise<Store> {
  const [{ createMemoryStore }, { createKeyLock, withoutLock }] = await Promise.all([
    import("../store/memory-store.ts"),
    import("../store/key-lock.ts"),
  ]);
  if (config.store === "none") {
    const { createNoStore } = await import("../store/no-store.ts");
    return { snapshots: createNoStore(), withKeyLock: withoutLock, ledgerFolder: undefined };
  }
  const memory = createMemoryStore();
  if (config.store === "memory") return { snapshots: memory, withKeyLock: withoutLock, ledgerFolder: undefined };
  const { createDiskStore } = await import("../store/disk-store.ts");
  const { cacheFolder, ledgerFolder } = await chooseFolders(config);
  const snapshots = createDiskStore({
    folder: cacheFolder,
    maxBytes: config.storeMb * MB,
    maxAgeMs: config.keepDays * DAY_MS,
    now,
    memory,
    onProblem: (problem) => log.warn("store.problem", { ...problem }),
  });
  const onProblem = (problem: object) => log.warn("lock.problem", { ...problem });
  return { snapshots, withKeyLock: createKeyLock({ folder: cacheFolder, onProblem }), ledgerFolder };
}

/** Snapshots can be bought again, books cannot: by default these lie where no cleaner of caches comes by. */
export async function chooseFolders({ cacheDir }: Config): Promise<{ cacheFolder: string; ledgerFolder: string }> {
  if (cacheDir !== undefined) return { cacheFolder: cacheDir, ledgerFolder: cacheDir };
  const { defaultFolders } = await import("../store/folders.ts");
  const { cache, data } = defaultFolders();
  return { cacheFolder: cache, ledgerFolder: data };
}

/** The books; the sandbox has none, since nothing costs anything there. */
export async function createLedger(config: Config, folder: string | undefined, now: () => number): Promise<Ledger> {
  const dailyBudgetMicros = isLive(config) ? toMicros(config.dailyBudgetUsd) : null;
  if (folder === undefined || !isLive(config)) {
    return (await import("../spend/ledger/memory-ledger.ts")).createMemoryLedger({ dailyBudgetMicros, now });
  }
  return (await import("../spend/ledger/file-ledger.ts")).createFileLedger({ folder, dailyBudgetMicros, now });
}
