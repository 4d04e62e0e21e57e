import { AsyncLocalStorage } from "node:async_hooks";
import type { Log } from "../log.ts";
import type { Refusal } from "./http-refusal.ts";
import type { RequestContext, RequestFacts } from "./request-context.ts";

/** What is counted of requests. */
export interface RequestCounts {
  requestEnded(facts: { route: string; status: number }): void;
  refused(reason: string): void;
}

interface AccessLogDeps {
  log: Log;
  counts: RequestCounts;
}

/** Nobody was there to take the answer; what logs commonly call it. */
const CLIENT_LEFT = 499;

/** Asked every few seconds by machines. */
const PROBED = new Set(["/healthz", "/readyz", "/metrics"]);

/**
 * One event `http.request` when a request is over, whichever way: at info; at warn with its reason when it was refused;
 * at debug when a probe got its answer. The path is never in it, only the route.
 */
export function createAccessLog({ log, counts }: AccessLogDeps): (context: RequestContext) => void {
  return (context) => {
    const { req, res, route } = context;
    const { socket } = req;
    const startedMs = performance.now();
    const bytesBefore = socket.bytesWritten;
    res.once("close", () => {
      const status = res.headersSent ? res.statusCode : CLIENT_LEFT;
      counts.requestEnded({ route, status });
      if (context.refusal !== undefined) counts.refused(context.refusal.reason);
      log[toLevel(context, status)]("http.request", {
        method: req.method,
        route,
        status,
        ms: Math.round(performance.now() - startedMs),
        bytes: socket.bytesWritten - bytesBefore,
        ...(res.writableFinished ? {} : { is_cut_off: true }),
        ...toRequestFields(context.facts),
        ...toRefusalFields(context.refusal),
      });
    });
  };
}

function toLevel({ refusal, route }: RequestContext, status: number): "debug" | "info" | "warn" {
  if (refusal !== undefined) return "warn";
  return PROBED.has(route) && status === 200 ? "debug" : "info";
}

function toRequestFields({ requestId, traceparent, principal }: RequestFacts): Record<string, string> {
  return {
    request_id: requestId,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(principal === undefined ? {} : { principal }),
  };
}

function toRefusalFields(refusal: Refusal | undefined): Record<string, string> {
  if (refusal === undefined) return {};
  const { detail } = refusal.facts;
  return { reason: refusal.reason, ...(detail === undefined ? {} : { detail: toLogText(detail) }) };
}

const MAX_CHARS = 200;

/** Controls, line separators, bidirectional and invisible marks: what could forge a line, or hide a part of one. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** Text from outside as a field of the log: one line, what cannot be seen as `?`, at most 200 characters and `…`. */
export function toLogText(text: string): string {
  // Cut first as well: what follows is never looked at, however long it is.
  const clean = text.slice(0, MAX_CHARS + 1).replace(UNSEEN, "?");
  return clean.length > MAX_CHARS ? `${clean.slice(0, MAX_CHARS)}…` : clean;
}

/** Carries the facts of a request to whatever runs for it, without an argument. */
export interface RequestScope {
  run<T>(facts: RequestFacts, fn: () => T): T;
  /** @returns undefined outside of any request */
  get(): RequestFacts | undefined;
}

export function createRequestScope(): RequestScope {
  const storage = new AsyncLocalStorage<RequestFacts>();
  return { run: (facts, fn) => storage.run(facts, fn), get: () => storage.getStore() };
}

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** Neither id may be all zeros (W3C Trace Context, 3.2.2). */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** @param given `x-request-id`; one that is not in our form is replaced, not mended */
export function toRequestId(given: string | string[] | undefined, makeId: () => string): string {
  return typeof given === "string" && REQUEST_ID.test(given) ? given : makeId();
}

/** @returns undefined when there is none, or none that the standard allows */
export function toTraceparent(given: string | string[] | undefined): string | undefined {
  return typeof given === "string" && TRACEPARENT.test(given) ? given : undefined;
}
