import type { Snapshot, SnapshotInfo } from "../pages/snapshot.ts";
import { newestFirst, ofTarget, toSnapshotInfo } from "./snapshot-name.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** A snapshot weighs its pages and one more for itself, so that empty ones are bounded too. */
const weigh = ({ pages }: Snapshot): number => pages.length + 1;

/** A few hundred bytes each. */
const MAX_GONE = 1000;

/**
 * Snapshots of this process, for any number of tenants; those that were put longest ago make room, whosever they are.
 * @param maxPages bounds pages, not snapshots: a page is a few kB in memory, a snapshot holds up to 1,000 of them.
 * 20,000 pages are some 60 MB. The snapshot put last stays, however large.
 * @returns the store of one tenant, which sees its own snapshots alone
 */
export function createMemoryStores({
  maxPages = 20_000,
}: {
  maxPages?: number;
} = {}): (tenant: string) => SnapshotStore {
  // A Map keeps the order of insertion, so its first entry is the oldest.
  const kept = new Map<string, Kept>();
  const gone = new Map<string, SnapshotInfo>();
  let weight = 0;
  const drop = (key: string) => {
    const entry = kept.get(key);
    if (entry === undefined) return;
    weight -= weigh(entry.snapshot);
    kept.delete(key);
  };
  const makeRoom = () => {
    for (const [key, { snapshot }] of kept) {
      if (weight <= maxPages || kept.size === 1) return;
      drop(key);
      gone.set(key, toSnapshotInfo(snapshot));
      if (gone.size > MAX_GONE) gone.delete(gone.keys().next().value as string);
    }
  };
  return (tenant) => {
    // Ids come from clients, tenants' names hold no line break: the last one parts the two, whatever an id holds.
    const keyOf = (id: string) => `${id}\n${tenant}`;
    const own = () => [...kept.values()].filter((entry) => entry.tenant === tenant).map(({ snapshot }) => snapshot);
    // Of two fetched in the same ms, the one put later is the newer.
    const listAll = () => own().reverse().sort(newestFirst);
    return {
      async put(snapshot) {
        const key = keyOf(snapshot.id);
        drop(key);
        gone.delete(key);
        kept.set(key, { tenant, snapshot });
        weight += weigh(snapshot);
        makeRoom();
        return { where: "memory" };
      },
      get: async (id) => kept.get(keyOf(id))?.snapshot,
      newest: async (requestKey) => listAll().find((snapshot) => snapshot.requestKey === requestKey),
      list: async (target) => listAll().map(toSnapshotInfo).filter(ofTarget(target)),
      gone: async (id) => gone.get(keyOf(id)),
    };
  };
}

interface Kept {
  tenant: string;
  snapshot: Snapshot;
}

/** The same for one tenant. */
export const createMemoryStore = (options?: { maxPages?: number }): SnapshotStore => createMemoryStores(options)("");

/** Keeps nothing: every request is bought anew. */
export function createNoStore(): SnapshotStore {
  return {
    put: async () => ({ where: "nowhere" }),
    get: async () => undefined,
    newest: async () => undefined,
    list: async () => [],
    gone: async () => undefined,
  };
}
