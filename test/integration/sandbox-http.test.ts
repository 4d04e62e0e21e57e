import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SandboxServer, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";

const ENDPOINT = "/apis/v1/dataforseo/backlinks/domain_pages/live";
const BALANCE = "/v1/credits/balance";
const BODY = JSON.stringify({ target: "acme.example", limit: 3 });

let sandbox: SandboxServer;
let guarded: SandboxServer;
beforeAll(async () => {
  const world = createWorld();
  sandbox = await serveSandbox({ world, port: 0 });
  guarded = await serveSandbox({ world, port: 0, apiKey: "sk-aisa-right" });
});
afterAll(async () => {
  await sandbox.close();
  await guarded.close();
});

interface Sent {
  path?: string;
  method?: string;
  key?: string | null;
  body?: string;
  to?: SandboxServer;
}

/** What the documentation's curl sends, with only the host changed. */
async function send({ path = ENDPOINT, method = "POST", key = "any", body = BODY, to = sandbox }: Sent = {}) {
  const response = await fetch(`${to.origin}${path}`, {
    method,
    headers: { "Content-Type": "application/json", ...(key !== null && { Authorization: `Bearer ${key}` }) },
    ...(method === "POST" && { body }),
  });
  return {
    status: response.status,
    headers: response.headers,
    json: (await response.json()) as Record<string, unknown>,
  };
}

describe("the endpoint over HTTP", () => {
  it.each([
    ["an object", BODY],
    ["an array of one", `[${BODY}]`],
  ])("answers %s with data and a price of nothing", async (_form, body) => {
    const { status, headers, json } = await send({ body });
    expect(status).toBe(200);
    expect(headers.get("x-aisa-price-usd")).toBe("0.000000");
    expect(headers.get("content-type")).toBe("application/json");
    expect(json).toMatchObject({ status_code: 20000, tasks: [{ status_code: 20000, result: [{ items_count: 3 }] }] });
  });

  it("answers a wrong field inside HTTP 200, as the real one does", async () => {
    const { status, json } = await send({ body: '{"target":"acme.example","limit":0}' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ tasks: [{ status_code: 40501, status_message: "Invalid Field: 'limit'." }] });
  });

  it.each([
    ["no key", { key: null }, 401, { error: { code: "missing_api_key" } }],
    ["a blank key", { key: "" }, 401, { error: { code: "missing_api_key" } }],
    ["another path", { path: "/apis/v1/dataforseo/backlinks/summary/live" }, 404, { error: "api endpoint not found" }],
    ["a trailing slash", { path: `${ENDPOINT}/` }, 404, { error: "api endpoint not found" }],
    ["GET", { method: "GET" }, 405, { error: "method not allowed" }],
    ["no JSON", { body: "{target: acme.example}" }, 400, { error: { code: "json_parse_error" } }],
    ["no body", { body: "" }, 400, { error: { code: "json_parse_error" } }],
    ["an unknown parameter", { body: '{"target":"acme.example","depth":1}' }, 400, { error: /contract/ }],
  ] as [string, Sent, number, object][])("refuses %s", async (_what, sent, status, json) => {
    const reply = await send(sent);
    expect(reply.status).toBe(status);
    const { error } = json as { error: unknown };
    expect(reply.json).toMatchObject({ error: error instanceof RegExp ? expect.stringMatching(error) : error });
  });

  it("says which method it takes", async () => {
    expect((await send({ method: "GET" })).headers.get("allow")).toBe("POST");
    expect((await send({ path: BALANCE })).headers.get("allow")).toBe("GET");
  });

  it("ignores a query", async () => {
    expect((await send({ path: `${ENDPOINT}?trace=1` })).status).toBe(200);
  });

  it("lets in the one key it was given, and no other", async () => {
    expect((await send({ to: guarded, key: "sk-aisa-right" })).status).toBe(200);
    const { status, headers, json } = await send({ to: guarded, key: "sk-aisa-wrong" });
    expect(status).toBe(401);
    expect(headers.get("www-authenticate")).toBe("Bearer");
    expect(json).toMatchObject({ error: { type: "authentication_error", code: "invalid_api_key" } });
  });
});

describe("the balance", () => {
  it("is nothing, and told to whoever has a key", async () => {
    expect((await send({ path: BALANCE, method: "GET" })).json).toEqual({ balance: "0.000000", currency: "USD" });
    expect((await send({ path: BALANCE, method: "GET", key: null })).status).toBe(401);
  });
});

describe("odd requests", () => {
  it("are answered with 413 when too large, on a connection that stays usable", async () => {
    const { status, json } = await send({ body: JSON.stringify({ tag: "x".repeat(600_000) }) });
    expect(status).toBe(413);
    expect(json).toEqual({ error: "the request body is larger than 262144 bytes" });
    expect((await send()).status).toBe(200);
  });

  it("do not end the server when nested beyond all measure", async () => {
    const body = `{"target":"acme.example","filters":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(await send({ body })).toMatchObject({ status: 500, json: { error: expect.stringContaining("could not") } });
    expect((await send()).status).toBe(200);
  });

  it("do not end the server when broken off", async () => {
    const { hostname, port } = new URL(sandbox.origin);
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    socket.write(`POST ${ENDPOINT} HTTP/1.1\r\nhost: x\r\ncontent-length: 999\r\n\r\n{`);
    socket.destroy();
    await once(socket, "close");
    expect((await send()).status).toBe(200);
  });

  it("are answered by HTTP itself when they are no HTTP", async () => {
    const { hostname, port } = new URL(sandbox.origin);
    const socket = connect(Number(port), hostname);
    socket.write("hello\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe("the server", () => {
  it("listens on the loopback address only", () => {
    expect(sandbox.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("reports a port that is taken", async () => {
    const port = Number(new URL(sandbox.origin).port);
    await expect(serveSandbox({ world: createWorld(), port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("closes with connections still open", async () => {
    const server = await serveSandbox({ world: createWorld(), port: 0 });
    const { hostname, port } = new URL(server.origin);
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    const closed = once(socket, "close");
    await server.close();
    await closed;
    expect(socket.destroyed).toBe(true);
  });
});

describe("the sandbox's clock", () => {
  it("is the one that its answers tell the time by", async () => {
    const told = await serveSandbox({ world: createWorld(), port: 0, now: () => Date.UTC(2026, 10, 24, 9, 30) });
    const { headers } = await fetch(`${told.origin}${BALANCE}`);
    await told.close();
    expect(headers.get("date")).toBe("Tue, 24 Nov 2026 09:30:00 GMT");
  });
});
