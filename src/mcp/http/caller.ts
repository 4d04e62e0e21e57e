import type { AuthInfo, McpServer } from "@modelcontextprotocol/server";

/** Who sends a request, as whoever let it in found out. */
export interface Caller {
  /** Name of the principal: sessions, and room for them, are counted by it. */
  owner: string;
  /** What handlers find at `ctx.http.authInfo`, and scope challenges are decided by; of each request, not of its session. */
  authInfo?: AuthInfo;
}

/** `older` are the revisions up to 2025-11-25, which open a session; `modern` is 2026-07-28 and later. */
export type Era = "older" | "modern";

/**
 * A fresh server: for one request of the modern era, for one session (on this replica) of the older one. Requests of
 * one session may come with different tokens of one owner, so rights are to be read per request from `ctx.http.authInfo`.
 */
export type CreateServerFor = (context: ServerContext) => McpServer;

export interface ServerContext {
  caller: Caller;
  era: Era;
  /** Of the one request that the server is for, in the modern era; it need not know any other. */
  method?: string;
}

/** Counts what is running, so that a stop can wait for it. */
export interface CallCount {
  /** @returns says that it is over; safe to call twice */
  start(): () => void;
  running(): number;
  /** Settles when nothing runs, at once if nothing does now. */
  whenNone(): Promise<void>;
}

export function createCallCount(): CallCount {
  let running = 0;
  let waiting: (() => void)[] = [];
  const end = () => {
    running -= 1;
    if (running > 0) return;
    for (const go of waiting) go();
    waiting = [];
  };
  return {
    start() {
      running += 1;
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        end();
      };
    },
    running: () => running,
    whenNone: () =>
      running === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push(resolve);
          }),
  };
}
