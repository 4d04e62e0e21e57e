import type { Socket } from "node:net";
import { AccessDenied, type Principal, toRights } from "../access/principal.ts";
import type { Log } from "../log.ts";
import { createAccessLog, type RequestCounts, type RequestScope } from "./access-log.ts";
import { createClientErrorHandler, createRawAnswers, createTally } from "./client-errors.ts";
import { createConnectionLimits } from "./connection-limits.ts";
import { createOriginCheck } from "./guards.ts";
import { createLargeAnswers } from "./large-answers.ts";
import { admitOnly, createLimitedServer, HTTP_LIMITS, type HttpLimits, listen } from "./limited-server.ts";
import { type Access, createEndpoint, type ServeMcp } from "./mcp-route.ts";
import { createPublicRoutes, type Readiness } from "./public-routes.ts";
import type { RateLimit } from "./rate-limit.ts";
import { createDrain, type RequestContext } from "./request-context.ts";
import { createRequestHandler } from "./request-handler.ts";

export interface ServeHttpDeps {
  /** Port 0 takes any free one. */
  listen: { host: string; port: number };
  /** Names that may stand in `Host`, without ports; IPv6 in brackets. */
  hosts: readonly string[];
  /** Pages that may call the endpoint, see `createOriginCheck`; empty for none. */
  origins: readonly string[];
  mcp: ServeMcp;
  /** Left out where everyone who reaches the port may use it. */
  access?: Access;
  rateLimit: RateLimit;
  /** For principals without a number of their own, and for all together where nobody has a name. */
  callsPerMinute: number;
  /** Should answer within a second: probes wait for it. */
  readiness: () => Promise<Readiness>;
  metrics: RequestCounts & { render: () => Promise<{ contentType: string; text: string }> };
  scope: RequestScope;
  log: Log;
  /** ms since the epoch. */
  now: () => number;
  /** For requests that bring no id: 1 to 64 of A–Z a–z 0–9 . _ - */
  makeId: () => string;
  limits?: Partial<HttpLimits>;
}

export interface HttpServer {
  /** Of the endpoint: `http://127.0.0.1:8080/mcp`. */
  url: string;
  openConnections(): number;
  /**
   * Takes no new connections, says so to probes and clients on the old ones, waits for requests under way and then
   * closes everything. Streams of news are not waited for.
   * @returns false when the time was over before the last request was
   */
  drain(withinMs: number): Promise<boolean>;
  /** Ends every connection, wherever its answer stands. */
  close(): Promise<void>;
}

/**
 * Listens, with every guard in front of the endpoint.
 * @throws {AppError} `config` when the address cannot be listened on
 */
export async function serveHttp(deps: ServeHttpDeps): Promise<HttpServer> {
  const { access, log, metrics, now, scope } = deps;
  const limits = { ...HTTP_LIMITS, ...deps.limits };
  const rawAnswers = createRawAnswers({ lingerMs: limits.lingerMs, now });
  const { answerRaw, endAll } = rawAnswers;
  const tally = createTally(log, "http.connection_refused", now);
  const onRefused = (reason: string) => {
    metrics.refused(reason);
    tally(reason);
  };
  const turnAway = (socket: Socket) => {
    onRefused("connections");
    answerRaw(socket, { status: 503, message: "The server has no connection to spare. Try later." });
  };
  const connections = createConnectionLimits({ ...limits, turnAway });
  const drain = createDrain();
  const streams = createStreamWatch({ ...(access !== undefined && { access }), now });
  const followInLog = createAccessLog({ log, counts: metrics });

  const handler = createRequestHandler({
    hosts: new Set(deps.hosts.map((name) => name.toLowerCase())),
    isAllowedOrigin: createOriginCheck(deps.origins),
    metricsNeedToken: access !== undefined && access.isOpen === undefined,
    metadataPath: access?.metadata === undefined ? undefined : new URL(access.metadata.url).pathname,
    endpoint: createEndpoint({
      ...deps,
      limits,
      largeAnswers: createLargeAnswers({
        maxPerCaller: limits.maxLargeAnswersPerCaller,
        maxOverall: limits.maxLargeAnswers,
        stalledMs: limits.largeStallMs,
      }),
      onAdmitted: ({ req }) => connections.know(req.socket),
      isInVain: ({ req }) => connections.isInVain(req),
      onStream: (context, principal) => {
        context.holdsDrain = false;
        drain.recheck();
        streams.follow(context, principal);
      },
    }),
    publicRoutes: createPublicRoutes({
      ...deps,
      isDraining: drain.isDraining,
      renderMetrics: metrics.render,
      onProblem: (event, error) => log.error(event, { error: error instanceof Error ? error.stack : String(error) }),
    }),
    connections,
    isDraining: drain.isDraining,
    follow: (context) => {
      followInLog(context);
      drain.follow(context);
    },
    scope,
    log,
    makeId: deps.makeId,
    limits,
  });

  const server = createLimitedServer(limits);
  server.on("request", handler.onRequest);
  server.on("checkContinue", handler.onCheckContinue);
  server.on("checkExpectation", handler.onCheckExpectation);
  server.on("clientError", createClientErrorHandler({ connections, rawAnswers, onRefused }));
  server.on("connect", (_req, socket) => {
    onRefused("malformed");
    answerRaw(socket as Socket, { status: 400, message: "This is no proxy." });
  });
  // One that is only waited for is left alone; one that takes nothing of its answer is not waited for any longer.
  server.on("timeout", (socket) => {
    if (connections.busyWith(socket) === 0 || socket.writableLength > 0) socket.destroy();
  });
  admitOnly(server, connections.admit);
  const port = await listen(server, deps.listen);

  const endConnections = () => {
    server.closeAllConnections();
    endAll();
  };

  return {
    url: `http://${toUrlHost(deps.listen.host)}:${port}/mcp`,
    openConnections: connections.size,
    async drain(withinMs) {
      const isEnded = new Promise<void>((resolve) => server.close(() => resolve()));
      const isDone = await drain.begin(withinMs);
      endConnections();
      await isEnded;
      return isDone;
    },
    async close() {
      const isEnded = new Promise<void>((resolve) => server.close(() => resolve()));
      endConnections();
      await isEnded;
    },
  };
}

function toUrlHost(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

interface StreamWatchDeps {
  /** Left out where everyone who reaches the server may use it: then no stream is ever closed. */
  access?: Access;
  /** ms since the epoch. */
  now: () => number;
  /** How often a stream's token is looked at again; one of an issuer, which cannot be revoked here, more rarely. */
  everyMs?: { own: number; issued: number };
}

/** Streams outlive the request that opened them, and must not outlive the right to it. */
interface StreamWatch {
  /** Ends the answer of a request once its token is revoked, has expired, or means other rights than it did. */
  follow(context: RequestContext, principal: Principal | undefined): void;
}

interface Stream {
  context: RequestContext;
  principal: Principal | undefined;
  lookedAt: number;
}

const EVERY_MS = { own: 1000, issued: 30_000 };

/** What static tokens' principals are called, see `Principal.name`. */
const OWN = "token:";

function createStreamWatch({ access, now, everyMs = EVERY_MS }: StreamWatchDeps): StreamWatch {
  const streams = new Set<Stream>();
  let timer: NodeJS.Timeout | undefined;

  /** Many streams of one token cost one look. */
  const look = async (asked: Access): Promise<void> => {
    const verdicts = new Map<string | undefined, Promise<Principal | undefined | "out" | "unknown">>();
    for (const stream of streams) {
      const { authorization } = stream.context.req.headers;
      if (!isDue(stream, now(), everyMs)) continue;
      stream.lookedAt = now();
      const verdict = verdicts.get(authorization) ?? findOut(asked, authorization);
      verdicts.set(authorization, verdict);
      if (!isStillIn(stream, await verdict, now())) stream.context.res.end();
    }
  };

  return {
    follow(context, principal) {
      if (access === undefined || context.res.closed) return;
      const stream = { context, principal, lookedAt: now() };
      streams.add(stream);
      timer ??= setInterval(() => void look(access), everyMs.own).unref();
      context.res.once("close", () => {
        streams.delete(stream);
        if (streams.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      });
    },
  };
}

function isDue({ principal, lookedAt }: Stream, now: number, everyMs: { own: number; issued: number }): boolean {
  if (isExpired(principal, now)) return true;
  const isIssued = principal !== undefined && !principal.name.startsWith(OWN);
  const ageMs = now - lookedAt;
  // A clock that was set back must not stop the looks.
  return ageMs < 0 || !isIssued || ageMs >= everyMs.issued;
}

async function findOut(access: Access, authorization: string | undefined) {
  try {
    return (await access.isOpen?.(authorization)) === true ? undefined : await access.authenticate(authorization);
  } catch (error) {
    return error instanceof AccessDenied ? "out" : "unknown";
  }
}

function isStillIn({ principal }: Stream, found: Awaited<ReturnType<typeof findOut>>, now: number): boolean {
  if (found === "out" || isExpired(principal, now)) return false;
  // The issuer cannot be asked at the moment: the token was good, and has not expired.
  if (found === "unknown") return true;
  return rightsOf(found) === rightsOf(principal);
}

const rightsOf = (principal: Principal | undefined): string => (principal === undefined ? "" : toRights(principal));

const isExpired = (principal: Principal | undefined, now: number): boolean =>
  principal?.expiresAt !== undefined && principal.expiresAt * 1000 <= now;
