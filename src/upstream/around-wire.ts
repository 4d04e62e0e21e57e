import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleType } from "cockatiel";
import PQueue from "p-queue";
import { createHider } from "../secrets.ts";
import { type Wire, WireFailure, type WireFailureReason, type WireReply } from "./wire.ts";

export interface Limits {
  /** The most exchanges begun in any 60 s, at least 1. */
  perMinute: number;
  /** The most exchanges under way, at least 1. */
  atOnce: number;
  /** The most calls that wait for their turn, at least 1; one more fails. */
  maxWaiting: number;
}

const MINUTE_MS = 60_000;

/**
 * Keeps to the pace that the gateway allows, so that a burst waits here instead of being refused there. Calls go out in
 * the order they came; one whose signal is aborted leaves the queue. Put a circuit breaker inside, not around it: what
 * waits is then held back as well when the circuit opens.
 */
export function createLimitedWire(wire: Wire, { perMinute, atOnce, maxWaiting }: Limits): Wire {
  // A window that slides: a fixed one lets twice as many out around its edge, which is what a gateway counts.
  const queue = new PQueue({ concurrency: atOnce, intervalCap: perMinute, interval: MINUTE_MS, strict: true });

  return async (request) => {
    const { signal } = request;
    if (signal.aborted) throw new WireFailure("cancelled", false);
    if (queue.size >= maxWaiting) throw new WireFailure("too_many_waiting", false);
    // The queue would also give up on exchanges under way, before they could tell whether they had been sent.
    const waiting = new AbortController();
    const leave = () => waiting.abort(new WireFailure("cancelled", false));
    signal.addEventListener("abort", leave, { once: true });
    const send = () => {
      signal.removeEventListener("abort", leave);
      return wire(request);
    };
    return queue.add(send, { signal: waiting.signal });
  };
}

export interface BreakerOptions {
  /** Failures in a row that open the circuit. Left out: five. */
  failures?: number;
  /** How long it stays open before one call may try, ms. Left out: 30 s. */
  openMs?: number;
  now: () => number;
}

/** More than the retries of one call, so that a single call cannot open the circuit. */
const FAILURES = 5;

/** The longest wait between two attempts that the gateway documents. */
const OPEN_MS = 30_000;

/** Reasons that say nothing about how the upstream is doing. */
const OURS: ReadonlySet<WireFailureReason> = new Set(["cancelled", "too_large", "too_many_waiting", "held_back"]);

export interface BreakerWire {
  exchange: Wire;
  /** Whether calls are held back now, but for the one that tries. */
  isOpen(): boolean;
}

/**
 * Leaves an upstream alone that fails time and again: no whole reply, or HTTP 5xx. While the circuit is open calls fail
 * at once as `held_back`; then one call tries, and the others stay held back until it is over.
 */
export function createBreakerWire(
  wire: Wire,
  { failures = FAILURES, openMs = OPEN_MS, now }: BreakerOptions,
): BreakerWire {
  let openedAt = 0;
  const policy = circuitBreaker(handleType(Counted), {
    breaker: new ConsecutiveBreaker(failures),
    halfOpenAfter: createPause(openMs),
  });
  policy.onBreak(() => {
    openedAt = now();
  });

  const guarded: Wire = async (request) => {
    // The library lets calls wait for the one that tries, deaf to their signals, and then lets them all out at once.
    if (policy.state === CircuitState.HalfOpen) throw new WireFailure("held_back", false);
    const exchange = async (): Promise<Came> => {
      const isTrial = policy.state !== CircuitState.Closed;
      const came = await wire(request).then(
        (reply): Came => ({ reply }),
        (error: unknown): Came => ({ error }),
      );
      // A call from before the circuit opened has no say in whether the one that tries succeeds.
      const counts = isTrial ? !provesLife(came) : policy.state === CircuitState.Closed && saysDown(came);
      if (counts) throw new Counted(came);
      // What is thrown neither counts nor ends a row of failures; a trial's result has to do one of the two.
      return isTrial ? came : { reply: open(came) };
    };
    try {
      return open(await policy.execute(exchange));
    } catch (error) {
      if (error instanceof Counted) return open(error.came);
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new WireFailure("held_back", false, error, Math.max(0, openedAt + openMs - now()));
    }
  };
  return { exchange: guarded, isOpen: () => policy.state === CircuitState.Open };
}

/** What an exchange came to. */
type Came = { reply: WireReply } | { error: unknown };

/** Tells the library that this one counts against the upstream; never leaves this file. */
class Counted extends Error {
  readonly came: Came;

  constructor(came: Came) {
    super();
    this.came = came;
  }
}

function open(came: Came): WireReply {
  if ("error" in came) throw came.error;
  return came.reply;
}

function saysDown(came: Came): boolean {
  if ("reply" in came) return came.reply.status >= 500;
  return came.error instanceof WireFailure && !OURS.has(came.error.reason);
}

function provesLife(came: Came): boolean {
  if ("reply" in came) return came.reply.status < 500;
  return came.error instanceof WireFailure && came.error.reason === "too_large";
}

interface Pause {
  duration: number;
  next: (context: { result: object }) => Pause;
}

/** After a trial that was given up midway, which shows nothing, the next call may try at once. */
function createPause(openMs: number): Pick<Pause, "next"> {
  const next: Pause["next"] = ({ result }) => {
    const wasGivenUp = "error" in result && result.error instanceof Counted && !saysDown(result.error.came);
    return { duration: wasGivenUp ? 0 : openMs, next };
  };
  return { next };
}

/**
 * Sends the trace context of whoever asks along, so that a call can be followed beyond us.
 * @param traceparent of the call being made, as W3C Trace Context writes it; undefined where there is none
 */
export function createTracedWire(wire: Wire, traceparent: () => string | undefined): Wire {
  return (request) => {
    const context = traceparent();
    return wire(
      context === undefined ? request : { ...request, headers: { ...request.headers, traceparent: context } },
    );
  };
}

/** A reply that short holds an error, whatever its status says. */
const SHORT_CHARS = 4096;

/** To look for pieces takes about a millisecond for a thousand characters; no error is longer. */
const MAX_ERROR_CHARS = 65_536;

/**
 * Takes out of replies what the other side echoes of our secrets, before anything is cut, kept or told: of data where it
 * stands whole, of errors and headers in pieces too. An id or a word that held some of it is then none.
 * @param key the one that goes along; data are not searched for the other secrets, which may be ordinary words
 */
export function createDiscreetWire(wire: Wire, key: string, secrets: readonly string[]): Wire {
  const data = createHider([key]);
  const words = createHider(secrets);
  const hideIn = (headers: WireReply["headers"]) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, words.pieces(value)]));
  const hide = ({ status, headers, body }: WireReply): WireReply => {
    const isError = status < 200 || status >= 300 || body.length <= SHORT_CHARS;
    const shown = isError && body.length <= MAX_ERROR_CHARS ? words.pieces(body) : data.whole(body);
    return { status, headers: hideIn(headers), body: shown };
  };
  /** What broke off may have done so amid a secret. */
  const hideCut = (begun: WireReply): WireReply => {
    const { body, ...rest } = hide(begun);
    return { ...rest, body: body.slice(0, -SHORT_CHARS) + words.pieces(body.slice(-SHORT_CHARS)) };
  };
  return async (request) => {
    try {
      return hide(await wire(request));
    } catch (error) {
      if (!(error instanceof WireFailure) || error.begun === undefined) throw error;
      const { reason, wasSent, cause, retryAfterMs, begun } = error;
      throw new WireFailure(reason, wasSent, cause, retryAfterMs, hideCut(begun));
    }
  };
}
