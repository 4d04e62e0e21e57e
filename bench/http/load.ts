import { performance } from "node:perf_hooks";
import type { Dispatcher } from "undici";
import { send, type toRequest } from "./call.ts";

export interface Load {
  perSecond: number;
  /** Of every call, ms. */
  latencies: number[];
}

/** Keeps so many calls under way until the time is over; every one must succeed. */
export async function loadFor(
  to: Dispatcher,
  createRequest: () => ReturnType<typeof toRequest>,
  { atOnce, forMs }: { atOnce: number; forMs: number },
): Promise<Load> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const until = startedAt + forMs;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < until) {
        const sentAt = performance.now();
        const { status, result } = await send(to, createRequest());
        if (status !== 200 || result === undefined || result.isError === true) throw new Error(`HTTP ${status}`);
        latencies.push(performance.now() - sentAt);
      }
    }),
  );
  return { perSecond: (latencies.length * 1000) / (performance.now() - startedAt), latencies };
}

/** @param share 0.5 for the median */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
