import { HangUp } from "../errors.ts";

/**
 * Runs something with a request's signal, in which a caller who cancels is told from one whose connection goes. Hosts
 * restart servers all day and streams break, so only the first is taken for a wish; the other becomes a `HangUp`. The
 * SDK tells the two apart by the reason: text (or none) from a cancellation, an error of its own from a connection that
 * has gone. What comes after the end is not heard: over HTTP every connection goes when its answer has been sent.
 */
export async function withCallerSignal<T>(signal: AbortSignal, use: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const pass = () => {
    const { reason } = signal;
    const isCancelled = !(reason instanceof Error) || reason.name === "AbortError";
    controller.abort(isCancelled ? reason : new HangUp({ cause: reason }));
  };
  if (signal.aborted) pass();
  else signal.addEventListener("abort", pass, { once: true });
  try {
    return await use(controller.signal);
  } finally {
    signal.removeEventListener("abort", pass);
  }
}
