import type { IncomingMessage, ServerResponse } from "node:http";
import {
  AccessDenied,
  type AccessProblem,
  type Authenticate,
  CLIENT_SCOPES,
  type Principal,
  type Scope,
} from "../access/principal.ts";
import { AppError } from "../errors.ts";
import { type RequestScope, toTraceparent } from "./access-log.ts";
import { toAllow, toPreflightHeaders } from "./guards.ts";
import { Refusal, type RefusalReason, toRetryAfter } from "./http-refusal.ts";
import type { LargeAnswers } from "./large-answers.ts";
import type { HttpLimits } from "./limited-server.ts";
import type { RateLimit } from "./rate-limit.ts";
import { parseBody, readBody } from "./request-body.ts";
import type { RequestContext, RequestFacts } from "./request-context.ts";

/**
 * Serves one request of the protocol and ends its answer.
 * @param body parsed; undefined where the method has none
 * @param principal undefined where access control is off
 */
export type ServeMcp = (
  req: IncomingMessage,
  res: ServerResponse,
  body: unknown,
  principal: Principal | undefined,
) => Promise<void>;

interface EndpointDeps {
  mcp: ServeMcp;
  /** Left out where everyone who reaches the server may use it. */
  access?: Access;
  rateLimit: RateLimit;
  /** For principals that have no number of their own. */
  callsPerMinute: number;
  scope: RequestScope;
  limits: HttpLimits;
  /** The one behind the request is let in. */
  onAdmitted: (context: RequestContext) => void;
  /** Nobody will see the answer. */
  isInVain: (context: RequestContext) => boolean;
  /** For the large answers. */
  largeAnswers: LargeAnswers;
  /** It stays open for news: no longer waited for when the server drains, and to be closed when its token is. */
  onStream: (context: RequestContext, principal: Principal | undefined) => void;
}

/** Who takes the turns where nobody has a name. */
const NOBODY = "local";

/** Stays open for news and ends with its client alone (protocol 2026-07-28). */
const STREAM_METHOD = "subscriptions/listen";

/**
 * The MCP endpoint behind its guards; the target, host, origin and headers have been looked at before.
 * @returns serves a request, or throws {Refusal}
 */
export function createEndpoint(deps: EndpointDeps): (context: RequestContext) => Promise<void> {
  const { limits, scope } = deps;

  const readMessages = async (context: RequestContext, name: string, perMinute: number): Promise<unknown> => {
    if (context.awaitsContinue) context.res.writeContinue();
    const bounds = { maxBytes: limits.maxBodyBytes, timeoutMs: limits.bodyTimeoutMs };
    const body = parseBody(await readBody(context.req, bounds), limits.maxJsonDepth, limits.maxBatch);
    if (Array.isArray(body)) await takeTurns(deps.rateLimit, name, perMinute, body.length - 1);
    return body;
  };

  return async (context) => {
    const { req, res } = context;
    if (req.method === "OPTIONS") {
      const { allow } = toAllow("/mcp");
      res.writeHead(204, { allow, ...toPreflightHeaders(allow, req.headers["access-control-request-headers"]) });
      res.end();
      return;
    }
    const principal = deps.access && (await authenticateBy(deps.access, req.headers.authorization, CLIENT_SCOPES));
    if (principal !== undefined) context.facts = { ...context.facts, principal: principal.name };
    deps.onAdmitted(context);
    const name = principal?.name ?? NOBODY;
    const perMinute = principal?.callsPerMinute ?? deps.callsPerMinute;
    // Whatever the method: a stream opened and a session ended cost us as much as a small call.
    await takeTurns(deps.rateLimit, name, perMinute, 1);
    const body = req.method === "POST" ? await readMessages(context, name, perMinute) : undefined;
    if (req.method === "GET" || isStream(body)) deps.onStream(context, principal);
    if (deps.isInVain(context)) throw new Refusal("gone");
    // A query means nothing here, and is not for others to find a meaning in.
    req.url = "/mcp";
    context.facts = { ...context.facts, ...traceOf(body, context.facts) };
    await takePlace(deps.largeAnswers, name, context, body);
    await scope.run(context.facts, () => deps.mcp(req, res, body, principal));
  };
}

/** The trace context that the message itself carries (protocol 2026-07-28), where no header does. */
function traceOf(body: unknown, { traceparent }: RequestFacts): Pick<RequestFacts, "traceparent"> {
  const message = body as { params?: { _meta?: { traceparent?: unknown } } } | undefined;
  const given = message?.params?._meta?.traceparent;
  const found = traceparent ?? (typeof given === "string" ? toTraceparent(given) : undefined);
  return found === undefined ? {} : { traceparent: found };
}

/** Hundreds of kB, where other answers are some; nothing of it waits for the paid endpoint. */
const LARGE_METHOD = "resources/read";

/** @throws {Refusal} `gone` */
async function takePlace(
  largeAnswers: LargeAnswers,
  caller: string,
  context: RequestContext,
  body: unknown,
): Promise<void> {
  const messages = [body].flat() as ({ method?: unknown } | undefined)[];
  if (!messages.some((message) => message?.method === LARGE_METHOD)) return;
  if (!(await largeAnswers.enter(caller, context))) throw new Refusal("gone");
}

function isStream(body: unknown): boolean {
  return typeof body === "object" && body !== null && "method" in body && body.method === STREAM_METHOD;
}

/** Who may come in, and what is said to those who may not. */
export interface Access {
  authenticate: Authenticate;
  /** Whether everybody is let in, for want of any token so far; asked for each request. Left out: never. */
  isOpen?: (authorization: string | undefined) => Promise<boolean>;
  /** The value of `WWW-Authenticate`. */
  toChallenge: (facts: { problem: AccessProblem | "scope"; scopes?: readonly Scope[]; metadataUrl?: string }) => string;
  /** Where tokens for this server come from (RFC 9728), at its absolute URL; left out where no issuer is trusted. */
  metadata?: { url: string; document: object };
}

/** Where nothing better is known of when a failing part is back. */
const DEFAULT_RETRY_MS = 5000;

/**
 * Who is behind a request; undefined while nobody needs a token.
 * @param authorization the header
 * @param scopes for the challenge: what a token should have
 * @throws {Refusal} `no_token`, `bad_token`, `access_unavailable`; anything else that is thrown is a defect
 */
export async function authenticateBy(
  access: Access,
  authorization: string | undefined,
  scopes: readonly Scope[],
): Promise<Principal | undefined> {
  try {
    if ((await access.isOpen?.(authorization)) === true) return undefined;
    return await access.authenticate(authorization);
  } catch (error) {
    if (error instanceof AccessDenied) {
      const { problem, message: detail } = error;
      const reason = problem === "missing" ? "no_token" : "bad_token";
      throw new Refusal(reason, { headers: challenge(access, problem, scopes), detail });
    }
    throw toUnavailable(error, "access_unavailable");
  }
}

/** @throws {Refusal} `no_scope` */
export function checkScope(access: Access, principal: Principal, scope: Scope): void {
  if (principal.scopes.has(scope)) return;
  throw new Refusal("no_scope", { headers: challenge(access, "scope", [scope]), detail: scope });
}

/**
 * Takes a turn for each message of a body.
 * @throws {Refusal} `rate_limited`, `limits_unavailable`
 */
export async function takeTurns(rateLimit: RateLimit, name: string, perMinute: number, turns: number): Promise<void> {
  for (let taken = 0; taken < turns; taken += 1) {
    const turn = await rateLimit(name, perMinute).catch((error: unknown) => {
      throw toUnavailable(error, "limits_unavailable");
    });
    if (!turn.granted) throw new Refusal("rate_limited", { headers: toRetryAfter(turn.retryAfterMs) });
  }
}

function challenge({ toChallenge, metadata }: Access, problem: AccessProblem | "scope", scopes: readonly Scope[]) {
  const facts = { problem, scopes, ...(metadata === undefined ? {} : { metadataUrl: metadata.url }) };
  return { "www-authenticate": toChallenge(facts) };
}

function toUnavailable(error: unknown, reason: RefusalReason): unknown {
  if (!(error instanceof AppError) || error.kind !== "unavailable") return error;
  const headers = toRetryAfter(error.facts.retryAfterMs ?? DEFAULT_RETRY_MS);
  return new Refusal(reason, { headers, detail: error.message, cause: error });
}
