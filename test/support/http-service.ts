import { AccessDenied, type Principal, type Scope } from "../../src/access/principal.ts";
import type { Log } from "../../src/log.ts";
import { createRequestScope } from "../../src/serve/access-log.ts";
import { createMemoryRateLimit } from "../../src/serve/rate-limit.ts";
import type { RequestFacts } from "../../src/serve/request-context.ts";
import { type HttpServer, type ServeHttpDeps, serveHttp } from "../../src/serve/serve-http.ts";

/** One call that got through every guard. */
export interface SeenCall {
  method: string | undefined;
  url: string | undefined;
  body: unknown;
  principal: string | undefined;
  facts: RequestFacts | undefined;
}

export interface LoggedEvent {
  level: string;
  event: string;
  fields: Record<string, unknown>;
}

export interface HttpService extends HttpServer {
  /** `http://127.0.0.1:port` */
  origin: string;
  calls: SeenCall[];
  logged: LoggedEvent[];
  refused: string[];
  ended: { route: string; status: number }[];
}

export const GOOD_TOKEN = "good-token-of-alice";

/** Lets in `GOOD_TOKEN`, as `token:alice` with every scope but those left out. */
export function accessOf(
  scopes: readonly Scope[] = ["pages:read", "snapshots:read"],
): ServeHttpDeps["access"] & object {
  const alice: Principal = {
    name: "token:alice",
    tenant: "token:alice",
    scopes: new Set(scopes),
    dailyBudgetUsd: null,
    callsPerMinute: null,
  };
  return {
    async authenticate(authorization) {
      if (authorization === undefined) throw new AccessDenied("missing", "no credential");
      if (authorization !== `Bearer ${GOOD_TOKEN}`) throw new AccessDenied("invalid", "not known");
      return alice;
    },
    toChallenge: ({ problem, scopes: wanted = [], metadataUrl }) =>
      `Bearer error="${problem}", scope="${wanted.join(" ")}", resource_metadata="${metadataUrl ?? ""}"`,
    metadata: {
      url: "https://seo.example/.well-known/oauth-protected-resource/mcp",
      document: { resource: "https://seo.example/mcp" },
    },
  };
}

/** The listener with an endpoint that answers what it was asked; what it let through and logged is kept. */
export async function openHttpService(changes: Partial<ServeHttpDeps> = {}): Promise<HttpService> {
  const calls: SeenCall[] = [];
  const logged: LoggedEvent[] = [];
  const refused: string[] = [];
  const ended: { route: string; status: number }[] = [];
  const scope = createRequestScope();
  const at =
    (level: string) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}) => {
      logged.push({ level, event, fields: { ...fields } });
    };
  const log: Log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  let ids = 0;
  const { mcp, ...others } = changes;
  const server = await serveHttp({
    listen: { host: "127.0.0.1", port: 0 },
    hosts: ["127.0.0.1", "localhost", "[::1]"],
    origins: ["https://app.example", "http://localhost:*"],
    rateLimit: createMemoryRateLimit(),
    callsPerMinute: 1000,
    readiness: async () => ({ ready: true, checks: { store: true, upstream: true } }),
    metrics: {
      requestEnded: (facts) => ended.push(facts),
      refused: (reason) => refused.push(reason),
      render: async () => ({ contentType: "text/plain; version=0.0.4", text: "up 1\n" }),
    },
    scope,
    log,
    now: Date.now,
    makeId: () => {
      ids += 1;
      return `made-${ids}`;
    },
    async mcp(req, res, body, principal) {
      calls.push({ method: req.method, url: req.url, body, principal: principal?.name, facts: scope.get() });
      if (mcp !== undefined) return await mcp(req, res, body, principal);
      const text = JSON.stringify({ jsonrpc: "2.0", id: 1, result: {} });
      res.writeHead(200, { "content-type": "application/json" });
      res.end(text);
    },
    ...others,
  });
  return { ...server, origin: new URL(server.url).origin, calls, logged, refused, ended };
}

/** The bytes of a good call; headers given take the place of those that stand there, undefined ones are left out. */
export function toCallBytes(
  headers: Record<string, string | undefined> = {},
  body = CALL,
  line = "POST /mcp HTTP/1.1",
): string {
  const all = {
    host: "127.0.0.1",
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}`));
  return `${line}\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** A message as clients send it. */
export const CALL = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
