import { afterEach, describe, expect, it, vi } from "vitest";
import type { McpEndpoint, McpEndpointDeps } from "../../src/mcp/http/mcp-endpoint.ts";
import { createMemorySessionRecords } from "../../src/mcp/http/session-records.ts";
import { createFixture, createFixtureEndpoint, type Fixture, serveEndpoint } from "../support/fixture-server.ts";
import { connectOlderHttp, fetchRaw, openSession, sendRaw, toCall, toInitialize } from "../support/http-clients.ts";

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

const TOGETHER = 6;

const LIST = { jsonrpc: "2.0", id: 2, method: "tools/list" };
const NOT_FOUND = { status: 404, messages: [{ error: { code: -32001 }, id: null }] };

describe("a session of the older era", () => {
  it("answers calls with equal ids of different sessions to the right one", async () => {
    const { url } = await start();
    const sessions = await Promise.all(["alice", "bob", "carol"].map((token) => openSession(url, token)));
    const answers = await Promise.all(
      ["alice", "bob", "carol"].map((token, index) =>
        sendRaw(url, toCall(7, "who"), { session: sessions[index] ?? "", token }),
      ),
    );
    const words = answers.map(({ messages }) => messages[0]?.result?.["content"]);
    expect(words).toEqual(["alice", "bob", "carol"].map((who) => [{ type: "text", text: `A older ${who} ` }]));
  });

  it("is the same not-found for its id in another owner's hands as for an id that never was", async () => {
    const { url, fixture } = await start();
    const session = await openSession(url, "alice");
    const made = fixture.made.length;
    const never = "00000000-0000-4000-8000-000000000000";
    const answers = await Promise.all([
      sendRaw(url, LIST, { session, token: "bob" }),
      sendRaw(url, LIST, { session }),
      sendRaw(url, LIST, { session: never, token: "bob" }),
      sendRaw(url, LIST, { session: "../../etc/passwd", token: "bob" }),
      sendRaw(url, LIST, { session: "x".repeat(4000), token: "bob" }),
      sendRaw(url, undefined, { method: "GET", session, token: "bob" }),
      sendRaw(url, undefined, { method: "DELETE", session, token: "bob" }),
      sendRaw(url, { jsonrpc: "2.0", method: "notifications/cancelled" }, { session, token: "bob" }),
    ]);
    for (const answer of answers) expect(answer).toMatchObject(NOT_FOUND);
    expect(new Set(answers.map(({ messages }) => JSON.stringify(messages))).size).toBe(1);
    expect(fixture.made).toHaveLength(made);
    expect((await sendRaw(url, LIST, { session, token: "alice" })).status).toBe(200);
  });

  it("is not found by another owner when it is not live either, and is not revived for one", async () => {
    const { url, endpoint, fixture } = await start({ idleMs: 20 });
    const session = await openSession(url, "alice");
    await vi.waitFor(() => expect(endpoint.liveSessions()).toBe(0));
    const made = fixture.made.length;
    const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } };
    for (const answer of [
      await sendRaw(url, LIST, { session, token: "bob" }),
      await sendRaw(url, cancel, { session, token: "bob" }),
      await sendRaw(url, undefined, { method: "DELETE", session, token: "bob" }),
    ]) {
      expect(answer).toMatchObject(NOT_FOUND);
    }
    expect(fixture.made).toHaveLength(made);
    expect((await sendRaw(url, cancel, { session, token: "alice" })).status).toBe(202);
    expect(fixture.made).toHaveLength(made);
    expect((await sendRaw(url, LIST, { session, token: "alice" })).status).toBe(200);
  });

  it("is looked for under ids of our making only", async () => {
    const asked: string[] = [];
    const kept = memory(Date.now);
    const use: typeof kept.use = (id, ttlMs) => {
      asked.push(id);
      return kept.use(id, ttlMs);
    };
    const { url } = await start({ sessions: { ...kept, use } });
    const never = "00000000-0000-4000-8000-000000000000";
    for (const session of ["x".repeat(4000), "a b", "*", never.toUpperCase().replace("4", "G"), `${never}0`, never]) {
      expect(await sendRaw(url, LIST, { session })).toMatchObject(NOT_FOUND);
    }
    expect(asked).toEqual([never]);
  });

  it("ends when its client deletes it", async () => {
    const { url, endpoint } = await start();
    const session = await openSession(url);
    expect((await sendRaw(url, undefined, { method: "DELETE", session })).status).toBe(200);
    expect(await sendRaw(url, LIST, { session })).toMatchObject(NOT_FOUND);
    expect(await sendRaw(url, undefined, { method: "DELETE", session })).toMatchObject(NOT_FOUND);
    expect(endpoint.liveSessions()).toBe(0);
  });

  it("ends when it was not used for its time, live or not", async () => {
    let time = 0;
    const { url } = await start({ now: () => time, sessionTtlMs: 1000, sessions: memory(() => time) });
    const session = await openSession(url);
    time = 900;
    expect((await sendRaw(url, LIST, { session })).status).toBe(200);
    time = 1800;
    expect((await sendRaw(url, LIST, { session })).status).toBe(200);
    time = 2900;
    expect(await sendRaw(url, LIST, { session })).toMatchObject(NOT_FOUND);
  });

  it("does not end while its client holds a stream open", async () => {
    let time = 0;
    const kept = memory(() => time);
    let uses = 0;
    const use: typeof kept.use = (id, ttlMs) => {
      uses += 1;
      return kept.use(id, ttlMs);
    };
    const { url } = await start({ now: () => time, sessionTtlMs: 1000, idleMs: 20, sessions: { ...kept, use } });
    const session = await openSession(url);
    const gone = new AbortController();
    await fetchRaw(url, undefined, { method: "GET", session, signal: gone.signal });
    for (const later of [900, 1800, 2700]) {
      const before = uses;
      time = later;
      await vi.waitFor(() => expect(uses).toBeGreaterThan(before));
    }
    expect((await sendRaw(url, LIST, { session })).status).toBe(200);
    gone.abort();
  });

  it("is closed when idle and revived when used again, its client none the wiser", async () => {
    const { url, endpoint, fixture } = await start({ idleMs: 20 });
    const client = await connectOlderHttp(url, {
      token: "alice",
      person: () => ({ action: "accept", content: { word: "again" } }),
    });
    cleanUp.push(client.close);
    const raw = await openSession(url, "alice");
    // The client keeps a stream open, so its session stays.
    await vi.waitFor(() => expect(endpoint.liveSessions()).toBe(1));
    const made = fixture.made.length;
    expect((await sendRaw(url, toCall(3, "who"), { session: raw, token: "alice" })).messages).toMatchObject([
      { id: 3, result: { content: [{ text: "A older alice " }] } },
    ]);
    expect(fixture.made).toHaveLength(made + 1);
    expect((await client.call("ask")).content[0]?.text).toBe('A: accept {"word":"again"}');
  });

  it("stays live while a call runs in it", async () => {
    const { url, endpoint, fixture } = await start({ idleMs: 20 });
    const session = await openSession(url);
    const called = sendRaw(url, toCall(3, "wait", { name: "long" }), { session });
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(1));
    const other = await openSession(url);
    await vi.waitFor(() => expect(endpoint.liveSessions()).toBe(1));
    fixture.waiting[0]?.finish();
    expect((await called).messages).toMatchObject([{ id: 3, result: { content: [{ text: "waited long" }] } }]);
    await vi.waitFor(() => expect(endpoint.liveSessions()).toBe(0));
    expect((await sendRaw(url, LIST, { session: other })).status).toBe(200);
  });

  it("is revived once for requests that come together", async () => {
    const kept = memory(Date.now);
    let waiting: (() => void)[] = [];
    let isGathering = false;
    // Answers when all have asked, so that none finds it live.
    const use: typeof kept.use = async (id, ttlMs) => {
      if (!isGathering) return kept.use(id, ttlMs);
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length < TOGETHER) return;
        for (const go of waiting) go();
        waiting = [];
      });
      return kept.use(id, ttlMs);
    };
    const { url, endpoint, fixture } = await start({ idleMs: 20, maxSessions: 1, sessions: { ...kept, use } });
    const session = await openSession(url);
    await vi.waitFor(() => expect(endpoint.liveSessions()).toBe(0));
    const made = fixture.made.length;
    isGathering = true;
    const answers = await Promise.all(
      Array.from({ length: TOGETHER }, (_, index) =>
        sendRaw(url, toCall(index, "echo", { words: `${index}` }), { session }),
      ),
    );
    expect(answers.map(({ messages }) => messages[0]?.result?.["content"])).toEqual(
      answers.map((_, index) => [{ type: "text", text: `${index}` }]),
    );
    expect(fixture.made).toHaveLength(made + 1);
  });

  it("streams what is not about a call to a GET, seen to be open at once, one at a time", async () => {
    const { url } = await start();
    const session = await openSession(url);
    const gone = new AbortController();
    const stream = await fetchRaw(url, undefined, { method: "GET", session, signal: gone.signal });
    expect(stream.headers.get("content-type")).toContain("text/event-stream");
    const first = await stream.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value)).toBe(": open\n\n");
    expect((await sendRaw(url, undefined, { method: "GET", session })).status).toBe(409);
    gone.abort();
    await vi.waitFor(async () => {
      const again = new AbortController();
      const { status } = await fetchRaw(url, undefined, { method: "GET", session, signal: again.signal });
      again.abort();
      expect(status).toBe(200);
    });
  });

  it("opens a stream at once, and keeps a quiet one alive", async () => {
    const { url, fixture } = await start({ keepAliveMs: 10 });
    const session = await openSession(url);
    const response = await fetchRaw(url, toCall(3, "wait", { name: "long" }), { session });
    const reader = response.body?.getReader();
    let read = "";
    while (!read.includes(": keepalive")) read += new TextDecoder().decode((await reader?.read())?.value);
    expect(read).toMatch(/^: open\n\n: keepalive\n\n/);
    fixture.waiting[0]?.finish();
  });

  it("closes the stream of a cancelled call, which is never answered", async () => {
    const { url, fixture, endpoint } = await start();
    const session = await openSession(url);
    const called = sendRaw(url, toCall(3, "wait", { name: "long" }), { session });
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(1));
    const params = { requestId: 3, reason: "changed my mind" };
    await sendRaw(url, { jsonrpc: "2.0", method: "notifications/cancelled", params }, { session });
    expect(await called).toMatchObject({ status: 200, messages: [] });
    expect(fixture.waiting[0]?.signal.reason).toBe("changed my mind");
    expect(endpoint.inFlight()).toBe(0);
  });

  it("answers batches, and the rest of one when a part is cancelled", async () => {
    const { url, fixture } = await start();
    const opened = await sendRaw(url, toInitialize("2025-03-26"));
    const session = opened.headers.get("mcp-session-id") ?? "";
    const batch = [
      toCall(3, "echo", { words: "a" }),
      toCall(4, "wait", { name: "b" }),
      toCall(5, "wait", { name: "c" }),
    ];
    const called = sendRaw(url, batch, { session });
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(2));
    await sendRaw(url, [{ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 4 } }], { session });
    fixture.waiting[1]?.finish();
    const { messages } = await called;
    expect(messages.filter(({ result }) => result).map(({ id }) => id)).toEqual([3, 5]);
    expect(fixture.waiting[0]?.signal.aborted).toBe(true);
  });
});

describe("room for sessions", () => {
  it("is made by closing the longest idle, which is revived when used again", async () => {
    let time = 0;
    const { url, endpoint, fixture } = await start({ maxSessions: 2, now: () => time });
    const first = await openSession(url, "alice");
    time = 1;
    const second = await openSession(url, "bob");
    time = 2;
    await openSession(url, "carol");
    expect(endpoint.liveSessions()).toBe(2);
    expect((await sendRaw(url, LIST, { session: second, token: "bob" })).status).toBe(200);
    expect(fixture.made.filter((who) => who.endsWith("alice"))).toHaveLength(1);
    expect((await sendRaw(url, LIST, { session: first, token: "alice" })).status).toBe(200);
    expect(fixture.made.filter((who) => who.endsWith("alice"))).toHaveLength(2);
  });

  it("is refused while all are busy, to openers and revivers alike, and there again afterwards", async () => {
    const { url, fixture } = await start({ maxSessions: 1 });
    const idle = await openSession(url, "bob");
    const busy = await openSession(url, "alice");
    const called = sendRaw(url, toCall(3, "wait", { name: "x" }), { session: busy, token: "alice" });
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(1));
    for (const refused of [
      await sendRaw(url, toInitialize(), { token: "bob" }),
      await sendRaw(url, LIST, { session: idle, token: "bob" }),
    ]) {
      expect(refused).toMatchObject({ status: 503, messages: [{ error: { code: -32000 } }] });
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    fixture.waiting[0]?.finish();
    await called;
    expect((await sendRaw(url, LIST, { session: idle, token: "bob" })).status).toBe(200);
  });

  it("is bounded for each owner, so that one cannot take it from the others", async () => {
    const { url, fixture } = await start({ maxSessions: 10, maxSessionsPerOwner: 1 });
    const session = await openSession(url, "alice");
    const called = sendRaw(url, toCall(3, "wait", { name: "x" }), { session, token: "alice" });
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(1));
    expect((await sendRaw(url, toInitialize(), { token: "alice" })).status).toBe(429);
    expect((await sendRaw(url, toInitialize(), { token: "bob" })).status).toBe(200);
    fixture.waiting[0]?.finish();
    await called;
    expect((await sendRaw(url, toInitialize(), { token: "alice" })).status).toBe(200);
  });

  it("is not kept for what a client says about itself beyond a bound", async () => {
    const { url, endpoint } = await start({ maxInitializeBytes: 500 });
    const refused = await sendRaw(url, toInitialize("2025-11-25", { experimental: { x: { y: "y".repeat(500) } } }));
    expect(refused).toMatchObject({ status: 413, messages: [{ id: 1, error: { code: -32600 } }] });
    expect(endpoint.liveSessions()).toBe(0);
    const icons = [{ src: `data:image/png;base64,${"A".repeat(9000)}` }];
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "n", version: "1", icons } };
    expect((await sendRaw(url, { ...toInitialize(), params })).status).toBe(200);
  });
});

function memory(now: () => number) {
  return createMemorySessionRecords({ now, max: 100 });
}
