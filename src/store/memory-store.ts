import type { Snapshot, SnapshotInfo } from "../pages/snapshot/snapshot.ts";
import { newestFirst, toSnapshotInfo } from "./snapshot-info.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** A snapshot weighs its pages and one more for itself, so that empty ones are bounded too. */
const weigh = ({ pages }: Snapshot): number => pages.length + 1;

/** A few hundred bytes each. */
const MAX_GONE = 1000;

/**
 * Snapshots of this process; those that were put longest ago make room.
 * @param maxPages bounds pages, not snapshots: a page is a few kB in memory, a snapshot holds up to 1,000 of them.
 * 20,000 pages are some 60 MB. The snapshot put last stays, however large.
 */
export function createMemoryStore({ maxPages = 20_000 }: { maxPages?: number } = {}): SnapshotStore {
  // A Map keeps the order of insertion, so its first entry is the oldest.
  const kept = new Map<string, Snapshot>();
  const gone = new Map<string, SnapshotInfo>();
  let weight = 0;
  const drop = (id: string) => {
    const snapshot = kept.get(id);
    if (snapshot === undefined) return;
    weight -= weigh(snapshot);
    kept.delete(id);
  };
  const makeRoom = () => {
    for (const snapshot of kept.values()) {
      if (weight <= maxPages || kept.size === 1) return;
      drop(snapshot.id);
      gone.set(snapshot.id, toSnapshotInfo(snapshot));
      if (gone.size > MAX_GONE) gone.delete(gone.keys().next().value as string);
    }
  };
  // Of two fetched in the same ms, the one put later is the newer.
  const listAll = () => [...kept.values()].reverse().sort(newestFirst);
  return {
    async put(snapshot) {
      drop(snapshot.id);
      gone.delete(snapshot.id);
      kept.set(snapshot.id, snapshot);
      weight += weigh(snapshot);
      makeRoom();
      return { where: "memory" };
    },
    get: async (id) => kept.get(id),
    newest: async (requestKey) => listAll().find((snapshot) => snapshot.requestKey === requestKey),
    list: async () => listAll().map(toSnapshotInfo),
    gone: async (id) => gone.get(id),
  };
}
