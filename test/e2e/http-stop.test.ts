import { afterEach, describe, expect, it, vi } from "vitest";
import { readAnswer } from "../fixtures/load.ts";
import { runBuilt } from "../support/built.ts";
import { type HeldUpstream, startHeldUpstream } from "../support/held-upstream.ts";
import { connectOlderHttp, HTTP_CLIENTS, openSession, sendRaw, toCall } from "../support/http-clients.ts";
import { toCallBytes } from "../support/http-service.ts";
import { callTool, type HttpProcess, startHttp, toModern } from "../support/http-start.ts";
import { openSlowClient } from "../support/slow-client.ts";

const WISH = { target: "dataforseo.com", limit: 10 };
const CHARGE = { "x-aisa-price-usd": "0.048720" };

let upstream: HeldUpstream;
let server: HttpProcess;

async function open(drainSeconds: number): Promise<void> {
  upstream = await startHeldUpstream();
  server = await startHttp({
    AISA_API_KEY: "sk-aisa-http-stop",
    AISA_BASE_URL: upstream.baseUrl,
    DOMAIN_PAGES_HTTP_DRAIN_SECONDS: String(drainSeconds),
    DOMAIN_PAGES_LOG_LEVEL: "info",
  });
}

afterEach(async () => {
  server.child.kill("SIGKILL");
  await upstream.close();
});

const purchases = async () => JSON.parse((await server.run("spend", "--json")).stdout).purchases;

const stopping = () => vi.waitFor(() => expect(server.log().map(({ event }) => event)).toContain("http.stopping"));

describe("SIGTERM with a purchase under way", () => {
  it.each(HTTP_CLIENTS)("brings it home, answers %s, keeps it, and ends with 0", async (_name, connect) => {
    await open(20);
    const client = await connect(server.url);
    const calling = client.call("get_domain_pages", WISH);
    const request = await upstream.next();
    server.child.kill("SIGTERM");
    await stopping();
    request.answer(200, readAnswer("ten-pages", WISH.target), CHARGE);
    const { isError, content } = await calling;
    expect(isError).toBeFalsy();
    expect(content[0]?.text).toContain("charged $0.04872");
    expect(await server.ended).toMatchObject({ code: 0 });
    expect(await purchases()).toMatchObject([{ state: "charged", counted_usd: 0.04872 }]);
    const again = await runBuilt(["get", WISH.target, "--limit", "10"], { env: server.env });
    expect(again.stdout).toContain("free now, charged $0.04872 when fetched");
    await client.close().catch(() => {});
  });

  it("says 503 on the connections that stand, to probes and calls, and takes no new ones", async () => {
    await open(20);
    const session = await openSession(server.url);
    const calling = callTool(server.url, "get_domain_pages", WISH).catch(() => undefined);
    const request = await upstream.next();
    const names = ["readyz", "older", "modern", "healthz"] as const;
    const slow = await Promise.all(names.map(() => openSlowClient(server.url.href)));
    await vi.waitFor(async () => {
      const metrics = await (await server.get("/metrics")).text();
      expect(Number(/^domain_pages_open_connections (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(names.length);
    });
    server.child.kill("SIGTERM");
    await stopping();
    const host = server.url.host;
    const list = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
    const { body, headers } = toModern("tools/list");
    const bytes = {
      readyz: `GET /readyz HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
      healthz: `GET /healthz HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
      older: toCallBytes({ host, "mcp-session-id": session }, list),
      modern: toCallBytes({ host, ...headers }, JSON.stringify(body)),
    };
    for (const [index, name] of names.entries()) slow[index]?.socket.write(bytes[name]);
    const received = (name: (typeof names)[number]) => slow[names.indexOf(name)]?.received();
    await vi.waitFor(() => {
      expect(received("readyz")).toMatch(/^HTTP\/1\.1 503 .*"ready":false.*"accepting":false/s);
      expect(received("healthz")).toMatch(/^HTTP\/1\.1 200 /);
      for (const name of ["older", "modern"] as const) {
        expect(received(name)).toMatch(/^HTTP\/1\.1 503 .*retry-after: \d+.*-32000/is);
      }
    });
    await expect(server.get("/readyz")).rejects.toThrow();
    request.answer(200, readAnswer("ten-pages", WISH.target), CHARGE);
    expect((await calling)?.isError).toBe(false);
    expect(await server.ended).toMatchObject({ code: 0 });
  });

  it("brings home what its caller has already left", async () => {
    await open(20);
    const controller = new AbortController();
    const calling = callTool(server.url, "get_domain_pages", WISH, { signal: controller.signal }).catch(() => "gone");
    const request = await upstream.next();
    controller.abort();
    expect(await calling).toBe("gone");
    await vi.waitFor(() => expect(server.log().some((line) => line["is_cut_off"] === true)).toBe(true));
    server.child.kill("SIGTERM");
    await stopping();
    request.answer(200, readAnswer("ten-pages", WISH.target), CHARGE);
    expect(await server.ended).toMatchObject({ code: 0 });
    expect(await purchases()).toMatchObject([{ state: "charged", counted_usd: 0.04872 }]);
  });

  it("hears of a cancellation while it drains", async () => {
    await open(20);
    const session = await openSession(server.url);
    const calling = sendRaw(server.url, toCall(5, "get_domain_pages", WISH), { session }).catch(() => "gone");
    const request = await upstream.next();
    const slow = await openSlowClient(server.url.href);
    await vi.waitFor(async () => {
      const metrics = await (await server.get("/metrics")).text();
      expect(Number(/^domain_pages_open_connections (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(2);
    });
    server.child.kill("SIGTERM");
    await stopping();
    const cancel = JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 5 } });
    slow.socket.write(toCallBytes({ host: server.url.host, "mcp-session-id": session }, cancel));
    await vi.waitFor(() => expect(slow.received()).toMatch(/^HTTP\/1\.1 \d+/));
    expect(slow.received()).toMatch(/^HTTP\/1\.1 202 /);
    await request.abandoned;
    await calling;
    expect(await server.ended).toMatchObject({ code: 0 });
    expect(await purchases()).toMatchObject([{ state: "unknown" }]);
  });
});

describe("a time that is too short", () => {
  it.each([0, 1])("books the purchase as may have been charged, and ends within %i s and a little", async (seconds) => {
    await open(seconds);
    const calling = callTool(server.url, "get_domain_pages", WISH).catch((error: unknown) => error);
    const request = await upstream.next();
    const from = Date.now();
    server.child.kill("SIGTERM");
    const { code, stderr } = await server.ended;
    const tookMs = Date.now() - from;
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("http.closed") });
    expect(tookMs).toBeGreaterThanOrEqual(seconds * 1000 - 50);
    expect(tookMs).toBeLessThan(seconds * 1000 + 3000);
    await request.abandoned;
    await calling;
    expect(await purchases()).toMatchObject([{ state: "unknown", counted_usd: 0.25 }]);
  });

  it("ends streams of news at once, with no call under way", async () => {
    await open(20);
    const client = await connectOlderHttp(server.url);
    await client.tools();
    const from = Date.now();
    expect(await server.stop()).toMatchObject({ code: 0 });
    expect(Date.now() - from).toBeLessThan(3000);
    await client.close().catch(() => {});
  });
});

describe("a second SIGTERM", () => {
  it("ends it at once, the purchase left set aside in the books", async () => {
    await open(30);
    const calling = callTool(server.url, "get_domain_pages", WISH).catch(() => "cut off");
    await upstream.next();
    server.child.kill("SIGTERM");
    await stopping();
    const from = Date.now();
    server.child.kill("SIGTERM");
    await server.ended;
    expect(Date.now() - from).toBeLessThan(2000);
    expect(await calling).toBe("cut off");
    const [purchase] = await purchases();
    expect(purchase).toMatchObject({ counted_usd: 0.25 });
    expect(["open", "unknown"]).toContain(purchase.state);
  });
});
