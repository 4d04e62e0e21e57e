import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { toNodeHandler } from "@modelcontextprotocol/node";
import {
  type AuthInfo,
  isLegacyRequest,
  type JSONRPCMessage,
  PROTOCOL_VERSION_META_KEY,
  type RequestId,
} from "@modelcontextprotocol/server";
import { type Principal, toRights } from "../../access/principal.ts";
import { AppError } from "../../errors.ts";
import type { Log } from "../../log.ts";
import { describeDefect } from "../tool-result.ts";
import { asTakingBoth, fitAnswer, readAccept, type Taken } from "./accept.ts";
import { type Caller, type CreateServerFor, createCallCount } from "./caller.ts";
import {
  comeAgainLater,
  INTERNAL_ERROR,
  idOf,
  METHOD_NOT_FOUND,
  REFUSED,
  readBody,
  toErrorResponse,
} from "./error-response.ts";
import { createLiveSessions } from "./live-session.ts";
import { createModernEra } from "./modern-era.ts";
import { createOlderEra } from "./older-era.ts";
import type { SessionMail, SessionRecords } from "./session-records.ts";
import { createSessions } from "./sessions.ts";

export interface McpEndpointDeps {
  createServerFor: CreateServerFor;
  sessions: SessionRecords;
  mail: SessionMail;
  log: Log;
  now: () => number;
  /** @default 15,000: below the shortest idle time-outs of proxies, which begin at 30 s */
  keepAliveMs?: number;
  /** Most sessions of the older era kept live here. @default 1,000 */
  maxSessions?: number;
  /** Most of them for one owner. @default 250 */
  maxSessionsPerOwner?: number;
  /** How long one stays live in which nothing happens, ms. It is revived when used again. @default 120,000 */
  idleMs?: number;
  /** How long a session can be used after its last use, ms. @default a day */
  sessionTtlMs?: number;
  /** Most bytes of an `initialize` request that are kept with its session. @default 8,192 */
  maxInitializeBytes?: number;
  /** Most bytes of a body that is not handed in parsed. @default 1 MiB */
  maxBodyBytes?: number;
  /** Most open `subscriptions/listen` streams. @default 256 */
  maxSubscriptions?: number;
}

export interface McpEndpoint {
  /**
   * Serves one request to `/mcp`. Never rejects. Host, Origin, authentication and CORS are the caller's.
   * @param options.parsedBody the body as JSON, where it has been read already
   */
  fetch(request: Request, options: { parsedBody?: unknown; caller: Caller }): Promise<Response>;
  /** Calls being served. One of the modern era whose client hung up is not among them, though its handler may run on. */
  inFlight(): number;
  /** Sessions of the older era that are live here. */
  liveSessions(): number;
  /** Refuses what is new (503), lets what runs come to its end for up to `withinMs`, then closes. */
  drain(withinMs: number): Promise<void>;
  /** Closes at once: handlers that still run see a closed connection. Sessions can be revived elsewhere. */
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** How often idle sessions are looked for, as a part of the time they may be idle, and at most. */
const TEND_PART = 1 / 4;
const MAX_TEND_MS = 30_000;

/** What the SDK has to say about a message may quote it. */
const MAX_LOGGED_CHARS = 300;

/** The `/mcp` endpoint for both protocol eras, without a web server around it. */
export function createMcpEndpoint({
  createServerFor,
  sessions: records,
  mail,
  log,
  now,
  keepAliveMs = 15_000,
  maxSessions = 1000,
  maxSessionsPerOwner = 250,
  idleMs = 120_000,
  sessionTtlMs = DAY_MS,
  maxInitializeBytes = 8192,
  maxBodyBytes = 1_048_576,
  maxSubscriptions = 256,
}: McpEndpointDeps): McpEndpoint {
  const calls = createCallCount();
  let state: "open" | "draining" | "closed" = "open";

  const report = (error: Error) => log.debug("mcp.refused", { message: error.message.slice(0, MAX_LOGGED_CHARS) });
  const createServer: CreateServerFor = (context) => {
    const server = createServerFor(context);
    server.server.onerror ??= report;
    return server;
  };

  const modern = createModernEra({
    createServer: (caller, method) => createServer({ caller, era: "modern", ...(method !== undefined && { method }) }),
    calls,
    keepAliveMs,
    maxSubscriptions,
    onError: report,
    isDraining: () => state !== "open",
  });

  const live = createLiveSessions({ maxSessions, maxSessionsPerOwner, idleMs, now });
  const sessions = createSessions({
    createServer: (caller) => createServer({ caller, era: "older" }),
    records,
    mail,
    live,
    calls,
    sessionTtlMs,
    keepAliveMs,
    now,
    log,
  });
  const fetchOlder = createOlderEra({ sessions, maxInitializeBytes, isDraining: () => state !== "open" });
  const tending = setInterval(() => void sessions.tend(), Math.min(idleMs * TEND_PART, MAX_TEND_MS));
  tending.unref();

  async function serve(request: Request, given: unknown, caller: Caller): Promise<Response> {
    const read = request.method === "POST" ? await readBody(request, given, maxBodyBytes) : { body: undefined };
    if ("refusal" in read) return read.refusal;
    const { body } = read;
    const id = idOf(body);
    const taken = readAccept(request.headers.get("accept"));
    if (!isAnswerable(request.method, body, taken)) return toErrorResponse(406, REFUSED, NOT_ACCEPTABLE, { id });
    try {
      const isOlder = !claimsModern(body) && (await isLegacyRequest(request, body));
      const response = isOlder
        ? await fetchOlder(asTakingBoth(request), body, caller)
        : await modern.fetch(request, body, caller);
      if (taken.json && taken.events) return response;
      const onQuestion = (question: RequestId) => fetchOlder(...refuseQuestion(request, question), caller);
      return await fitAnswer(response, { taken, body, id, signal: request.signal, onQuestion });
    } catch (error) {
      return toFailure(error, id, log);
    }
  }

  async function close(): Promise<void> {
    state = "closed";
    clearInterval(tending);
    await Promise.all([modern.close(), sessions.close()]);
  }

  return {
    fetch: (request, { parsedBody, caller }) => serve(request, parsedBody, caller),
    inFlight: () => calls.running(),
    liveSessions: () => live.size(),
    async drain(withinMs) {
      if (state === "closed") return;
      state = "draining";
      let timer: NodeJS.Timeout | undefined;
      const timeUp = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, withinMs);
      });
      await Promise.race([calls.whenNone(), timeUp]);
      clearTimeout(timer);
      await close();
    },
    close,
  };
}

const NOT_ACCEPTABLE =
  "Not Acceptable: answers are application/json or text/event-stream, streams of news text/event-stream alone";

/** Whether there can be an answer in a form that is taken; the end of a session needs none. */
function isAnswerable(method: string, body: unknown, { json, events }: Taken): boolean {
  if (method === "GET" || isListening(body)) return events;
  return method !== "POST" || json || events;
}

const isListening = (body: unknown): boolean => isObject(body) && body["method"] === "subscriptions/listen";

/** The answer that a client would give to a question, had it seen it. */
function refuseQuestion({ url, headers }: Request, id: RequestId): [Request, JSONRPCMessage] {
  const session = headers.get("mcp-session-id") ?? "";
  const message = "The client takes application/json alone, in which it cannot be asked";
  const own = { "content-type": "application/json", "mcp-session-id": session };
  const request = asTakingBoth(new Request(url, { method: "POST", headers: own }));
  return [request, { jsonrpc: "2.0", id, error: { code: METHOD_NOT_FOUND, message } }];
}

function toFailure(error: unknown, id: string | number | null, log: Log): Response {
  if (error instanceof AppError && error.kind === "unavailable") {
    log.warn("mcp.unavailable", { message: error.message, detail: error.facts.detail });
    return comeAgainLater(503, error.message, id);
  }
  return toErrorResponse(500, INTERNAL_ERROR, describeDefect(error, log, "mcp.defect", "").trim(), { id });
}

/** What the SDK's own decision rests on where it is plain; asking it in full takes a twentieth of a small call's time. */
function claimsModern(body: unknown): boolean {
  if (!isObject(body) || !isObject(body["params"])) return false;
  const meta = body["params"]["_meta"];
  return isObject(meta) && PROTOCOL_VERSION_META_KEY in meta;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

interface ServeMcpOptions {
  /** Where clients learn whom to ask for a token; undefined where no issuer is trusted. */
  metadataUrl: string | undefined;
  onPrincipal: (principal: Principal) => void;
  onError: (error: Error) => void;
}

/** The endpoint behind Node's request and response. */
export function createServeMcp(
  endpoint: Pick<McpEndpoint, "fetch">,
  { metadataUrl, onPrincipal, onError }: ServeMcpOptions,
): (req: IncomingMessage, res: ServerResponse, body: unknown, principal: Principal | undefined) => Promise<void> {
  const handle = toNodeHandler(
    {
      fetch: (request, { authInfo, parsedBody } = {}) =>
        endpoint.fetch(request, { parsedBody, caller: toCaller(authInfo) }),
    },
    { onerror: onError },
  );
  return async (req, res, body, principal) => {
    if (principal !== undefined) {
      onPrincipal(principal);
      Object.assign(req, { auth: toAuthInfo(principal, metadataUrl) });
    }
    // Node's type allows a request without a method, which only clients have.
    await handle(req as Parameters<typeof handle>[0], res, body);
  };
}

/** Who is behind a caller; undefined where nobody is told apart. */
export const principalOf = ({ authInfo }: Pick<Caller, "authInfo">): Principal | undefined =>
  authInfo?.extra?.["principal"] as Principal | undefined;

/** The token itself stays outside: nothing in here needs it. */
function toAuthInfo(principal: Principal, metadataUrl: string | undefined): AuthInfo {
  const { name, scopes, expiresAt } = principal;
  return {
    token: "",
    clientId: name,
    scopes: [...scopes],
    ...(expiresAt !== undefined && { expiresAt }),
    ...(metadataUrl !== undefined && { resourceMetadataUrl: metadataUrl }),
    extra: { principal },
  };
}

/** Where nobody is told apart, all are one. */
const NOBODY: Caller = { owner: "local" };

function toCaller(authInfo: AuthInfo | undefined): Caller {
  const principal = authInfo && principalOf({ authInfo });
  return authInfo === undefined || principal === undefined ? NOBODY : { owner: toOwner(principal), authInfo };
}

/** A session lives with the rights it was opened with: where these change, its client has to open another. */
const toOwner = (principal: Principal): string =>
  `${principal.name} ${createHash("sha256").update(toRights(principal)).digest("hex").slice(0, 12)}`;
