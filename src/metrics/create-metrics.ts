import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import { createBound, toStatusLabel } from "./bounded-labels.ts";
import { type GaugeReaders, registerGauges } from "./gauges.ts";

/** The closed sets that label values come from; what is in none of them is counted as `other`. */
interface KnownLabels {
  tools: readonly string[];
  /** How a tool call ended: `ok`, or what went wrong. */
  outcomes: readonly string[];
  /** Of the protocol. */
  eras: readonly string[];
  /** What the store had: `hit`, `miss`, … */
  caches: readonly string[];
  /** How a charge is known: reported by the gateway, assumed, … */
  charges: readonly string[];
  /** How an exchange with the upstream ended. */
  exchanges: readonly string[];
  routes: readonly string[];
  refusals: readonly string[];
}

interface CallFacts {
  tool: string;
  outcome: string;
  era: string;
  cache: string;
  ms: number;
  /** Estimated tokens of the answer; left out where there was none. */
  tokens?: number;
}

/** What happened, told once it has. Nothing here throws: a number that cannot be is not counted. */
export interface Metrics {
  callEnded(facts: CallFacts): void;
  charged(facts: { usd: number; how: string }): void;
  exchangeEnded(facts: { outcome: string; ms: number }): void;
  requestEnded(facts: { route: string; status: number }): void;
  refused(reason: string): void;
  /** All of it as Prometheus reads it (text format 0.0.4). */
  render(): Promise<{ contentType: string; text: string }>;
}

export interface CreateMetricsDeps {
  /** Ends in `_`. */
  prefix: string;
  known: KnownLabels;
  gauges: GaugeReaders;
  /** A gauge that could not be read, by its name. */
  onProblem: (name: string, error: unknown) => void;
  /** Memory, event loop and garbage collection of the process under their usual names. */
  withNodeMetrics?: boolean;
}

/** A snapshot hit takes milliseconds; a purchase may take the upstream's 120 s. */
const CALL_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const EXCHANGE_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120];

/** Around the default bound of 1,500 tokens. */
const TOKEN_BUCKETS = [100, 250, 500, 1000, 1500, 2000, 4000, 8000, 16_000];

/** Counters, histograms and gauges in a registry of their own. */
export function createMetrics({ prefix, known, gauges, onProblem, withNodeMetrics }: CreateMetricsDeps): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (withNodeMetrics === true) collectDefaultMetrics({ register: registry });
  registerGauges({ registry, prefix, read: gauges, onProblem });

  const calls = new Counter({
    name: `${prefix}tool_calls_total`,
    help: "Tool calls that ended, by how they ended, the protocol's era and what the store had.",
    labelNames: ["tool", "outcome", "era", "cache"],
    registers,
  });
  const callSeconds = new Histogram({
    name: `${prefix}tool_call_duration_seconds`,
    help: "How long tool calls took.",
    labelNames: ["tool", "outcome"],
    buckets: CALL_BUCKETS_S,
    registers,
  });
  const answerTokens = new Histogram({
    name: `${prefix}answer_tokens`,
    help: "Estimated tokens of answers.",
    labelNames: ["tool"],
    buckets: TOKEN_BUCKETS,
    registers,
  });
  const charges = new Counter({
    name: `${prefix}charged_usd_total`,
    help: "US dollars charged by the upstream, by how that is known.",
    labelNames: ["how"],
    registers,
  });
  const exchangeSeconds = new Histogram({
    name: `${prefix}upstream_exchange_duration_seconds`,
    help: "How long single exchanges with the upstream took, retries counted apart.",
    labelNames: ["outcome"],
    buckets: EXCHANGE_BUCKETS_S,
    registers,
  });
  const requests = new Counter({
    name: `${prefix}http_requests_total`,
    help: "HTTP requests that ended, by route and status; 499 where the client had left.",
    labelNames: ["route", "status"],
    registers,
  });
  const refusals = new Counter({
    name: `${prefix}http_refusals_total`,
    help: "HTTP requests and connections that were refused, by reason.",
    labelNames: ["reason"],
    registers,
  });

  const toTool = createBound(known.tools);
  const toOutcome = createBound(known.outcomes);
  const toEra = createBound(known.eras);
  const toCache = createBound(known.caches);
  const toHow = createBound(known.charges);
  const toExchange = createBound(known.exchanges);
  const toRoute = createBound(known.routes);
  const toReason = createBound(known.refusals);

  return {
    callEnded(facts) {
      const tool = toTool(facts.tool);
      const outcome = toOutcome(facts.outcome);
      calls.inc({ tool, outcome, era: toEra(facts.era), cache: toCache(facts.cache) });
      if (isAmount(facts.ms)) callSeconds.observe({ tool, outcome }, facts.ms / 1000);
      if (isAmount(facts.tokens)) answerTokens.observe({ tool }, facts.tokens);
    },
    charged({ usd, how }) {
      if (isAmount(usd)) charges.inc({ how: toHow(how) }, usd);
    },
    exchangeEnded({ outcome, ms }) {
      if (isAmount(ms)) exchangeSeconds.observe({ outcome: toExchange(outcome) }, ms / 1000);
    },
    requestEnded({ route, status }) {
      requests.inc({ route: toRoute(route), status: toStatusLabel(status) });
    },
    refused(reason) {
      refusals.inc({ reason: toReason(reason) });
    },
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

/** Finite and not negative: a counter cannot go back, and the library throws where it should. */
function isAmount(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0;
}
