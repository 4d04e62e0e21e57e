import type { Log } from "../log.ts";
import { toLogText } from "./log-text.ts";
import type { Refusal } from "./refusal.ts";
import type { RequestFacts } from "./request-scope.ts";
import type { Visit } from "./visit.ts";

/** What is counted of requests. */
export interface RequestCounts {
  requestEnded(facts: { route: string; status: number }): void;
  refused(reason: string): void;
}

interface AccessLogDeps {
  log: Log;
  counts: RequestCounts;
  now: () => number;
}

/** Nobody was there to take the answer; what logs commonly call it. */
const CLIENT_LEFT = 499;

/** Asked every few seconds by machines. */
const PROBED = new Set(["/healthz", "/readyz", "/metrics"]);

/**
 * One event `http.request` when a request is over, whichever way: at info; at warn with its reason when it was refused;
 * at debug when a probe got its answer. The path is never in it, only the route.
 */
export function createAccessLog({ log, counts, now }: AccessLogDeps): (visit: Visit) => void {
  return (visit) => {
    const { req, res, route } = visit;
    const { socket } = req;
    const startedMs = now();
    const bytesBefore = socket.bytesWritten;
    res.once("close", () => {
      const status = res.headersSent ? res.statusCode : CLIENT_LEFT;
      counts.requestEnded({ route, status });
      if (visit.refusal !== undefined) counts.refused(visit.refusal.reason);
      log[toLevel(visit, status)]("http.request", {
        method: req.method,
        route,
        status,
        ms: Math.round(now() - startedMs),
        bytes: socket.bytesWritten - bytesBefore,
        ...(res.writableFinished ? {} : { is_cut_off: true }),
        ...toRequestFields(visit.facts),
        ...toRefusalFields(visit.refusal),
      });
    });
  };
}

function toLevel({ refusal, route }: Visit, status: number): "debug" | "info" | "warn" {
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
