import { ageOf, type ReadSnapshots, type Snapshot, type SnapshotInfo } from "../lists/snapshot.ts";
import { newestFirst } from "./snapshot-name.ts";

/** Where a snapshot is after `put`. */
export type Kept =
  /** Where the store promises; `memory` is all that a memory store promises. */
  | { where: "disk" | "memory" | "nowhere" }
  /** It should be on disk and is not; `problem` completes "it could not be written (…)". */
  | { where: "memory"; problem: string };

/** Snapshots that can be read again for free. */
export interface SnapshotStore extends ReadSnapshots {
  /** Never throws: what was paid for is answered with, kept or not. */
  put(snapshot: Snapshot): Promise<Kept>;
  /** The newest answer to one request (`toRequestKey`), however old; undefined when there is none. */
  newest(requestKey: string): Promise<Snapshot | undefined>;
  /**
   * What stands in the way of keeping a snapshot now, as the system calls it (`EACCES`), as far as that can be tried out.
   * Left out where nothing can.
   */
  obstacle?(): Promise<string | undefined>;
}

/**
 * The same store, in which a date in the future is none: a snapshot that a wrong clock wrote is one whose time nobody
 * knows, older than all others, and hides none of them.
 */
export function createDatedStore(store: SnapshotStore, now: () => number): SnapshotStore {
  const isAhead = (each: Pick<SnapshotInfo, "fetchedAt">) =>
    each.fetchedAt !== null && ageOf(each, now()) === undefined;
  const date = <T extends Pick<SnapshotInfo, "fetchedAt">>(each: T): T =>
    isAhead(each) ? { ...each, fetchedAt: null } : each;
  const dateIf = <T extends Pick<SnapshotInfo, "fetchedAt">>(each: T | undefined) => each && date(each);
  const list = async (target?: string, newest?: number) => {
    let asked = newest;
    let found = await store.list(target, asked);
    // Those ahead come first and are last: others take their place, as far as there are any.
    while (newest !== undefined && asked !== undefined && found.length === asked) {
      const inTime = found.filter((each) => !isAhead(each)).length;
      if (inTime >= newest) break;
      asked = 2 * asked;
      found = await store.list(target, asked);
    }
    return found.some(isAhead) ? found.map(date).sort(newestFirst).slice(0, newest) : found.slice(0, newest);
  };
  return {
    ...store,
    list,
    get: async (id) => dateIf(await store.get(id)),
    gone: async (id) => dateIf(await store.gone(id)),
    async newest(requestKey) {
      const first = await store.newest(requestKey);
      if (first === undefined || !isAhead(first)) return first;
      for (const info of await list(first.request.target)) {
        const snapshot = info.requestKey === requestKey ? await store.get(info.id) : undefined;
        if (snapshot !== undefined) return date(snapshot);
      }
      return date(first);
    },
  };
}
