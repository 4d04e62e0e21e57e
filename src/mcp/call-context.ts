import type { ServerContext } from "@modelcontextprotocol/server";
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

/**
 * Sends progress notifications while a call runs, if its caller asked for them. There is no total to know, so
 * progress counts the seconds.
 * @returns ends the notifications; safe to call twice
 */
export function reportProgress({ mcpReq }: ServerContext, everyMs: number, doing: string): () => void {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => {};
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    const seconds = (ticks * everyMs) / 1000;
    mcpReq
      .notify({
        method: "notifications/progress",
        params: { progressToken, progress: seconds, message: `${doing}, ${Math.round(seconds)} s` },
      })
      // The caller may be gone; the call itself learns that from its signal.
      .catch(() => clearInterval(timer));
  }, everyMs);
  return () => clearInterval(timer);
}
