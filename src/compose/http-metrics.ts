import { estimateTokens } from "../lists/tokens.ts";
import type { Era } from "../mcp/http/caller.ts";
import type { CallSeen } from "../mcp/tool-result.ts";
import { createMetrics, type GaugeReaders, type Metrics } from "../metrics/create-metrics.ts";
import { ROUTES } from "../serve/guards.ts";
import { REFUSAL_REASONS } from "../serve/http-refusal.ts";
import type { ExchangeEvent } from "../upstream/send-call.ts";

const TOOLS = ["get_domain_pages", "estimate_domain_pages", "query_domain_pages", "compare_domain_pages"];
const OUTCOMES = [
  ...["ok", "asked", "defect"],
  ...["input", "config", "budget", "rejected", "unavailable", "contract", "cancelled"],
];
const EXCHANGES = [
  ...["2xx", "3xx", "4xx", "5xx"],
  ...["unreachable", "timeout", "cancelled", "too_large", "broken_off", "too_many_waiting", "held_back"],
];

/** What had no cache to come from. */
const NO_CACHE = "none";

export const createHttpMetrics = (gauges: GaugeReaders, onProblem: (name: string, error: unknown) => void): Metrics =>
  createMetrics({
    prefix: "domain_pages_",
    known: {
      tools: TOOLS,
      outcomes: OUTCOMES,
      eras: ["older", "modern"],
      caches: ["bought", "shared", "kept", NO_CACHE],
      charges: ["reported", "unsure"],
      exchanges: EXCHANGES,
      routes: ROUTES,
      refusals: REFUSAL_REASONS,
    },
    gauges,
    onProblem,
    withNodeMetrics: true,
  });

/** Kept answers are given out again and again, as the very same text. */
const MAX_COUNTED = 100;

/** Counts finished tool calls. */
export function createCallCounter(metrics: Metrics): (era: Era, call: CallSeen) => void {
  const counted = new Map<string, number>();
  const countTokens = (answer: string): number => {
    const tokens = counted.get(answer) ?? estimateTokens(answer);
    counted.delete(answer);
    counted.set(answer, tokens);
    if (counted.size > MAX_COUNTED) counted.delete(counted.keys().next().value as string);
    return tokens;
  };
  return (era, { tool, outcome, cache, durationMs, answer }) => {
    const call = { tool, outcome, era, cache: cache ?? NO_CACHE, ms: durationMs };
    metrics.callEnded(answer === "" ? call : { ...call, tokens: countTokens(answer) });
  };
}

/** Statuses by their class: a gateway's own codes would make a series each. */
export function countExchange(metrics: Metrics, { status, durationMs }: ExchangeEvent): void {
  const outcome = typeof status === "number" ? `${Math.floor(status / 100)}xx` : status;
  metrics.exchangeEnded({ outcome, ms: durationMs });
}
