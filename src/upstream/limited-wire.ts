import PQueue from "p-queue";
import { type Wire, WireFailure } from "./wire.ts";

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
