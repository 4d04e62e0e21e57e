import { randomBytes, randomUUID } from "node:crypto";
import type { Principal } from "../access/principal.ts";
import type { HttpConfig } from "../config/http-settings.ts";
import { LOOPBACK_HOST } from "../config/values.ts";
import { AppError } from "../errors.ts";
import { estimateTokens } from "../lists/tokens.ts";
import type { Log } from "../log.ts";
import { createPersonAsker } from "../mcp/ask-person.ts";
import type { Caller, CreateServerFor, Era } from "../mcp/http/caller.ts";
import { createMcpEndpoint, createServeMcp, principalOf } from "../mcp/http/mcp-endpoint.ts";
import type { SessionMail, SessionRecords } from "../mcp/http/session-records.ts";
import { createServer } from "../mcp/server.ts";
import { type CallSeen, createRenderAnswer } from "../mcp/tool-result.ts";
import { createMetrics, type GaugeReaders, type Metrics } from "../metrics/create-metrics.ts";
import type { RequestScope } from "../serve/access-log.ts";
import { ROUTES } from "../serve/guards.ts";
import { REFUSAL_REASONS } from "../serve/http-refusal.ts";
import type { RateLimit } from "../serve/rate-limit.ts";
import { serveHttp } from "../serve/serve-http.ts";
import { TOOLS } from "../tools.ts";
import type { ExchangeEvent } from "../upstream/send-call.ts";
import { PRODUCT } from "../version.ts";
import { openAccess } from "./open-access.ts";
import { createOrganisation, type Organisation } from "./organisation.ts";
import type { Stores } from "./stores.ts";
import type { App } from "./use-cases.ts";

export interface HttpServiceDeps {
  config: HttpConfig;
  /** What was set but counts as unset, as the settings' loader tells it. */
  ignored: readonly string[];
  log: Log;
  now: () => number;
  /** The one that the log takes its request's facts from. */
  scope: RequestScope;
}

export interface HttpService {
  /** Of the endpoint. */
  url: string;
  source: Organisation["source"];
  /** Whether callers have to show a token; where not, the first token that is made changes that. */
  isGuarded: boolean;
  /** Takes no more calls, brings home what is under way, then closes everything; at most this long, ms. */
  stop(withinMs: number): Promise<void>;
}

/** Often enough to keep a client from giving up, rarely enough to cost nothing. */
const PROGRESS_EVERY_MS = 5000;

/** The part of the time for a stop that is kept for purchases whose callers have gone. */
const LAST_PART = 0.2;

/** The service for many, on one port. @throws {AppError} `config` for settings that do not go together */
export async function startHttpService({ config, ignored, log, now, scope }: HttpServiceDeps): Promise<HttpService> {
  const access = await openAccess(config, { log, now, ignored });
  const isGuarded = access.isOpen === undefined;
  const names = toServedNames(config, isGuarded);

  // The gauges are read long after everything is there.
  const gauges: Parameters<typeof createHttpMetrics>[0] = {
    budgetLeftUsd: async () => (await organisation.leftUsd()) ?? undefined,
    principalBudgetsLeftUsd: () => recent.budgetsLeft((principal) => organisation.leftUsd(principal)),
    openConnections: () => server.openConnections(),
    liveSessions: () => endpoint.liveSessions(),
    isCircuitOpen: () => organisation.health().circuit === "open",
    isStoreReady: async () => organisation.health().store === "ok",
  };
  const metrics: Metrics = createHttpMetrics(gauges, (name, error) =>
    log.warn("metrics.unread", { name, message: String(error) }),
  );
  const organisation = createOrganisation({
    config,
    log,
    now,
    watch: { exchange: (event) => countExchange(metrics, event), charged: metrics.charged },
    traceparent: () => scope.get()?.traceparent,
    principalBudgetUsd: config.principalBudgetUsd,
  });
  const recent = createRecentPrincipals();
  const countCall = createCallCounter(metrics);
  const shared = await openShared(await organisation.stores(), now);
  const asker = createPersonAsker(() => shared.secret("asker", () => randomBytes(32)));
  const renderAnswer = createRenderAnswer();

  const appOf = (caller: Caller): App => {
    const principal = principalOf(caller);
    // Nobody is all-powerful for want of a name.
    if (isGuarded && principal === undefined) throw new Error("a call came in without its principal");
    return organisation.appFor(principal);
  };
  const createServerFor: CreateServerFor = ({ caller, era, method }) =>
    createServer(
      {
        product: PRODUCT,
        ...appOf(caller),
        renderAnswer,
        asker,
        answerForm: config.answerForm,
        progressEveryMs: PROGRESS_EVERY_MS,
        readViewPage: async () => (await import("../view/view-page.ts")).readViewPage(),
        log,
        seeCall: (call) => countCall(era, call),
      },
      method,
    );
  const endpoint = createMcpEndpoint({
    createServerFor,
    sessions: shared.sessions,
    mail: shared.mail,
    sessionTtlMs: config.sessionMinutes * MINUTE_MS,
    log,
    now,
  });
  const server = await serveHttp({
    // In brackets it stands in URLs alone.
    listen: { host: config.httpHost.replace(/^\[|\]$/g, ""), port: config.httpPort },
    ...names,
    mcp: createServeMcp(endpoint, {
      metadataUrl: access.metadata?.url,
      onPrincipal: recent.see,
      onError: (error) => log.error("http.defect", { error: error.stack ?? error.message }),
    }),
    access,
    rateLimit: shared.rateLimit,
    callsPerMinute: config.principalCallsPerMinute,
    readiness: async () => toReadiness(await organisation.checkHealth()),
    metrics,
    scope,
    log,
    now,
    makeId: randomUUID,
    limits: { maxBodyBytes: config.httpMaxBodyKb * 1024, maxConnections: config.httpMaxConnections },
  }).catch(async (error: unknown) => {
    await endpoint.close();
    await organisation.close();
    throw error;
  });

  return {
    url: server.url,
    source: organisation.source,
    isGuarded,
    async stop(withinMs) {
      const until = performance.now() + withinMs;
      const left = () => Math.max(0, until - performance.now());
      const forCalls = left() * (1 - LAST_PART);
      await Promise.all([endpoint.drain(forCalls), server.drain(forCalls)]);
      await organisation.drain(left());
      await organisation.close();
    },
  };
}

const MINUTE_MS = 60_000;

/** Free answers do not need the upstream, so an open circuit is shown and takes no replica out of service. */
const toReadiness = ({ store, circuit }: ReturnType<Organisation["health"]>) => ({
  ready: store === "ok",
  checks: { store: store === "ok", upstream: circuit === "closed" },
});

/** What replicas share of the service itself. */
export interface SharedParts {
  sessions: SessionRecords;
  mail: SessionMail;
  rateLimit: RateLimit;
  /** Bytes that are the same on all of them, made by the first that asks. */
  secret(name: string, make: () => Uint8Array): Promise<Uint8Array>;
}

/** About 10 kB each. */
const MAX_SESSIONS = 10_000;

/** From the store that replicas share; where there is none, from this process alone. */
export async function openShared({ shared }: Stores, now: () => number): Promise<SharedParts> {
  if (shared !== undefined) {
    const { sessions, mail, turns, secret } = shared;
    return { sessions, mail, rateLimit: turns, secret };
  }
  const [{ createMemorySessionRecords }, { createNoMail }, { createMemoryRateLimit }] = await Promise.all([
    import("../mcp/http/session-records.ts"),
    import("../mcp/http/session-records.ts"),
    import("../serve/rate-limit.ts"),
  ]);
  return {
    sessions: createMemorySessionRecords({ now, max: MAX_SESSIONS }),
    mail: createNoMail(),
    rateLimit: createMemoryRateLimit(),
    secret: async (_name, make) => make(),
  };
}

/** The callers that were here last, for whose budgets somebody may look. */
export interface RecentPrincipals {
  see(principal: Principal): void;
  /** USD left today by name; those whom nothing bounds are left out. */
  budgetsLeft(leftUsd: (principal: Principal) => Promise<number | null>): Promise<Map<string, number>>;
}

/** As many as the metrics show. */
const MAX_RECENT = 100;

export function createRecentPrincipals(): RecentPrincipals {
  const recent = new Map<string, Principal>();
  return {
    see(principal) {
      recent.delete(principal.name);
      recent.set(principal.name, principal);
      if (recent.size > MAX_RECENT) recent.delete(recent.keys().next().value as string);
    },
    async budgetsLeft(leftUsd) {
      const left = await Promise.all([...recent].map(async ([name, principal]) => [name, await leftUsd(principal)]));
      return new Map(left.filter((entry): entry is [string, number] => entry[1] !== null));
    },
  };
}

/** The names that requests may come for, and the pages that may call. */
export interface ServedNames {
  hosts: string[];
  origins: string[];
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];
const LOOPBACK_ORIGINS = LOOPBACK_NAMES.flatMap((name) => [`http://${name}:*`, `https://${name}:*`]);

/**
 * @param isGuarded whether callers have to show a token
 * @throws {AppError} `config` where anybody could call, or nobody
 */
export function toServedNames(config: HttpConfig, isGuarded: boolean): ServedNames {
  const { httpHost, publicUrl, allowedHosts, allowedOrigins } = config;
  const isLoopback = LOOPBACK_HOST.test(httpHost);
  const publicNames = [...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]), ...allowedHosts];
  if (!isGuarded && !isLoopback) throw openToAll(`Listening on ${httpHost}`);
  // Whoever is served by a name of the world comes through a proxy, from anywhere.
  const abroad = publicNames.find((name) => !LOOPBACK_HOST.test(name));
  if (!isGuarded && abroad !== undefined) throw openToAll(`Serving ${abroad}`);
  const hosts = [...(isLoopback ? [...LOOPBACK_NAMES, httpHost] : []), ...publicNames];
  if (hosts.length === 0) throw namesMissing(config);
  return { hosts, origins: [...(isLoopback ? LOOPBACK_ORIGINS : []), ...allowedOrigins] };
}

function openToAll(what: string): AppError {
  return new AppError("config", `${what} without access control would let anybody spend your money.`, {
    advice:
      "Make tokens (domain-pages-mcp token create NAME), or set DOMAIN_PAGES_HTTP_OAUTH_ISSUER, or serve 127.0.0.1 alone. " +
      "If there were tokens, their file is gone: put it back, or name it in DOMAIN_PAGES_HTTP_TOKENS_FILE.",
  });
}

function namesMissing({ httpHost }: HttpConfig): AppError {
  return new AppError("config", `Listening on ${httpHost} needs the name that clients use.`, {
    advice: "Set DOMAIN_PAGES_HTTP_PUBLIC_URL (https://mcp.example.com/mcp) or DOMAIN_PAGES_HTTP_ALLOWED_HOSTS.",
  });
}

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

const createHttpMetrics = (gauges: GaugeReaders, onProblem: (name: string, error: unknown) => void): Metrics =>
  createMetrics({
    prefix: "domain_pages_",
    known: {
      tools: Object.values(TOOLS).map(({ name }) => name),
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
function createCallCounter(metrics: Metrics): (era: Era, call: CallSeen) => void {
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
function countExchange(metrics: Metrics, { status, durationMs }: ExchangeEvent): void {
  const outcome = typeof status === "number" ? `${Math.floor(status / 100)}xx` : status;
  metrics.exchangeEnded({ outcome, ms: durationMs });
}
