import type { Snapshot } from "../pages/snapshot/snapshot.ts";

/** Snapshots of this process, the newest kept. */
export interface SnapshotStore {
  put(snapshot: Snapshot): void;
  /** @returns undefined when it was never here or has made room for newer ones */
  get(id: string): Snapshot | undefined;
  /** Newest first. */
  list(): Snapshot[];
}

/** A snapshot weighs its pages and one more for itself, so that empty ones are bounded too. */
const weigh = ({ pages }: Snapshot): number => pages.length + 1;

/**
 * Bounded by pages, not snapshots: a page is a few kB in memory, a snapshot holds up to 1,000 of them.
 * 20,000 pages are some 60 MB. The newest snapshot stays, however large.
 */
export function createMemoryStore({ maxPages = 20_000 }: { maxPages?: number } = {}): SnapshotStore {
  // A Map keeps the order of insertion, so its first entry is the oldest.
  const kept = new Map<string, Snapshot>();
  let weight = 0;
  const drop = (id: string) => {
    const snapshot = kept.get(id);
    if (snapshot === undefined) return;
    weight -= weigh(snapshot);
    kept.delete(id);
  };
  return {
    put(snapshot) {
      drop(snapshot.id);
      kept.set(snapshot.id, snapshot);
      weight += weigh(snapshot);
      while (weight > maxPages && kept.size > 1) drop(kept.keys().next().value as string);
    },
    get: (id) => kept.get(id),
    list: () => [...kept.values()].reverse(),
  };
}
