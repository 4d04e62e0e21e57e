/**
 * A request's signal, heeded when the client cancels and not when its connection goes: hosts restart servers all day,
 * and a purchase that has been sent is most likely billed, so it is brought home and kept while the process lives.
 * The SDK tells the two apart by the reason: text (or none) from a cancellation, an error of its own from a closed
 * connection.
 */
export function untilCancelled(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const heed = () => {
    if (!(signal.reason instanceof Error) || signal.reason.name === "AbortError") controller.abort(signal.reason);
  };
  if (signal.aborted) heed();
  else signal.addEventListener("abort", heed, { once: true });
  return controller.signal;
}
