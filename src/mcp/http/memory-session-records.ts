import type { SessionRecord, SessionRecords } from "./session-records.ts";

interface Kept {
  record: SessionRecord;
  expiresAt: number;
}

/**
 * Session records of one process. Past `max` the owner with the most loses the one longest unused, so that nobody's
 * sessions are pushed out by somebody else's.
 */
export function createMemorySessionRecords({ now, max }: { now: () => number; max: number }): SessionRecords {
  // In the order of their last use.
  const kept = new Map<string, Kept>();

  function keep(record: SessionRecord, ttlMs: number): void {
    kept.delete(record.id);
    kept.set(record.id, { record, expiresAt: now() + ttlMs });
  }

  function makeRoom(): void {
    for (const [id, { expiresAt }] of kept) if (expiresAt <= now()) kept.delete(id);
    if (kept.size <= max) return;
    const counts = new Map<string, number>();
    for (const { record } of kept.values()) counts.set(record.owner, (counts.get(record.owner) ?? 0) + 1);
    const [busiest] = [...counts].reduce((found, next) => (next[1] > found[1] ? next : found));
    for (const { record } of kept.values()) {
      if (record.owner === busiest) {
        kept.delete(record.id);
        return;
      }
    }
  }

  return {
    async put(record, ttlMs) {
      keep(record, ttlMs);
      if (kept.size > max) makeRoom();
    },
    async use(id, ttlMs) {
      const found = kept.get(id);
      if (found === undefined || found.expiresAt <= now()) {
        kept.delete(id);
        return undefined;
      }
      keep(found.record, ttlMs);
      return found.record;
    },
    async delete(id) {
      kept.delete(id);
    },
  };
}
