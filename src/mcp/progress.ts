import type { ServerContext } from "@modelcontextprotocol/server";

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
