import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

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

/** Read when somebody looks; undefined or a failure leaves the gauge out of that answer. */
export interface GaugeReaders {
  /** USD that may still be spent today, by all. */
  budgetLeftUsd: () => Promise<number | undefined>;
  /** USD that may still be spent today, by principal; those past the bound are left out. */
  principalBudgetsLeftUsd: () => Promise<ReadonlyMap<string, number>>;
  openConnections: () => number;
  liveSessions: () => number;
  isCircuitOpen: () => boolean;
  isStoreReady: () => Promise<boolean>;
}

/** A series each; an operator who has more people than that reads the ledger. */
const MAX_PRINCIPALS = 100;

interface GaugeDeps {
  registry: Registry;
  prefix: string;
  read: GaugeReaders;
  /** A gauge that could not be read. */
  onProblem: (name: string, error: unknown) => void;
}

/** Registers the gauges; they hold nothing between two looks. */
export function registerGauges({ registry, prefix, read, onProblem }: GaugeDeps): void {
  const add = (name: string, help: string, readValue: () => Promise<number | undefined> | number) => {
    new Gauge({
      name: `${prefix}${name}`,
      help,
      registers: [registry],
      async collect() {
        this.reset();
        // A gauge without labels shows 0 after a reset, and 0 would be an answer.
        this.remove();
        const value = await attempt(name, readValue);
        if (value !== undefined) this.set(value);
      },
    });
  };
  const attempt = async <T>(name: string, readValue: () => Promise<T> | T): Promise<T | undefined> => {
    try {
      return await readValue();
    } catch (error) {
      onProblem(`${prefix}${name}`, error);
      return undefined;
    }
  };

  add("budget_left_usd", "US dollars that may still be spent today (UTC), by all.", read.budgetLeftUsd);
  add("open_connections", "Connections that are open, for any purpose.", read.openConnections);
  add("live_sessions", "Sessions of older clients that are open on this replica.", read.liveSessions);
  add("circuit_open", "1 while the upstream is not called because it failed too often.", () =>
    Number(read.isCircuitOpen()),
  );
  add("store_ready", "1 while snapshots can be kept and read.", async () => Number(await read.isStoreReady()));
  new Gauge({
    name: `${prefix}principal_budget_left_usd`,
    help: `US dollars that a principal may still spend today (UTC); the first ${MAX_PRINCIPALS} that have a budget.`,
    labelNames: ["principal"],
    registers: [registry],
    async collect() {
      this.reset();
      const left = await attempt("principal_budget_left_usd", read.principalBudgetsLeftUsd);
      for (const [principal, usd] of [...(left ?? [])].slice(0, MAX_PRINCIPALS)) this.set({ principal }, usd);
    },
  });
}

/** The value of a label outside its closed set: time series must not grow with what clients send. */
const OTHER = "other";

/** The value itself where it is one of those known, `other` else. */
export function createBound(known: readonly string[]): (value: string) => string {
  const values = new Set(known);
  return (value) => (values.has(value) ? value : OTHER);
}

/** HTTP status codes as they are, `other` for what is none. */
export function toStatusLabel(status: number): string {
  return Number.isInteger(status) && status >= 100 && status <= 599 ? String(status) : OTHER;
}
