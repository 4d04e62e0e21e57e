import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { AccessDenied, type Principal } from "../../src/access/principal.ts";
import { AppError } from "../../src/errors.ts";
import type { ServeMcp } from "../../src/serve/mcp-route.ts";
import { accessOf, CALL, GOOD_TOKEN, type HttpService, openHttpService, toCallBytes } from "../support/http-service.ts";
import { parseAnswers, type WireAnswer } from "../support/raw-http.ts";
import { openSlowClient } from "../support/slow-client.ts";

let service: HttpService;
afterEach(() => service.close());

async function get(path: string, init: RequestInit = {}) {
  const answer = await fetch(`${service.origin}${path}`, init);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const post = (init: RequestInit = {}) =>
  get("/mcp", {
    method: "POST",
    body: CALL,
    ...init,
    headers: { "content-type": "application/json", ...init.headers },
  });

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

/** Answers once it is released. */
function createHeld() {
  const waiting: (() => void)[] = [];
  const mcp: ServeMcp = async (_req, res) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    res.end("{}");
  };
  const release = () => {
    for (const end of waiting) end();
  };
  return { mcp, release };
}

describe("health checks", () => {
  it("say that the process is up", async () => {
    service = await openHttpService();
    expect(await get("/healthz")).toMatchObject({ status: 200, text: '{"status":"up"}\n' });
    const head = await get("/healthz", { method: "HEAD" });
    expect([head.status, head.text, head.headers.get("content-length")]).toEqual([200, "", "16"]);
    expect((await get("/healthz", { method: "POST" })).status).toBe(405);
  });

  it.each([
    [{ ready: true, checks: { store: true } }, 200],
    [{ ready: false, checks: { store: false } }, 503],
  ])("say whether calls can be served: %j", async (readiness, status) => {
    service = await openHttpService({ readiness: async () => readiness });
    const answer = await get("/readyz");
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({
      ready: readiness.ready,
      checks: { ...readiness.checks, accepting: true },
    });
  });

  it("are answered when a check itself fails, without a word of why", async () => {
    service = await openHttpService({ readiness: () => Promise.reject(new Error("redis://secret@host")) });
    expect(await get("/readyz")).toMatchObject({ status: 503, text: '{"ready":false,"checks":{}}\n' });
    expect(service.logged.some(({ event }) => event === "http.readiness_failed")).toBe(true);
  });
});

describe("metrics", () => {
  it("are open where nobody needs a token", async () => {
    service = await openHttpService();
    const answer = await get("/metrics");
    expect(answer).toMatchObject({ status: 200, text: "up 1\n" });
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4");
  });

  it("need metrics:read elsewhere", async () => {
    service = await openHttpService({ access: accessOf() });
    expect((await get("/metrics")).status).toBe(401);
    const refused = await get("/metrics", bearer(GOOD_TOKEN));
    expect(refused.status).toBe(403);
    expect(refused.headers.get("www-authenticate")).toMatch(/error="scope", scope="metrics:read"/);
    await service.close();
    service = await openHttpService({ access: accessOf(["metrics:read"]) });
    expect((await get("/metrics", bearer(GOOD_TOKEN))).status).toBe(200);
  });
});

describe("protected resource metadata", () => {
  it.each(["", "/mcp"])("is there for every page in the form %j", async (suffix) => {
    service = await openHttpService({ access: accessOf() });
    const path = `/.well-known/oauth-protected-resource${suffix}`;
    const answer = await get(path, { headers: { origin: "https://anyone.example" } });
    expect(answer).toMatchObject({ status: 200, text: '{"resource":"https://seo.example/mcp"}\n' });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect((await get(path, { method: "OPTIONS" })).status).toBe(204);
  });

  it("is not there without an issuer", async () => {
    service = await openHttpService();
    expect((await get("/.well-known/oauth-protected-resource")).status).toBe(404);
  });
});

describe("CORS", () => {
  const preflight = (more: Record<string, string> = {}) =>
    get("/mcp", {
      method: "OPTIONS",
      headers: { origin: "https://app.example", "access-control-request-method": "POST", ...more },
    });

  it("answers a preflight without a token, and names no header it was not made for", async () => {
    service = await openHttpService({ access: accessOf() });
    const requested = "authorization, mcp-param-target, x-evil, mcp-param-bad header";
    const { status, headers } = await preflight({ "access-control-request-headers": requested });
    expect(status).toBe(204);
    expect(headers.get("access-control-allow-origin")).toBe("https://app.example");
    expect(headers.get("access-control-allow-methods")).toBe("POST, GET, DELETE, OPTIONS");
    expect(headers.get("access-control-allow-headers")).toBe(
      "content-type, authorization, accept, last-event-id, mcp-protocol-version, mcp-session-id, mcp-method, mcp-name, traceparent, tracestate, x-request-id, mcp-param-target",
    );
    expect(headers.get("access-control-max-age")).toBe("7200");
    expect(headers.get("vary")).toBe("Origin, Access-Control-Request-Headers");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
    expect(service.calls).toEqual([]);
  });

  it.each([
    ["a refusal", {}, 401],
    ["an answer", { authorization: `Bearer ${GOOD_TOKEN}` }, 200],
  ])("lets the page read %s", async (_, headers, status) => {
    service = await openHttpService({ access: accessOf() });
    const answer = await post({ headers: { origin: "https://app.example", ...headers } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://app.example");
    expect(answer.headers.get("access-control-expose-headers")).toContain("www-authenticate");
  });
});

const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

describe("the course of a request", () => {
  it("carries its id, trace and principal to the call, and back", async () => {
    service = await openHttpService({ access: accessOf() });
    const traceparent = TRACE;
    const { headers } = await post({
      headers: { ...bearer(GOOD_TOKEN).headers, "x-request-id": "job-7.a", traceparent },
    });
    expect(headers.get("x-request-id")).toBe("job-7.a");
    expect(service.calls[0]?.facts).toEqual({ requestId: "job-7.a", traceparent, principal: "token:alice" });
    await expect
      .poll(() => service.logged)
      .toEqual([
        {
          level: "info",
          event: "http.request",
          fields: {
            method: "POST",
            route: "/mcp",
            status: 200,
            ms: expect.any(Number),
            bytes: expect.any(Number),
            request_id: "job-7.a",
            traceparent,
            principal: "token:alice",
          },
        },
      ]);
    expect(service.logged[0]?.fields["bytes"]).toBeGreaterThan(100);
    expect(service.ended).toEqual([{ route: "/mcp", status: 200 }]);
  });

  it.each([
    ["that the message carries where no header does", undefined, TRACE, TRACE],
    ["of the header before that of the message", TRACE, TRACE.replace("0af7", "ffff"), TRACE],
    ["that is none is left out", undefined, "00-zz\r\nx: y", undefined],
    ["that is no text is left out", undefined, { a: 1 }, undefined],
  ])("takes the trace %s", async (_what, header, inMessage, taken) => {
    service = await openHttpService({});
    const params = { _meta: { traceparent: inMessage } };
    await post({
      headers: header === undefined ? {} : { traceparent: header },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping", params }),
    });
    expect(service.calls[0]?.facts?.traceparent).toBe(taken);
  });

  it("leaves nothing behind on a connection that is used again", async () => {
    const listeners: number[] = [];
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    service = await openHttpService({
      mcp: async (req, res) => {
        listeners.push(req.socket.eventNames().reduce((sum, name) => sum + req.socket.listenerCount(name), 0));
        res.end("{}");
      },
    });
    for (let turn = 0; turn < 30; turn += 1) {
      const req = request(service.url, { agent, method: "POST", headers: { "content-type": "application/json" } }).end(
        CALL,
      );
      const [answer] = (await once(req, "response")) as [IncomingMessage];
      await once(answer.resume(), "end");
    }
    agent.destroy();
    expect(service.openConnections()).toBe(1);
    expect(listeners).toHaveLength(30);
    expect(listeners.at(-1)).toBe(listeners[1]);
  });

  it("keeps calls under way apart", async () => {
    const { mcp, release } = createHeld();
    service = await openHttpService({ mcp });
    const answers = ["a", "b", "c"].map((id) => post({ headers: { "x-request-id": id } }));
    await expect.poll(() => service.calls.length).toBe(3);
    release();
    const ids = (await Promise.all(answers)).map(({ headers }) => headers.get("x-request-id"));
    expect(ids).toEqual(["a", "b", "c"]);
    expect(service.calls.map(({ facts }) => facts?.requestId).sort()).toEqual(ids);
  });

  it("lets the endpoint set its own headers and keeps ours", async () => {
    service = await openHttpService({
      mcp: async (_req, res) => {
        res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
        res.end("data: {}\n\n");
      },
    });
    const { headers } = await post();
    expect(headers.get("cache-control")).toBe("no-cache");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("hides a mistake of the endpoint behind a reference", async () => {
    service = await openHttpService({ mcp: () => Promise.reject(new Error("secret detail")) });
    const { status, text } = await post();
    expect(status).toBe(500);
    expect(JSON.parse(text)).toEqual({
      jsonrpc: "2.0",
      error: { code: -32603, message: "The server made a mistake (reference made-1); details are in its log." },
      id: null,
    });
    expect(service.logged.find(({ event }) => event === "http.defect")?.fields["error"]).toContain("secret detail");
  });

  it("cuts off an answer in which the endpoint made a mistake", async () => {
    service = await openHttpService({
      mcp: async (_req, res) => {
        res.write("half");
        throw new Error("secret detail");
      },
    });
    await expect(post()).rejects.toThrow();
  });

  it.each([
    [
      "tokens",
      { access: { ...accessOf(), authenticate: () => Promise.reject(new AppError("unavailable", "no keys")) } },
    ],
    ["limits", { rateLimit: () => Promise.reject(new AppError("unavailable", "no store", { retryAfterMs: 1500 })) }],
  ])("ends in 503 where %s cannot be checked", async (_, deps) => {
    service = await openHttpService(deps);
    const { status, headers, text } = await post();
    expect(status).toBe(503);
    expect(headers.get("retry-after")).toMatch(/^[25]$/);
    expect(text).not.toMatch(/no keys|no store/);
    expect(service.calls).toEqual([]);
  });
});

describe("draining", () => {
  it("ends at once when nothing is under way", async () => {
    service = await openHttpService();
    await get("/healthz");
    expect(await service.drain(600_000)).toBe(true);
    await expect(get("/healthz")).rejects.toThrow();
  });

  it("lets calls under way come to their end, tells probes, and takes nothing new", async () => {
    const { mcp, release } = createHeld();
    service = await openHttpService({ mcp });
    const [busy, silent, other] = await Promise.all([1, 2, 3].map(() => openSlowClient(service.url)));
    busy?.socket.write(toCallBytes());
    await expect.poll(() => service.calls.length).toBe(1);
    await expect.poll(() => service.openConnections()).toBe(3);
    const drained = service.drain(600_000);
    await expect(get("/healthz")).rejects.toThrow();
    silent?.socket.write("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n");
    other?.socket.write(toCallBytes());
    await Promise.all([silent?.ended, other?.ended]);
    const answerOf = (client: typeof busy) => parseAnswers(client?.received() ?? "").answers[0] as WireAnswer;
    expect(answerOf(silent)).toMatchObject({ status: 503, headers: { connection: "close" } });
    expect(JSON.parse(answerOf(silent).body)).toMatchObject({ ready: false, checks: { accepting: false } });
    expect(answerOf(other)).toMatchObject({ status: 503, headers: { "retry-after": "5", connection: "close" } });
    expect(service.calls).toHaveLength(1);
    release();
    expect(await drained).toBe(true);
    await busy?.ended;
    expect(answerOf(busy)).toMatchObject({ status: 200, headers: { connection: "close" } });
  });

  it("gives up after its time", async () => {
    service = await openHttpService({ mcp: createHeld().mcp });
    const client = await openSlowClient(service.url);
    client.socket.write(toCallBytes());
    await expect.poll(() => service.calls.length).toBe(1);
    expect(await service.drain(20)).toBe(false);
    await client.ended;
    expect(client.received()).toBe("");
  });

  it.each([
    ["GET", toCallBytes({ "content-length": undefined }, "", "GET /mcp HTTP/1.1")],
    ["subscriptions/listen", toCallBytes({}, '{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen"}')],
  ])("does not wait for a stream of news (%s)", async (_, bytes) => {
    service = await openHttpService({
      mcp: (_req, res) => {
        res.write("data: {}\n\n");
        return new Promise((resolve) => res.once("close", () => resolve()));
      },
    });
    const client = await openSlowClient(service.url);
    client.socket.write(bytes);
    await expect.poll(() => client.received()).toContain("data");
    expect(await service.drain(600_000)).toBe(true);
    await client.ended;
  });
});

describe("a stream of news", () => {
  const LISTEN = '{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen"}';
  const asWho = (who: string) => ({ authorization: `Bearer ${who}` });

  /** A service whose tokens are the names of their principals; what becomes of each is the test's to say. */
  async function open(names: readonly string[]) {
    const state = { passedMs: 0, become: new Map<string, Partial<Principal> | Error>() };
    const startedAt = Date.now();
    const access = accessOf();
    service = await openHttpService({
      now: () => startedAt + state.passedMs,
      access: {
        ...access,
        async authenticate(authorization) {
          const name = authorization?.slice("Bearer ".length) ?? "";
          const change = state.become.get(name);
          if (change instanceof Error) throw change;
          const expiresAt = name.includes("brief") ? { expiresAt: Math.floor(startedAt / 1000) + 60 } : {};
          return { ...(await access.authenticate(`Bearer ${GOOD_TOKEN}`)), name, ...expiresAt, ...change };
        },
      },
      mcp: (_req, res) => {
        res.write("data: {}\n\n");
        return new Promise((resolve) => res.once("close", () => resolve()));
      },
    });
    const streams = new Map<string, Promise<void>>();
    const ended: string[] = [];
    for (const name of names) {
      const stream = await openSlowClient(service.url);
      const line = name.includes("get") ? "GET /mcp HTTP/1.1" : undefined;
      const lacks = line === undefined ? {} : { "content-length": undefined };
      stream.socket.write(toCallBytes({ ...asWho(name), ...lacks }, line === undefined ? LISTEN : "", line));
      await expect.poll(() => stream.received()).toContain("data");
      // The last chunk: the answer was ended, not cut off.
      const over = expect.poll(() => stream.received(), { timeout: 10_000 }).toContain("\r\n0\r\n\r\n");
      streams.set(
        name,
        Promise.resolve(over).then(() => void ended.push(name)),
      );
    }
    return { state, ended, endOf: (name: string) => streams.get(name) };
  }

  it.each<[string, string, Partial<Principal> | Error]>([
    ["was revoked", "token:get", new AccessDenied("invalid", "revoked")],
    ["was revoked", "token:listen", new AccessDenied("invalid", "revoked")],
    ["means other rights", "token:get", { dailyBudgetUsd: 1 }],
  ])("ends when its token %s (%s)", async (_why, name, change) => {
    const { state, ended, endOf } = await open([name, "token:other"]);
    state.become.set("token:other", new AppError("unavailable", "cannot be told"));
    state.become.set(name, change);
    await endOf(name);
    expect(ended).toEqual([name]);
    state.become.set("token:other", new AccessDenied("invalid", "revoked"));
    await endOf("token:other");
  });

  it("ends when its token expires, whether or not its issuer can be asked", async () => {
    const { state, ended, endOf } = await open(["oauth:brief", "token:other"]);
    state.become.set("oauth:brief", new AppError("unavailable", "cannot be told"));
    state.passedMs = 61_000;
    await endOf("oauth:brief");
    expect(ended).toEqual(["oauth:brief"]);
    state.become.set("token:other", new AccessDenied("invalid", "revoked"));
    await endOf("token:other");
  });

  it("ends when an issuer's token is no longer taken, which is asked more rarely", async () => {
    const { state, ended, endOf } = await open(["oauth:get", "token:other"]);
    state.become.set("oauth:get", new AccessDenied("invalid", "its key was withdrawn"));
    state.become.set("token:other", new AccessDenied("invalid", "revoked"));
    await endOf("token:other");
    expect(ended).toEqual(["token:other"]);
    state.passedMs = 31_000;
    await endOf("oauth:get");
  });
});

describe("listening", () => {
  it("says why it cannot", async () => {
    service = await openHttpService();
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    await expect(openHttpService({ listen: { host: "127.0.0.1", port } })).rejects.toMatchObject({
      kind: "config",
      message: `Cannot listen on 127.0.0.1, port ${port}: another program listens there.`,
    });
    taken.close();
  });

  it("names IPv6 addresses as URLs do", async () => {
    service = await openHttpService({ listen: { host: "::1", port: 0 } });
    expect(service.url).toMatch(/^http:\/\/\[::1\]:\d+\/mcp$/);
    expect((await post()).status).toBe(200);
  });
});
