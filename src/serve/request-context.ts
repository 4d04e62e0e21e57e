import type { IncomingMessage, ServerResponse } from "node:http";
import type { Route } from "./guards.ts";
import type { Refusal } from "./http-refusal.ts";

/** What is known of the request in whose course something happens. */
export interface RequestFacts {
  /** 1 to 64 of A–Z a–z 0–9 . _ - */
  requestId: string;
  /** W3C trace context, version 00, as it came. */
  traceparent?: string;
  /** Name of the principal, once it is known. */
  principal?: string;
}

/** One request on its way through the server. */
export interface RequestContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly route: Route;
  /** The principal is added once it is known. */
  facts: RequestFacts;
  /** The client sends its body only when it is told to. */
  readonly awaitsContinue: boolean;
  /** Whether a drain waits for its end: streams of news never come to one. */
  holdsDrain: boolean;
  /** What it was refused with. */
  refusal?: Refusal;
}

/** The requests under way, and the wait for their end. */
interface Drain {
  isDraining(): boolean;
  /** Follows a request until its answer is over. */
  follow(context: RequestContext): void;
  /** Something about a request has changed that may end the wait. */
  recheck(): void;
  /**
   * Begins the drain: answers that have not begun tell their clients to close the connection.
   * @returns once nothing is under way that is waited for, or the time is over: then false
   */
  begin(withinMs: number): Promise<boolean>;
}

export function createDrain(): Drain {
  const contexts = new Set<RequestContext>();
  const waiting = new Set<() => void>();
  let isDraining = false;

  const isIdle = () => [...contexts].every((context) => !context.holdsDrain);
  const recheck = () => {
    if (waiting.size === 0 || !isIdle()) return;
    for (const resolve of waiting) resolve();
  };

  return {
    isDraining: () => isDraining,
    follow(context) {
      contexts.add(context);
      context.res.once("close", () => {
        contexts.delete(context);
        recheck();
      });
    },
    recheck,
    async begin(withinMs) {
      isDraining = true;
      for (const { res } of contexts) if (!res.headersSent) res.setHeader("connection", "close");
      if (isIdle()) return true;
      return await new Promise<boolean>((resolve) => {
        const finish = (isDone: boolean) => {
          clearTimeout(timer);
          waiting.delete(onIdle);
          resolve(isDone);
        };
        const onIdle = () => finish(true);
        const timer = setTimeout(() => finish(false), withinMs);
        waiting.add(onIdle);
      });
    },
  };
}
