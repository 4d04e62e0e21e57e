import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "../log.ts";
import { type RequestScope, toLogText, toRequestId, toTraceparent } from "./access-log.ts";
import type { ConnectionLimits } from "./connection-limits.ts";
import {
  checkHeaders,
  checkHost,
  checkOrigin,
  checkTarget,
  type IsAllowedOrigin,
  type Route,
  toCorsHeaders,
  toRoute,
} from "./guards.ts";
import { Refusal, toRetryAfter } from "./http-refusal.ts";
import type { HttpLimits } from "./limited-server.ts";
import type { PublicRoutes } from "./public-routes.ts";
import { hasBody } from "./request-body.ts";
import type { RequestContext } from "./request-context.ts";
import { sendJson, sendRefusal } from "./send.ts";

interface RequestHandlerDeps {
  /** Lower case, without ports. */
  hosts: ReadonlySet<string>;
  isAllowedOrigin: IsAllowedOrigin;
  /** Then no page of another name can read them, and a collector may ask for them by whatever name it has for us. */
  metricsNeedToken: boolean;
  metadataPath: string | undefined;
  endpoint: (context: RequestContext) => Promise<void>;
  publicRoutes: PublicRoutes;
  connections: ConnectionLimits;
  isDraining: () => boolean;
  /** Follows a request to its end. */
  follow: (context: RequestContext) => void;
  scope: RequestScope;
  log: Log;
  makeId: () => string;
  limits: HttpLimits;
}

/** How long a client is told to wait while the server goes away, or has no connection to spare. */
const AWAY_MS = 5000;

const HEALTH_ROUTES: ReadonlySet<Route> = new Set(["/healthz", "/readyz"]);

/** Every way in of Node's server but CONNECT. */
interface RequestHandler {
  onRequest(req: IncomingMessage, res: ServerResponse): void;
  /** The client waits for a word before it sends its body. */
  onCheckContinue(req: IncomingMessage, res: ServerResponse): void;
  /** The client expects something that nobody knows. */
  onCheckExpectation(req: IncomingMessage, res: ServerResponse): void;
}

/** Takes in requests, turns away those that are not served, and lets no mistake of ours out but as a reference. */
export function createRequestHandler(deps: RequestHandlerDeps): RequestHandler {
  const { connections, limits, log, scope } = deps;

  const begin = (req: IncomingMessage, res: ServerResponse, awaitsContinue: boolean): RequestContext => {
    const traceparent = toTraceparent(req.headers["traceparent"]);
    const requestId = toRequestId(req.headers["x-request-id"], deps.makeId);
    return {
      req,
      res,
      route: toRoute(req.url ?? "", deps.metadataPath),
      facts: { requestId, ...(traceparent === undefined ? {} : { traceparent }) },
      awaitsContinue,
      holdsDrain: true,
    };
  };

  const setHeaders = ({ req, res, route, facts }: RequestContext): void => {
    res.setHeader("x-request-id", facts.requestId);
    res.setHeader("x-content-type-options", "nosniff");
    res.setHeader("cache-control", "no-store");
    if (deps.isDraining()) res.setHeader("connection", "close");
    if (route !== "/mcp") return;
    const cors = toCorsHeaders(req.headers.origin, deps.isAllowedOrigin);
    for (const [name, value] of Object.entries(cors)) res.setHeader(name, value);
  };

  /** @throws {Refusal} where there is no room; health checks find some */
  const checkRoom = ({ req: { socket, method, headers: given }, route }: RequestContext): void => {
    const headers = toRetryAfter(AWAY_MS);
    if (connections.busyWith(socket) > limits.maxPipelined) throw new Refusal("pipelined", { headers });
    if (HEALTH_ROUTES.has(route)) return;
    // A word about a call under way still gets there (a cancellation, a person's answer); the endpoint refuses the rest.
    const isOfSession = route === "/mcp" && method === "POST" && given["mcp-session-id"] !== undefined;
    if (deps.isDraining() && !isOfSession) throw new Refusal("draining", { headers });
    if (connections.isForProbes(socket)) throw new Refusal("busy", { headers });
  };

  /** @throws {Refusal} cheap questions first: nothing is looked up, nothing of the body read */
  const checkHead = ({ req, route }: RequestContext): void => {
    if (req.httpVersion !== "1.1" && req.httpVersion !== "1.0") throw new Refusal("bad_version");
    // Probes come by address, and learn nothing that a page could want.
    const takesAnyHost = HEALTH_ROUTES.has(route) || (route === "/metrics" && deps.metricsNeedToken);
    if (!takesAnyHost) checkHost(req.rawHeaders, deps.hosts);
    if (route === "/mcp" || route === "/metrics") checkOrigin(req.headers.origin, deps.isAllowedOrigin);
    checkHeaders(req.rawHeaders, req.httpVersion);
    checkTarget(route, req.method ?? "", req.url ?? "");
    if (req.method !== "POST" && hasBody(req)) throw new Refusal("unexpected_body");
  };

  const answer = async (context: RequestContext): Promise<void> => {
    checkRoom(context);
    checkHead(context);
    const { healthz, readyz, metrics, metadata } = deps.publicRoutes;
    if (context.route === "/mcp") await deps.endpoint(context);
    else if (context.route === "/healthz") await healthz(context);
    else if (context.route === "/readyz") await readyz(context);
    else if (context.route === "/metrics") await metrics(context);
    else await metadata(context);
  };

  const answerDefect = (context: RequestContext, error: unknown): void => {
    const { requestId } = context.facts;
    log.error("http.defect", {
      request_id: requestId,
      error: error instanceof Error ? error.stack : toLogText(String(error)),
    });
    if (context.res.headersSent) {
      // Half an answer must not look like a whole one.
      context.res.destroy();
      return;
    }
    const message = `The server made a mistake (reference ${requestId}); details are in its log.`;
    const body = { jsonrpc: "2.0", error: { code: -32603, message }, id: null };
    sendJson(context, 500, context.route === "/mcp" ? body : { error: message });
  };

  const receive = (context: RequestContext, answerIt: (context: RequestContext) => Promise<void>): void => {
    const { req, res } = context;
    if (!connections.enter(req.socket, req, res)) return;
    // A client that breaks off is no failure of ours, and its requests are closed wherever they stand.
    req.on("error", () => {});
    res.on("error", () => {});
    setHeaders(context);
    deps.follow(context);
    scope
      .run(context.facts, () => answerIt(context))
      .catch((error: unknown) => {
        if (!(error instanceof Refusal)) return answerDefect(context, error);
        context.refusal = error;
        sendRefusal(context, error, limits.lingerMs);
        if (res.getHeader("connection") === "close") connections.endWith(req.socket, req);
      });
  };

  return {
    onRequest: (req, res) => receive(begin(req, res, false), answer),
    onCheckContinue: (req, res) => receive(begin(req, res, true), answer),
    onCheckExpectation: (req, res) =>
      receive(begin(req, res, true), async () => {
        throw new Refusal("unknown_expectation");
      }),
  };
}
