import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type SandboxServer, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { runBuilt } from "../support/built.ts";
import { startHeldUpstream } from "../support/held-upstream.ts";
import { openSession, sendRaw, toCall } from "../support/http-clients.ts";
import { ask, callTool, createToken, type HttpProcess, startHttp } from "../support/http-start.ts";
import { PRICES } from "../support/open-shop.ts";
import { makeTempFolder } from "../support/temp-home.ts";

let gateway: SandboxServer;

beforeAll(async () => {
  gateway = await serveSandbox({ world: createWorld(), port: 0, prices: PRICES });
});
afterAll(() => gateway.close());

const live = (more: Record<string, string> = {}) => ({
  AISA_API_KEY: "sk-aisa-http-operations",
  AISA_BASE_URL: `${gateway.origin}/apis/v1`,
  DOMAIN_PAGES_LOG_LEVEL: "info",
  ...more,
});

/** The value of one series; undefined where it is not there. */
function readSeries(text: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const line = text.split("\n").find((each) => {
    if (!(each.startsWith(`${name} `) || each.startsWith(`${name}{`))) return false;
    return Object.entries(labels).every(([label, value]) => each.includes(`${label}="${value}"`));
  });
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ")));
}

describe("the metrics", () => {
  let server: HttpProcess;
  let buyer: string;
  let scraper: string;

  beforeAll(async () => {
    server = await startHttp(live({ DOMAIN_PAGES_HTTP_TOKENS: '{"version":1,"tokens":[]}' }));
    buyer = await createToken(server, "buyer", "--budget", "0.5");
    scraper = await createToken(server, "scraper", "--scopes", "metrics:read");
  });
  afterAll(() => server.stop());

  const scrape = async () => (await server.get("/metrics", { authorization: `Bearer ${scraper}` })).text();

  it("tell of calls by tool, outcome, era and cache, of money as the gateway's books have it, and of what is left", async () => {
    const before = gateway.books.read().billed.micros;
    const wish = { target: "acme.example", limit: 10 };
    const options = { token: buyer };
    const first = await callTool(server.url, "get_domain_pages", wish, options);
    await callTool(server.url, "get_domain_pages", wish, options);
    const twins = [0, 1].map(() => callTool(server.url, "get_domain_pages", { ...wish, offset: 10 }, options));
    await Promise.all(twins);
    const session = await openSession(server.url, buyer);
    await sendRaw(server.url, toCall(2, "get_domain_pages", wish), { session, token: buyer });
    await sendRaw(server.url, toCall(3, "get_domain_pages", { target: 7 }), { session, token: buyer });
    await callTool(server.url, "query_domain_pages", { target: "acme.example" }, options);
    await ask(server.url, "tools/list", {}, { token: "dpm_nothere1_x" });
    const text = await scrape();

    const calls = (outcome: string, era: string, cache: string, tool = "get_domain_pages") =>
      readSeries(text, "domain_pages_tool_calls_total", { tool, outcome, era, cache });
    expect(calls("ok", "modern", "bought")).toBe(2);
    expect((calls("ok", "modern", "shared") ?? 0) + (calls("ok", "modern", "kept") ?? 0)).toBe(2);
    expect(calls("ok", "older", "kept")).toBe(1);
    expect(calls("input", "older", "none")).toBe(1);
    expect(calls("ok", "modern", "none", "query_domain_pages")).toBe(1);

    const usd = (gateway.books.read().billed.micros - before) / 1_000_000;
    expect(usd).toBe(0.07);
    expect(readSeries(text, "domain_pages_charged_usd_total", { how: "reported" })).toBeCloseTo(usd, 9);
    expect(readSeries(text, "domain_pages_budget_left_usd")).toBeCloseTo(5 - usd, 9);
    expect(readSeries(text, "domain_pages_principal_budget_left_usd", { principal: "token:buyer" })).toBeCloseTo(
      0.43,
      9,
    );
    expect(readSeries(text, "domain_pages_upstream_exchange_duration_seconds_count", { outcome: "2xx" })).toBe(2);
    expect(readSeries(text, "domain_pages_http_refusals_total", { reason: "bad_token" })).toBe(1);
    expect(readSeries(text, "domain_pages_http_requests_total", { route: "/mcp", status: "401" })).toBe(1);
    expect(readSeries(text, "domain_pages_live_sessions")).toBe(1);
    expect(readSeries(text, "domain_pages_circuit_open")).toBe(0);
    expect(readSeries(text, "domain_pages_store_ready")).toBe(1);
    const tokens = readSeries(text, "domain_pages_answer_tokens_sum", { tool: "query_domain_pages" }) ?? 0;
    expect(tokens).toBeGreaterThan(50);
    expect(first.isError).toBe(false);
  });

  it("hold no name that a client made up, and no secret", async () => {
    await ask(server.url, "tools/call", { name: "evil_tool", arguments: {} }, { token: buyer });
    await server.get("/evil-path");
    const text = await scrape();
    expect(text).not.toContain("evil");
    for (const secret of [buyer, scraper, "sk-aisa", "acme.example"]) expect(text).not.toContain(secret);
  });
});

describe("what follows a request", () => {
  const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  it.each([
    ["modern", false],
    ["older", true],
  ])("is its id, in the answer and in every line, and its trace, also upstream (%s era)", async (_era, isOlder) => {
    const upstream = await startHeldUpstream();
    const server = await startHttp(live({ AISA_BASE_URL: upstream.baseUrl }));
    const headers = { "x-request-id": "req-from.the_balancer-1", traceparent: TRACE };
    const args = { target: "acme.example" };
    const sending = isOlder
      ? sendRaw(server.url, toCall(2, "get_domain_pages", args), { session: await openSession(server.url), headers })
      : ask(server.url, "tools/call", { name: "get_domain_pages", arguments: args }, { headers });
    const request = await upstream.next();
    expect(request.headers["traceparent"]).toBe(TRACE);
    expect(JSON.stringify(request.headers)).not.toContain("req-from");
    request.answer(401, "{}");
    const answered = await sending;
    expect(answered.headers.get("x-request-id")).toBe("req-from.the_balancer-1");
    await vi.waitFor(() => {
      const mine = server.log().filter(({ request_id }) => request_id === "req-from.the_balancer-1");
      expect(mine.map(({ event }) => event)).toEqual(["upstream.answered", "call.failed", "http.request"]);
      for (const line of mine) expect(JSON.stringify(line)).toContain("0af7651916cd43dd8448eb211c80319c");
    });
    const other = await server.get("/healthz", { "x-request-id": "not one of ours!" });
    expect(other.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    await server.stop();
    await upstream.close();
  });
});

describe("health", () => {
  it("is told to whoever asks, whatever host they name, with a token needed for nothing", async () => {
    const server = await startHttp(live({ DOMAIN_PAGES_HTTP_TOKENS: '{"version":1,"tokens":[]}' }));
    const [up, ready] = [await server.get("/healthz"), await server.get("/readyz")];
    expect([up.status, await up.json()]).toEqual([200, { status: "up" }]);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ ready: true, checks: { store: true, upstream: true, accepting: true } });
    await server.stop();
  });
});

describe("two services and the command line on one folder", () => {
  it("share what whoever is not told apart has bought, and its books", async () => {
    const env = live({ HOME: makeTempFolder() });
    const [one, two] = await Promise.all([startHttp(env), startHttp(env)]);
    const before = gateway.books.read().billed.calls;
    const wish = { target: "acme.example", limit: 5, offset: 50 };
    const both = await Promise.all([one, two].map(({ url }) => callTool(url, "get_domain_pages", wish)));
    expect(new Set(both.map(({ data }) => data?.["snapshot_id"])).size).toBe(1);
    expect(gateway.books.read().billed.calls).toBe(before + 1);
    const id = String(both[0]?.data?.["snapshot_id"]);
    const onCommandLine = await runBuilt(["query", id], { env });
    expect({ code: onCommandLine.code, stdout: onCommandLine.stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`snapshot ${id}`),
    });
    const got = await runBuilt(["get", "example.com", "--limit", "3"], { env });
    expect(got.code).toBe(0);
    const asked = await callTool(two.url, "get_domain_pages", { target: "example.com", limit: 3 });
    expect(asked.text).toContain("free now");
    expect(gateway.books.read().billed.calls).toBe(before + 2);
    // 5 pages and 3 pages, at the prices of the gateway.
    const metrics = await (await one.get("/metrics")).text();
    expect(readSeries(metrics, "domain_pages_budget_left_usd")).toBeCloseTo(5 - 0.03 - 0.028, 9);
    await Promise.all([one.stop(), two.stop()]);
  });
});
