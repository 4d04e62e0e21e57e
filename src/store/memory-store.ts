import type { Snapshot, SnapshotInfo } from "../lists/snapshot.ts";
import { newestFirst, ofTarget, toSnapshotInfo } from "./snapshot-name.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** What a snapshot weighs beside its pages: even empty ones are bounded in number. */
const FRAME_BYTES = 4096;

/** Where the length of a snapshot's pages as JSON is known already, as for one that was read from a file. */
const JSON_BYTES = new WeakMap<Snapshot, number>();

/** In memory, what is parsed takes more than its JSON: objects, and two bytes a character beyond Latin. */
const PER_JSON_BYTE = 2;

/** Saves weighing a snapshot: `bytes` is the length of its pages as JSON. */
export function noteJsonBytes(snapshot: Snapshot, bytes: number): void {
  JSON_BYTES.set(snapshot, bytes);
}

const MAX_SHARED_NAME_CHARS = 60;

function weigh(snapshot: Snapshot): number {
  const known = JSON_BYTES.get(snapshot);
  if (known !== undefined) return FRAME_BYTES + PER_JSON_BYTE * known;
  return FRAME_BYTES + snapshot.items.reduce((sum, { raw }) => sum + weighValue(raw), 0);
}

/** About what a parsed value takes in memory, bytes. As JSON it need not be made for that, which would double it. */
function weighValue(value: unknown): number {
  let bytes = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const each = waiting.pop();
    bytes += 16;
    if (typeof each === "string") bytes += PER_JSON_BYTE * each.length;
    else if (typeof each === "object" && each !== null) {
      for (const [name, part] of Object.entries(each)) {
        // Usual names are kept once for all objects.
        if (name.length > MAX_SHARED_NAME_CHARS) bytes += PER_JSON_BYTE * name.length;
        waiting.push(part);
      }
    }
  }
  return bytes;
}

/** A few hundred bytes each. */
const MAX_GONE = 1000;

/**
 * Snapshots of this process, for any number of tenants; those that were put longest ago make room, whosever they are.
 * @param maxBytes bounds what they take in memory, about: who answers is not trusted with the size of a page. A thousand
 * usual pages are some 5 MB. The snapshot put last stays, however large.
 * @returns the store of one tenant, which sees its own snapshots alone
 */
export function createMemoryStores({
  maxBytes = 96 * 1024 * 1024,
}: {
  maxBytes?: number;
} = {}): (tenant: string) => SnapshotStore {
  // A Map keeps the order of insertion, so its first entry is the oldest.
  const kept = new Map<string, Kept>();
  const gone = new Map<string, SnapshotInfo>();
  let weight = 0;
  const drop = (key: string) => {
    const entry = kept.get(key);
    if (entry === undefined) return;
    weight -= entry.bytes;
    kept.delete(key);
  };
  const makeRoom = () => {
    for (const [key, { snapshot }] of kept) {
      if (weight <= maxBytes || kept.size === 1) return;
      drop(key);
      gone.set(key, toSnapshotInfo(snapshot));
      if (gone.size > MAX_GONE) gone.delete(gone.keys().next().value as string);
    }
  };
  return (tenant) => {
    // Ids come from clients, tenants' names hold no line break: the last one parts the two, whatever an id holds.
    const keyOf = (id: string) => `${id}\n${tenant}`;
    const own = () => [...kept.values()].filter((entry) => entry.tenant === tenant).map(({ snapshot }) => snapshot);
    return {
      async put(snapshot) {
        const key = keyOf(snapshot.id);
        drop(key);
        gone.delete(key);
        const bytes = weigh(snapshot);
        kept.set(key, { tenant, snapshot, bytes });
        weight += bytes;
        makeRoom();
        return { where: "memory" };
      },
      get: async (id) => kept.get(keyOf(id))?.snapshot,
      async newest(requestKey) {
        const same = own().filter((snapshot) => snapshot.requestKey === requestKey);
        // Of two fetched in the same ms, the one put later is the newer.
        return same.reverse().sort(newestFirst)[0];
      },
      list: async (target, newest) =>
        own().filter(ofTarget(target)).reverse().sort(newestFirst).slice(0, newest).map(toSnapshotInfo),
      gone: async (id) => gone.get(keyOf(id)),
    };
  };
}

interface Kept {
  tenant: string;
  snapshot: Snapshot;
  bytes: number;
}

/** The same for one tenant. */
export const createMemoryStore = (options?: { maxBytes?: number }): SnapshotStore => createMemoryStores(options)("");

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
