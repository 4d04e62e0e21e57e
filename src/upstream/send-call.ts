import { AppError, type AppErrorFacts } from "../errors.ts";
import type { Asked, PurchaseTerms } from "../lists/fetch-list.ts";
import { toPath, toRequestBody } from "../lists/request.ts";
import type { FailedOutcome } from "./envelope.ts";
import { NoConnection, type Step } from "./path/connect.ts";
import { pickRequestId, settleCharge } from "./reply-headers.ts";
import { decideRetry, type FailureClass, type RetryDecision } from "./retry-policy.ts";
import { type Wire, WireFailure, type WireFailureReason, type WireReply } from "./wire.ts";

export type BodyForm = "object" | "array";

export interface SendDeps {
  wire: Wire;
  /** The base URL's path, without a trailing slash: `/apis/v1`. */
  basePath: string;
  apiKey: string;
  timeoutMs: number;
  send: HeaderSwitches;
  retry: {
    /** Waits end by then, counted from the first exchange, ms; 0 never tries again. */
    withinMs: number;
    /** 0 to 1. */
    random: () => number;
    /** Rejects when the signal is aborted. */
    wait: (ms: number, signal: AbortSignal) => Promise<void>;
  };
  /** Told once per exchange, for the log; never holds the key. */
  onExchange?: (event: ExchangeEvent) => void;
  now: () => number;
  /** Measures durations, ms: a clock that nobody sets. @default performance.now */
  ticks?: () => number;
}

export interface ExchangeEvent {
  target: string;
  /** What was asked for: the list, or its price. */
  mode: "pages" | "quote";
  form: BodyForm;
  /** Counts the exchanges of one call from 1, in whatever form. */
  attempt: number;
  /** HTTP status, or why there was none. */
  status: number | WireFailureReason;
  durationMs: number;
  bytes: number;
}

export interface Call extends Asked {
  terms: PurchaseTerms;
  mode: ExchangeEvent["mode"];
  signal: AbortSignal;
}

/** Opens a reply. `at`: when it came, ms since 1970. */
export type ReadReply<T> = (reply: WireReply, at: number) => T | FailedOutcome;

/** Sends the call in one form of the body until it succeeds or is not to be sent again. */
export type SendInForm<T> = (form: BodyForm) => Promise<T | FailedOutcome>;

/**
 * Begins one call, which may take several exchanges.
 *
 * The idempotency key keeps an exchange from being billed twice, and the gateway refuses a key that it has let in (409).
 * So the key is `terms.id` for the first bytes, and stays while the very same bytes are sent again after the gateway
 * never got them or turned them away at its door. It becomes `${terms.id}.2`, `.3`, … after an unbilled refusal by the
 * data provider, which the gateway had let through to it, and when the body's form changes.
 */
export function beginCall<T extends { ok: true }>(call: Call, read: ReadReply<T>, deps: SendDeps): SendInForm<T> {
  const { withinMs, random, wait } = deps.retry;
  const ticks = deps.ticks ?? monotonic;
  const startedAt = ticks();
  let exchanges = 0;
  let keyNumber = 1;

  const decide = ({ error, failureClass }: FailedOutcome, attempt: number, elapsedMs: number): RetryDecision => {
    const { charge, retryAfterMs } = error.facts;
    const decision = decideRetry(
      { class: failureClass, charge, retryAfterMs },
      { attempt, elapsedMs, withinMs, random },
    );
    // A price that the data provider is too busy to tell is not worth another call to it.
    return call.mode === "quote" && decision.again && decision.key === "next" ? { again: false } : decision;
  };

  const pause = (ms: number) =>
    wait(ms, call.signal).catch((error: unknown) => {
      throw call.signal.aborted ? cancelledBetween(error) : error;
    });

  return async (form) => {
    if (exchanges > 0) keyNumber++;
    for (let attempt = 1; ; attempt++) {
      const outcome = await exchangeOnce(call, { form, attempt: ++exchanges, keyNumber }, read, deps);
      if (outcome.ok) return outcome;
      const elapsedMs = ticks() - startedAt;
      const decision = decide(outcome, attempt, elapsedMs);
      if (!decision.again) return { ...outcome, error: tellTries(outcome.error, attempt, elapsedMs) };
      await pause(decision.afterMs);
      if (decision.key === "next") keyNumber++;
    }
  };
}

const monotonic = (): number => performance.now();

interface ExchangeFacts {
  form: BodyForm;
  attempt: number;
  keyNumber: number;
}

async function exchangeOnce<T>(
  { endpoint, request, terms, mode, signal }: Call,
  { form, attempt, keyNumber }: ExchangeFacts,
  read: ReadReply<T>,
  { wire, basePath, apiKey, timeoutMs, send, onExchange, now, ticks = monotonic }: SendDeps,
): Promise<T | FailedOutcome> {
  const body = toRequestBody(request);
  const startedAt = ticks();
  const report = (status: ExchangeEvent["status"], bytes: number) =>
    onExchange?.({
      target: request.target,
      mode,
      form,
      attempt,
      status,
      durationMs: Math.round(ticks() - startedAt),
      bytes,
    });
  let reply: WireReply;
  try {
    reply = await wire({
      method: "POST",
      path: `${basePath}${toPath(endpoint)}`,
      headers: toHeaders({ apiKey, terms, keyNumber, asksForQuote: mode === "quote" }, send),
      body: JSON.stringify(form === "array" ? [body] : body),
      signal,
      ...(terms.mayGo !== undefined && { mayGo: terms.mayGo }),
      ...(terms.makeRoom !== undefined && { makeRoom: terms.makeRoom }),
    });
  } catch (error) {
    if (!(error instanceof WireFailure)) throw error;
    report(error.reason, Buffer.byteLength(error.begun?.body ?? ""));
    const part = readPart(error, (begun) => read(begun, now()));
    if (part !== undefined) return part;
    return {
      ok: false,
      error: toAppError(error, timeoutMs),
      mayBeForm: false,
      failureClass: classifyWireFailure(error),
    };
  }
  report(reply.status, Buffer.byteLength(reply.body));
  return read(reply, now());
}

/**
 * What a reply that did not come to its end is good for: it may have been paid for, so the pages that are whole are an
 * answer, which says that it is a part. Whoever cancelled wants none.
 */
function readPart<T>({ reason, begun }: WireFailure, read: (begun: WireReply) => T | FailedOutcome): T | undefined {
  if (begun === undefined || begun.body === "" || (reason !== "broken_off" && reason !== "timeout")) return undefined;
  const outcome = read(begun);
  return isFailed(outcome) ? undefined : outcome;
}

const isFailed = (outcome: unknown): outcome is FailedOutcome => (outcome as { ok: boolean }).ok === false;

/** Whatever was sent before a wait was unbilled, or there would be no wait. */
function cancelledBetween(cause: unknown): AppError {
  return new AppError("cancelled", "The call was cancelled.", { charge: "not_charged", cause });
}

function tellTries(error: AppError, tries: number, elapsedMs: number): AppError {
  if (tries === 1 || error.kind === "cancelled") return error;
  const seconds = Math.max(1, Math.round(elapsedMs / 1000));
  const message = `${error.message.replace(/\.$/, "")} (tried ${tries} times within ${seconds} s).`;
  return new AppError(error.kind, message, error.facts);
}

/** Which headers about money go along; each can be switched off, should a gateway refuse it. */
export interface HeaderSwitches {
  priceCap: boolean;
  idempotencyKey: boolean;
}

export interface HeaderFacts {
  apiKey: string;
  terms: PurchaseTerms;
  /** Counts the idempotency keys of one purchase from 1. */
  keyNumber: number;
  /** Asks what the call would cost instead of having it carried out. */
  asksForQuote: boolean;
}

/** The headers of one paid call. Names are lower case. */
export function toHeaders(
  { apiKey, terms, keyNumber, asksForQuote }: HeaderFacts,
  switches: HeaderSwitches,
): Record<string, string> {
  const { id, maxPriceUsd } = terms;
  return {
    authorization: `Bearer ${apiKey}`,
    "content-type": "application/json",
    accept: "application/json",
    ...(switches.priceCap && maxPriceUsd !== undefined && { "x-aisa-max-price-usd": toCapText(maxPriceUsd) }),
    ...(switches.idempotencyKey && { "idempotency-key": keyNumber === 1 ? id : `${id}.${keyNumber}` }),
    ...(asksForQuote && { "x-aisa-cost-mode": "quote" }),
  };
}

/** Above any cap that makes sense, and below where numbers are written with an exponent. */
const MAX_CAP_USD = 1_000_000_000;

/**
 * A price cap as the gateway takes it.
 * @param usd anything that is not above 0 allows nothing
 * @returns plain decimal with at most six places, never more than `usd`
 */
export function toCapText(usd: number): string {
  if (!(usd > 0)) return "0";
  const capped = Math.min(usd, MAX_CAP_USD);
  // Rounded first: 0.29 times a million is a little less than 290,000, and its floor would take a micro-dollar off.
  const nearest = Math.round(capped * 1_000_000);
  const micros = nearest / 1_000_000 > capped ? nearest - 1 : nearest;
  return (micros / 1_000_000).toFixed(6).replace(/\.?0+$/, "");
}

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
