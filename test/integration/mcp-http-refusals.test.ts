import { afterEach, describe, expect, it, vi } from "vitest";
import type { McpEndpoint, McpEndpointDeps } from "../../src/mcp/http/mcp-endpoint.ts";
import {
  createFixture,
  createFixtureEndpoint,
  type Fixture,
  SILENT,
  serveEndpoint,
} from "../support/fixture-server.ts";
import { connectPinnedHttp, fetchRaw, openSession, sendRaw, toCall, toInitialize } from "../support/http-clients.ts";

const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});

async function start(
  more: Partial<McpEndpointDeps> = {},
): Promise<{ fixture: Fixture; endpoint: McpEndpoint; url: URL }> {
  const fixture = createFixture();
  const endpoint = createFixtureEndpoint(fixture, more);
  const served = await serveEndpoint(() => endpoint);
  cleanUp.push(served.close, endpoint.close);
  return { fixture, endpoint, url: served.url };
}

const LIST = { jsonrpc: "2.0", id: 2, method: "tools/list" };

const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "0" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

describe("a request that cannot be served", () => {
  it.each([
    ["a request without a session", LIST, {}, 400, -32000],
    ["a batch without a session", [LIST], {}, 400, -32000],
    ["a notification without a session", { jsonrpc: "2.0", method: "notifications/initialized" }, {}, 400, -32000],
    ["an initialize in a batch", [toInitialize(), LIST], {}, 400, -32600],
    ["an initialize that lacks its parts", { ...toInitialize(), params: {} }, {}, 400, -32600],
    ["an initialize without an id", { ...toInitialize(), id: undefined }, {}, 400, -32600],
    ["text that is no JSON", "{", {}, 400, -32700],
    ["nothing", "", {}, 400, -32700],
    ["null", "null", {}, 400, undefined],
    ["a stream asked for without a session", undefined, { method: "GET" }, 400, -32000],
    ["an end without a session", undefined, { method: "DELETE" }, 400, -32000],
    ["a method that is not served", LIST, { method: "PUT" }, 405, -32000],
    ["another one", LIST, { method: "PATCH" }, 405, -32000],
    ["a form", "a=b", { headers: { "content-type": "application/x-www-form-urlencoded" } }, 415, -32000],
    ["a client that takes neither form", toInitialize(), { headers: { accept: "text/html" } }, 406, -32000],
    [
      "a client that takes all but both forms",
      LIST,
      { headers: { accept: "application/*;q=0, text/html" } },
      406,
      -32000,
    ],
    ["a version from the future", LIST, { headers: { "mcp-protocol-version": "2031-01-01" } }, 400, undefined],
  ])("is refused: %s", async (_what, body, options, status, code) => {
    const { url, endpoint } = await start();
    const answer = await sendRaw(url, body, options);
    expect(answer.status).toBe(status);
    if (code !== undefined) expect(answer.messages).toMatchObject([{ jsonrpc: "2.0", error: { code } }]);
    if (status === 405) expect(answer.headers.get("allow")).toBe("GET, POST, DELETE");
    expect(endpoint.liveSessions()).toBe(0);
    expect(endpoint.inFlight()).toBe(0);
  });

  it("is refused in a session too when its body is no message, or too many", async () => {
    const { url } = await start();
    const session = await openSession(url);
    for (const body of [{}, "7", [], [LIST, { jsonrpc: "1.0" }], Array.from({ length: 101 }, () => LIST)]) {
      expect((await sendRaw(url, body, { session })).status).toBe(400);
    }
    const again = await sendRaw(url, toInitialize(), { session });
    expect(again).toMatchObject({ status: 400, messages: [{ error: { code: -32600 } }] });
  });

  it("is refused when its body is too long, in both eras", async () => {
    const { url } = await start({ maxBodyBytes: 1000 });
    const long = toCall(1, "echo", { words: "x".repeat(1000) });
    const modern = { ...long, params: { ...long.params, _meta: META } };
    for (const body of [long, modern]) {
      expect(await sendRaw(url, body)).toMatchObject({ status: 413, messages: [{ error: { code: -32000 } }] });
    }
  });
});

describe("a defect", () => {
  const broken = () => {
    const lines: Record<string, unknown>[] = [];
    const log = { ...SILENT, error: (event: string, fields = {}) => void lines.push({ event, ...fields }) };
    const createServerFor = () => {
      throw new Error("secret detail");
    };
    const endpoint = createFixtureEndpoint({ createServerFor }, { log });
    return { endpoint, lines };
  };

  it.each([
    ["older", toInitialize(), {}],
    [
      "modern",
      { ...LIST, params: { _meta: META } },
      { headers: { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" } },
    ],
  ])("in the %s era is answered with a reference, its details in the log alone", async (_era, body, options) => {
    const { endpoint, lines } = broken();
    const served = await serveEndpoint(() => endpoint);
    cleanUp.push(served.close, endpoint.close);
    const { status, messages } = await sendRaw(served.url, body, options);
    expect(status).toBe(500);
    const [answer] = messages;
    expect(answer).toMatchObject({ id: body.id, error: { code: -32603 } });
    expect(JSON.stringify(answer)).not.toContain("secret");
    const [line] = lines;
    expect(line).toMatchObject({ event: "mcp.defect", error: expect.stringContaining("secret detail") });
    expect(answer?.error?.message).toContain(`reference ${line?.["reference"]}`);
    expect(endpoint.inFlight()).toBe(0);
    expect(endpoint.liveSessions()).toBe(0);
  });
});

describe("draining", () => {
  it("refuses what is new, lets calls end, takes what they wait for, and closes", async () => {
    const { url, endpoint, fixture } = await start();
    const session = await openSession(url, undefined, { elicitation: {} });
    const waiting = sendRaw(url, toCall(3, "wait", { name: "x" }), { session });
    const cancelled = sendRaw(url, toCall(4, "wait", { name: "y" }), { session });
    const modern = await connectPinnedHttp(url);
    cleanUp.push(modern.close);
    const modernCall = modern.call("wait", { name: "z" });
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(3));
    const drained = endpoint.drain(10_000);
    for (const refused of [
      await sendRaw(url, toInitialize()),
      await sendRaw(url, LIST, { session }),
      await sendRaw(url, undefined, { method: "GET", session }),
      await sendRaw(
        url,
        { ...LIST, params: { _meta: META } },
        { headers: { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" } },
      ),
    ]) {
      expect(refused).toMatchObject({ status: 503, messages: [{ error: { code: -32000 } }] });
      expect(refused.headers.has("retry-after")).toBe(true);
    }
    const params = { requestId: 4 };
    await sendRaw(url, { jsonrpc: "2.0", method: "notifications/cancelled", params }, { session });
    await cancelled;
    for (const call of fixture.waiting) call.finish();
    expect((await waiting).messages).toMatchObject([{ id: 3, result: { content: [{ text: "waited x" }] } }]);
    expect((await modernCall).content[0]?.text).toBe("waited z");
    await drained;
    expect(endpoint.liveSessions()).toBe(0);
    expect((await sendRaw(url, LIST, { session })).status).toBe(503);
    await endpoint.drain(10_000);
  });

  it("closes what has not ended in time, and open streams with it", async () => {
    const { url, endpoint, fixture } = await start();
    const session = await openSession(url);
    const stream = await fetchRaw(url, undefined, { method: "GET", session });
    const called = sendRaw(url, toCall(3, "wait", { name: "x" }), { session });
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(1));
    await endpoint.drain(20);
    expect(fixture.waiting[0]?.signal.reason).toMatchObject({ code: "CONNECTION_CLOSED" });
    expect((await called).messages).toEqual([]);
    expect(await stream.text()).toBe(": open\n\n");
    expect(endpoint.inFlight()).toBe(0);
  });
});
