import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type SandboxServer, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { readAnswer } from "../fixtures/load.ts";
import { type HeldUpstream, startHeldUpstream } from "../support/held-upstream.ts";
import { fetchRaw, openSession, sendRaw, toCall } from "../support/http-clients.ts";
import { callTool, createToken, type HttpProcess, startHttp } from "../support/http-start.ts";
import { PRICES } from "../support/open-shop.ts";

const CROWD = 200;
const WISH = { target: "acme.example", limit: 10 };

let server: HttpProcess;

const open = async (baseUrl: string, more: Record<string, string> = {}) => {
  server = await startHttp({
    ...more,
    AISA_API_KEY: "sk-aisa-http-crowds",
    AISA_BASE_URL: baseUrl,
    DOMAIN_PAGES_HTTP_CALLS_PER_MINUTE: "100000",
    DOMAIN_PAGES_LOG_LEVEL: "info",
  });
};

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("200 callers who ask for the same at once", () => {
  let gateway: SandboxServer;

  beforeEach(async () => {
    gateway = await serveSandbox({ world: createWorld(), port: 0, prices: PRICES });
    await open(`${gateway.origin}/apis/v1`);
  });
  afterEach(async () => {
    await server.stop();
    await gateway.close();
  });

  it("get one purchase between them, in both eras", async () => {
    const session = await openSession(server.url);
    const wish = { target: "acme.example", limit: 50 };
    const answers = await Promise.all(
      range(CROWD).map(async (index) => {
        if (index % 2 === 0) return (await callTool(server.url, "get_domain_pages", wish)).text;
        const { messages } = await sendRaw(server.url, toCall(index, "get_domain_pages", wish), { session });
        return JSON.stringify(messages.at(-1)?.result);
      }),
    );
    for (const text of answers) expect(text).toContain("acme.example: 50 of 93 URLs fetched");
    const { calls, billed } = gateway.books.read();
    expect({ calls, billed }).toMatchObject({ calls: { carried_out: 1 }, billed: { calls: 1, micros: 75_000 } });
    const spend = JSON.parse((await server.run("spend", "--json")).stdout);
    expect(spend.purchases).toMatchObject([{ state: "charged", counted_usd: 0.075 }]);
    const metrics = await (await server.get("/metrics")).text();
    const counts = [...metrics.matchAll(/^domain_pages_tool_calls_total\{(.*)\} (\d+)$/gm)];
    expect(counts.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(CROWD);
    expect(counts.filter(([, labels]) => labels?.includes('"bought"')).map(([, , count]) => count)).toEqual(["1"]);
  });
});

describe("two callers of one tenant who ask for the same at once", () => {
  it("are each bound by their own budget alone, whoever comes first", async () => {
    const gateway = await serveSandbox({ world: createWorld(), port: 0, prices: PRICES });
    await open(`${gateway.origin}/apis/v1`, { DOMAIN_PAGES_HTTP_TOKENS: '{"version":1,"tokens":[]}' });
    const poor = await createToken(server, "poor", "--budget", "0", "--tenant", "team");
    const rich = await createToken(server, "rich", "--budget", "1", "--tenant", "team");
    for (const offset of range(10)) {
      const wish = { target: "acme.example", limit: 1, offset };
      const [refused, bought] = await Promise.all(
        [poor, rich].map((token) => callTool(server.url, "get_domain_pages", wish, { token })),
      );
      expect(bought?.text).toContain("acme.example: 1 of 93 URLs fetched");
      // Free for the one without money where the other one was first.
      if (refused?.isError) expect(refused.text).toMatch(/^Your daily budget is \$0, so you may buy nothing\./);
    }
    expect(gateway.books.read().billed.calls).toBe(10);
    await server.stop();
    await gateway.close();
  });
});

describe("200 callers of whom 150 hang up", () => {
  let upstream: HeldUpstream;

  beforeEach(async () => {
    upstream = await startHeldUpstream();
    await open(upstream.baseUrl);
  });
  afterEach(async () => {
    await server.stop();
    await upstream.close();
  });

  it("leave one purchase, which the others are answered from", async () => {
    const session = await openSession(server.url);
    const leaving = new AbortController();
    const gone = { signal: leaving.signal };
    const calls = range(CROWD).map(async (index) => {
      const options = index < 150 ? gone : {};
      try {
        if (index % 2 === 0) return (await callTool(server.url, "get_domain_pages", WISH, options)).text;
        const response = await fetchRaw(server.url, toCall(index, "get_domain_pages", WISH), { session, ...options });
        return await response.text();
      } catch {
        return "gone";
      }
    });
    const request = await upstream.next();
    // Every call is at the service when as many connections are open as there are calls.
    await vi.waitFor(async () => {
      const metrics = await (await server.get("/metrics")).text();
      expect(Number(/^domain_pages_open_connections (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(CROWD);
    }, 10_000);
    leaving.abort();
    await vi.waitFor(() => {
      expect(server.log().filter((line) => line["is_cut_off"] === true).length).toBe(150);
    }, 10_000);
    request.answer(200, readAnswer("ten-pages", WISH.target), { "x-aisa-price-usd": "0.048720" });
    const answers = await Promise.all(calls);
    expect(answers.slice(0, 150)).toEqual(range(150).map(() => "gone"));
    for (const text of answers.slice(150)) expect(text).toContain("acme.example: 10 of");
    const spend = JSON.parse((await server.run("spend", "--json")).stdout);
    expect(spend.purchases).toMatchObject([{ state: "charged", counted_usd: 0.04872 }]);
    expect(server.log().filter(({ event }) => event === "upstream.answered")).toHaveLength(1);
  });
});
