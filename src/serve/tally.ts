import type { Log } from "../log.ts";

const INTERVAL_MS = 1000;

/**
 * Counts refused connections under an event of the log: at most one line a second for each reason, with the number
 * since the last one. Ten thousand connections must not become ten thousand lines.
 */
export function createTally(log: Log, event: string, now: () => number): (reason: string) => void {
  const since = new Map<string, { count: number; loggedAt: number }>();
  return (reason) => {
    const seen = since.get(reason) ?? { count: 0, loggedAt: Number.NEGATIVE_INFINITY };
    seen.count += 1;
    if (now() - seen.loggedAt >= INTERVAL_MS) {
      log.warn(event, { reason, count: seen.count });
      seen.count = 0;
      seen.loggedAt = now();
    }
    since.set(reason, seen);
  };
}
