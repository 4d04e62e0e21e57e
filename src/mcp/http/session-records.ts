/** What has to be known of a session of the older era to go on with it, on this replica or another. */
export interface SessionRecord {
  /** `Mcp-Session-Id`: visible ASCII, not to be guessed. */
  id: string;
  /** Name of the principal who opened it: nobody else may use it. */
  owner: string;
  /** A JSON-RPC `initialize` request with all of the one that opened it that replaying needs; bounded, a few kB at most. */
  initialize: unknown;
}

/** Sessions that are open, for all replicas. Methods throw {AppError} `unavailable` when that cannot be told now. */
export interface SessionRecords {
  put(record: SessionRecord, ttlMs: number): Promise<void>;
  /** @returns undefined when it was never opened, has ended, or was not used for its time; else lives on for `ttlMs` */
  use(id: string, ttlMs: number): Promise<SessionRecord | undefined>;
  delete(id: string): Promise<void>;
}

/**
 * What one replica tells the others about a session: a message that came here and may be for a call that runs there
 * (a cancellation, an answer to a question), or that it has ended.
 */
export type SessionNews = { kind: "message"; message: unknown } | { kind: "ended" };

/** Carries news between replicas; none come back to the one that sent them. */
export interface SessionMail {
  /** Never throws: what cannot be delivered now is lost, and reported where problems are. */
  send(sessionId: string, news: SessionNews): Promise<void>;
  /** @returns ends the listening */
  listen(onNews: (sessionId: string, news: SessionNews) => void): () => void;
}

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

/** For a server that is alone: there is nobody to tell. */
export function createNoMail(): SessionMail {
  return { send: async () => {}, listen: () => () => {} };
}
