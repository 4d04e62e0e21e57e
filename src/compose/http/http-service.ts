import { randomBytes, randomUUID } from "node:crypto";
import type { HttpConfig } from "../../config/http-settings.ts";
import type { Log } from "../../log.ts";
import { createPersonAsker } from "../../mcp/ask-person.ts";
import type { Caller, CreateServerFor } from "../../mcp/http/caller.ts";
import { createMcpEndpoint } from "../../mcp/http/endpoint.ts";
import { createServeMcp, principalOf } from "../../mcp/http/serve-mcp.ts";
import { createServer } from "../../mcp/server.ts";
import type { Metrics } from "../../metrics/create-metrics.ts";
import { createRenderAnswer } from "../../pages/answer/render-answer.ts";
import type { RequestScope } from "../../serve/request-scope.ts";
import { serveHttp } from "../../serve/serve-http.ts";
import { PRODUCT } from "../../version.ts";
import type { App } from "../app.ts";
import { createOrganisation, type Organisation } from "../organisation.ts";
import { countExchange, createCallCounter, createHttpMetrics } from "./http-metrics.ts";
import { openAccess } from "./open-access.ts";
import { createRecentPrincipals } from "./recent-principals.ts";
import { toServedNames } from "./served-names.ts";
import { openShared } from "./shared-parts.ts";

export interface HttpServiceDeps {
  config: HttpConfig;
  log: Log;
  now: () => number;
  /** The one that the log takes its request's facts from. */
  scope: RequestScope;
}

export interface HttpService {
  /** Of the endpoint. */
  url: string;
  source: Organisation["source"];
  /** Whether callers have to show a token. */
  isGuarded: boolean;
  /** Takes no more calls, brings home what is under way, then closes everything; at most this long, ms. */
  stop(withinMs: number): Promise<void>;
}

/** Often enough to keep a client from giving up, rarely enough to cost nothing. */
const PROGRESS_EVERY_MS = 5000;

/** The part of the time for a stop that is kept for purchases whose callers have gone. */
const LAST_PART = 0.2;

/** The service for many, on one port. @throws {AppError} `config` for settings that do not go together */
export async function startHttpService({ config, log, now, scope }: HttpServiceDeps): Promise<HttpService> {
  const access = await openAccess(config, log, now);
  const names = toServedNames(config, access !== undefined);

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
    if (access !== undefined && principal === undefined) throw new Error("a call came in without its principal");
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
        readViewPage: async () => (await import("../../view/page.ts")).readViewPage(),
        log,
        now,
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
      metadataUrl: access?.metadata?.url,
      onPrincipal: recent.see,
      onError: (error) => log.error("http.defect", { error: error.stack ?? error.message }),
    }),
    ...(access !== undefined && { access }),
    takeTurn: shared.takeTurn,
    callsPerMinute: config.principalCallsPerMinute,
    readiness: async () => toReadiness(organisation.health()),
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
    isGuarded: access !== undefined,
    async stop(withinMs) {
      const until = now() + withinMs;
      const left = () => Math.max(0, until - now());
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
