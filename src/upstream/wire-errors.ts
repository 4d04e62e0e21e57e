import { AppError, type AppErrorFacts } from "../errors.ts";
import { NoConnection, type Step } from "./path/connect.ts";
import { pickRequestId, settleCharge } from "./reply-headers.ts";
import type { FailureClass } from "./retry-policy.ts";
import type { WireFailure } from "./wire.ts";

/**
 * Codes of a connection that never came about, where a moment later it may. Left out on purpose: certificates and TLS
 * versions, a proxy that refuses, whoever takes a connection and keeps silent, a header that cannot be written: these stay
 * as they are until somebody changes them.
 */
const PASSING_CODES: Readonly<Partial<Record<Step, ReadonlySet<string>>>> = {
  // The name server did not answer; or a name is unknown, which a machine without network says too on some platforms.
  name: new Set(["EAI_AGAIN", "ENOTFOUND"]),
  connect: new Set([
    // A restart, or the moment between two of them.
    "ECONNREFUSED",
    "ECONNRESET",
    // A network that changes: a laptop that wakes up, a tunnel that comes up.
    "ENETUNREACH",
    "EHOSTUNREACH",
    "ETIMEDOUT",
    "timeout",
    // Local ports are used up; they come free by themselves.
    "EADDRNOTAVAIL",
  ]),
  // A restart behind a balancer that goes on taking connections.
  tls: new Set(["ECONNRESET"]),
};

/** How a missing reply counts when it comes to sending again. */
export function classifyWireFailure({ reason, wasSent, cause }: WireFailure): FailureClass {
  if (wasSent) return "final";
  if (reason === "held_back") return "held_back";
  const passes = cause instanceof NoConnection && PASSING_CODES[cause.at]?.has(cause.code) === true;
  return reason === "unreachable" && passes ? "not_reached" : "final";
}

/** A missing reply in the user's terms: what happened, whether it may have been billed, what to do. */
export function toAppError(failure: WireFailure, timeoutMs: number): AppError {
  const { reason, wasSent, cause, retryAfterMs } = failure;
  const facts = {
    ...whatIsKnown(failure),
    cause,
    detail: cause instanceof Error ? `${reason}: ${cause.message}` : reason,
  };
  switch (reason) {
    case "cancelled":
      return new AppError("cancelled", "The call was cancelled.", facts);
    case "timeout":
      return new AppError("unavailable", `The gateway did not answer within ${Math.round(timeoutMs / 1000)} s.`, {
        ...facts,
        advice: wasSent
          ? "Check the account's usage before sending it again; a smaller limit or filters make it faster."
          : "Check the network and the proxy settings.",
      });
    case "unreachable":
      return new AppError("unavailable", wordUnreached(cause), {
        ...facts,
        advice: "Check the network, the proxy settings and AISA_BASE_URL (`domain-pages-mcp doctor` tests them).",
      });
    case "too_large":
      return new AppError("contract", "The answer was larger than the server takes in.", {
        ...facts,
        advice: "Ask for fewer pages or a smaller internal_list_limit.",
      });
    case "broken_off":
      return new AppError("unavailable", "The connection to the gateway broke off before the answer was complete.", {
        ...facts,
        advice: "Check the account's usage before sending it again.",
      });
    case "too_many_waiting":
      return new AppError("unavailable", "Too many calls are waiting for their turn in this server.", {
        ...facts,
        advice:
          "Try again when some are done; DOMAIN_PAGES_CALLS_PER_MINUTE and DOMAIN_PAGES_CALLS_AT_ONCE set the pace.",
      });
    case "held_back":
      return new AppError("unavailable", "The gateway failed several times in a row, so calls are held back for now.", {
        ...facts,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
        advice: "If it lasts, `domain-pages-mcp doctor` tests the connection for free.",
      });
  }
}

/** A reply that began may have said what the call cost, and under which id; without one nobody knows. */
function whatIsKnown({ wasSent, begun }: WireFailure): AppErrorFacts {
  const headers = begun?.headers ?? {};
  const requestId = pickRequestId([headers["x-request-id"]]);
  const facts = { charge: wasSent ? "unknown" : "not_charged", ...(requestId !== undefined && { requestId }) } as const;
  const settled = settleCharge(facts, headers);
  const { status = 0, body = "" } = begun ?? {};
  // What a gateway says of its failure is no data, unless it was paid for.
  const isPaid = settled.charge === "charged" || (settled.charge === "unknown" && status >= 200 && status < 300);
  return { ...settled, ...(isPaid && body !== "" && { unread: body }) };
}

/** Where the way to the gateway ended. */
function wordUnreached(cause: unknown): string {
  if (!(cause instanceof NoConnection)) return "The gateway could not be reached.";
  const { at, peer } = cause;
  if (at === "tunnel") return "The proxy did not open the way to the gateway.";
  if (at === "proxy_tls") return "No encrypted connection to the proxy came about.";
  if (at === "tls") return "No encrypted connection to the gateway came about.";
  return `The ${peer} could not be reached.`;
}
