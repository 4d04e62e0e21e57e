import type { Owed } from "./owed.ts";

/** What was written lately, in its order. */
export interface RecentWrites {
  add(owed: Owed): void;
  /** Hands over what Redis may have lost if it went away then (`performance.now`), and forgets everything. */
  takeSince(lostAtMs: number): Owed[];
}

/** Redis puts off writing to its file for two seconds at most; the rest is for our noticing late that it is gone. */
const RECENT_MS = 5000;

/** Some dozens of snapshots: more than are bought in that time. */
const MAX_BYTES = 16 * 1024 * 1024;

export function createRecentWrites(): RecentWrites {
  const writes: { owed: Owed; at: number }[] = [];
  let bytes = 0;

  const dropOldest = () => {
    bytes -= writes.shift()?.owed.bytes ?? 0;
  };
  return {
    add: ({ what, bytes: size, write }) => {
      const at = performance.now();
      writes.push({ owed: { what, bytes: size, write }, at });
      bytes += size;
      while (writes[0] !== undefined && (writes[0].at < at - RECENT_MS || bytes > MAX_BYTES)) dropOldest();
    },
    takeSince: (lostAtMs) => {
      bytes = 0;
      return writes
        .splice(0)
        .filter(({ at }) => at >= lostAtMs - RECENT_MS)
        .map(({ owed }) => owed);
    },
  };
}
