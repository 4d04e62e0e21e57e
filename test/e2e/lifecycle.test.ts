import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { readAnswer } from "../fixtures/load.ts";
import { finish, runBuilt, start } from "../support/built.ts";
import { startHeldUpstream } from "../support/held-upstream.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const message = (id: number, method: string, params: object) =>
  `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;

const INITIALIZE = message(1, "initialize", {
  protocolVersion: "2025-11-25",
  capabilities: {},
  clientInfo: { name: "test", version: "0" },
});

const call = (id: number, args: object) =>
  message(id, "tools/call", { name: "get_domain_pages", arguments: args, _meta: { progressToken: id } });

async function initialized(env: Record<string, string> = {}): Promise<ChildProcessWithoutNullStreams> {
  const child = start([], env);
  child.stdin.write(INITIALIZE);
  await once(child.stdout, "data");
  return child;
}

describe("the built server on stdio", () => {
  it("ends with 0 when stdin ends", async () => {
    const child = await initialized();
    child.stdin.end();
    expect(await finish(child)).toMatchObject({ code: 0, stderr: "" });
  });

  it("ends with 0 when stdin ends before a word was said", async () => {
    const child = start([]);
    child.stdin.end();
    expect(await finish(child)).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("ends with 0 on %s, stdin still open", async (signal) => {
    const child = await initialized();
    child.kill(signal);
    expect(await finish(child)).toMatchObject({ code: 0, stderr: "" });
  });

  it("ends cleanly when nobody reads its output any more", async () => {
    const child = await initialized();
    child.stdout.destroy();
    child.stdin.write(message(2, "tools/list", {}));
    child.stdin.write(message(3, "tools/list", {}));
    const [code] = await once(child, "close");
    expect(code).toBe(0);
  });

  it("drops a call in flight on SIGTERM and ends", async () => {
    const upstream = await startHeldUpstream();
    const child = await initialized({ AISA_API_KEY: "sk-aisa-lifecycle", AISA_BASE_URL: upstream.baseUrl });
    child.stdin.write(call(2, { target: "acme.example" }));
    const request = await upstream.next();
    child.kill("SIGTERM");
    expect((await finish(child)).code).toBe(0);
    await request.abandoned;
    await upstream.close();
  });

  it.each([
    ["the client has gone", (child: ChildProcessWithoutNullStreams) => child.stdin.end()],
    ["it is told to stop", (child: ChildProcessWithoutNullStreams) => child.kill("SIGTERM")],
  ])("brings a purchase home that was sent before %s", async (_what, stop) => {
    const upstream = await startHeldUpstream();
    const env = { AISA_API_KEY: "sk-aisa-lifecycle", AISA_BASE_URL: upstream.baseUrl, HOME: makeTempFolder() };
    const child = await initialized(env);
    child.stdin.write(call(2, { target: "dataforseo.com", limit: 10 }));
    const request = await upstream.next();
    const finished = finish(child);
    stop(child);
    request.answer(200, readAnswer("ten-pages", "dataforseo.com"), { "x-aisa-price-usd": "0.048720" });
    expect((await finished).code).toBe(0);
    const spend = JSON.parse((await runBuilt(["spend", "--json"], { env })).stdout);
    expect(spend.purchases).toMatchObject([{ state: "charged", counted_usd: 0.04872 }]);
    const again = await runBuilt(["get", "dataforseo.com", "--limit", "10"], { env });
    expect(again.stdout).toContain("free now, charged $0.04872 when fetched");
    await upstream.close();
  });

  it("writes nothing but JSON-RPC to stdout, whatever it is sent", async () => {
    const child = start([], { DOMAIN_PAGES_LOG_LEVEL: "debug", AISA_API_KEY: "undefined" });
    const finished = finish(child);
    const lines = createInterface({ input: child.stdout });
    child.stdin.write(INITIALIZE);
    child.stdin.write("this is no JSON\n");
    child.stdin.write(message(2, "no/such/method", {}));
    child.stdin.write(call(3, { target: 7 }));
    child.stdin.write(call(4, { target: "acme.example", limit: 2 }));
    const answered = new Set<number>();
    for await (const line of lines) {
      const parsed = JSON.parse(line);
      expect(parsed.jsonrpc).toBe("2.0");
      if (parsed.id !== undefined && parsed.id !== null) answered.add(parsed.id);
      if (answered.size === 4) child.stdin.end();
    }
    const { code, stderr } = await finished;
    expect(code).toBe(0);
    const logged = stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(logged.map(({ event }) => event)).toContain("setting.ignored");
    expect(stderr).toContain('AISA_API_KEY counts as unset: it holds the word \\"undefined\\"');
  });

  it("answers after a byte order mark, a line of 11 MB and a batch", async () => {
    const child = start([]);
    const finished = finish(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse(String((await lines.next()).value));
    child.stdin.write(`\uFEFF${INITIALIZE}`);
    expect(await next()).toMatchObject({ id: 1, result: { serverInfo: { name: "domain-pages-mcp" } } });
    child.stdin.write(call(2, { target: "x".repeat(11 * 1024 * 1024) }));
    const refused = await next();
    expect(refused).toMatchObject({ id: 2, error: { code: -32600 } });
    expect(refused.error.message).toMatch(
      /^The message is \d+ bytes long; 10485760 are the most\. Nothing was done or charged\.$/,
    );
    child.stdin.write(`[${message(3, "ping", {}).trim()},${message(4, "tools/list", {}).trim()}]\n`);
    expect(await next()).toMatchObject([
      { id: 3, result: {} },
      { id: 4, result: { tools: expect.any(Array) } },
    ]);
    child.stdin.end();
    const { code, stderr } = await finished;
    expect(code).toBe(0);
    expect(stderr).toMatch(/a line of \d+ bytes was refused: 10485760 are the most/);
  });

  it("refuses to start with bad settings, all named at once", async () => {
    const child = start([], {
      DOMAIN_PAGES_TIMEOUT_MS: "soon",
      DOMAIN_PAGES_SOURCE: "aisa",
      AISA_BASE_URL: "http://example.com/apis/v1",
    });
    child.stdin.end();
    const { code, stdout, stderr } = await finish(child);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("DOMAIN_PAGES_TIMEOUT_MS: must be a whole number");
    expect(stderr).toContain("AISA_BASE_URL: must be https");
    expect(stderr).toContain('DOMAIN_PAGES_SOURCE: "aisa" needs AISA_API_KEY');
  });
});
