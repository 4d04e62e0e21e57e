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
