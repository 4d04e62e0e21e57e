import { afterEach, describe, expect, it, vi } from "vitest";
import { AppError } from "../../src/errors.ts";
import type { McpEndpoint, McpEndpointDeps } from "../../src/mcp/http/mcp-endpoint.ts";
import type { SessionMail, SessionNews, SessionRecords } from "../../src/mcp/http/session-records.ts";
import { createMemorySessionRecords } from "../../src/mcp/http/session-records.ts";
import {
  createFixture,
  createFixtureEndpoint,
  createMailBus,
  type Fixture,
  serveEndpoint,
} from "../support/fixture-server.ts";
import { fetchRaw, HTTP_CLIENTS, OLDER_HTTP_CLIENTS, openSession, sendRaw, toCall } from "../support/http-clients.ts";

const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});

interface Replica {
  fixture: Fixture;
  endpoint: McpEndpoint;
  url: URL;
}

interface Pair {
  a: Replica;
  b: Replica;
  /** Sends each request to the replica that did not get the one before. */
  balanced: URL;
  mail: SessionNews[];
  /** One more who can send mail. */
  stranger: SessionMail;
}

/** Two replicas that share records and mail, and a load balancer that knows nothing of sessions. */
async function startPair(more: Partial<McpEndpointDeps> = {}): Promise<Pair> {
  const sessions = createMemorySessionRecords({ now: Date.now, max: 100 });
  const bus = createMailBus();
  const startOne = async (name: string): Promise<Replica> => {
    const fixture = createFixture(name);
    const endpoint = createFixtureEndpoint(fixture, { sessions, mail: bus.join(), ...more });
    const served = await serveEndpoint(() => endpoint);
    cleanUp.push(served.close, endpoint.close);
    return { fixture, endpoint, url: served.url };
  };
  const a = await startOne("A");
  const b = await startOne("B");
  let turn = 0;
  const balanced = await serveEndpoint(() => {
    turn += 1;
    return turn % 2 === 1 ? a.endpoint : b.endpoint;
  });
  cleanUp.push(balanced.close);
  return { a, b, balanced: balanced.url, mail: bus.sent, stranger: bus.join() };
}

const LIST = { jsonrpc: "2.0", id: 2, method: "tools/list" };

describe.each(HTTP_CLIENTS)("%s behind a load balancer", (_name, connect) => {
  it("is served by both replicas in turn, in one session", async () => {
    const { balanced } = await startPair();
    const client = await connect(balanced, { token: "alice" });
    cleanUp.push(client.close);
    const words: (string | undefined)[] = [];
    for (let call = 0; call < 6; call += 1) words.push((await client.call("who")).content[0]?.text);
    expect(words.filter((word) => word?.startsWith("A"))).toHaveLength(3);
    expect(words.filter((word) => word?.startsWith("B"))).toHaveLength(3);
    expect(words.every((word) => word?.includes(" alice "))).toBe(true);
  });

  it("hands its person's answer to the replica that asked", async () => {
    const { balanced, a, b } = await startPair();
    const asked: string[] = [];
    const client = await connect(balanced, {
      person: (message) => {
        asked.push(message);
        return { action: "accept", content: { word: message } };
      },
    });
    cleanUp.push(client.close);
    for (let call = 0; call < 4; call += 1) {
      const { content } = await client.call("ask");
      expect(content[0]?.text).toMatch(/^(A|B): accept \{"word":"replica (A|B) asks"\}$/);
    }
    expect(asked).toHaveLength(4);
    expect(a.endpoint.inFlight() + b.endpoint.inFlight()).toBe(0);
  });
});

describe.each(OLDER_HTTP_CLIENTS)("%s behind a load balancer", (_name, connect) => {
  it("cancels a call wherever it runs", async () => {
    const { balanced, a, b } = await startPair();
    const client = await connect(balanced);
    cleanUp.push(client.close);
    for (const name of ["one", "two"]) {
      const stop = new AbortController();
      const called = client.call("wait", { name }, { signal: stop.signal });
      const find = () => [...a.fixture.waiting, ...b.fixture.waiting].find((call) => call.name === name);
      await vi.waitFor(() => expect(find()).toBeDefined());
      stop.abort("not wanted");
      await expect(called).rejects.toThrow();
      await vi.waitFor(() => expect(find()?.signal.aborted).toBe(true));
      // Shifts the turns, so that the second round is cancelled on the other side.
      await client.tools();
    }
    await vi.waitFor(() => expect(a.endpoint.inFlight() + b.endpoint.inFlight()).toBe(0));
  });
});

describe("two replicas", () => {
  it("pass on a cancellation to the one that runs the call, in the client's words", async () => {
    const { a, b } = await startPair();
    const session = await openSession(a.url);
    const called = sendRaw(a.url, toCall(9, "wait", { name: "x" }), { session });
    await vi.waitFor(() => expect(a.fixture.waiting).toHaveLength(1));
    const params = { requestId: 9, reason: "elsewhere" };
    const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params };
    expect((await sendRaw(b.url, cancel, { session })).status).toBe(202);
    await called;
    expect(a.fixture.waiting[0]?.signal.reason).toBe("elsewhere");
    expect(b.endpoint.liveSessions()).toBe(0);
  });

  it("ask questions at the same time without taking each other's answers", async () => {
    const { a, b } = await startPair();
    const session = await openSession(a.url, undefined, { elicitation: {} });
    const asking = await Promise.all([
      fetchRaw(a.url, toCall(11, "ask"), { session }),
      fetchRaw(b.url, toCall(12, "ask"), { session }),
    ]);
    const questions = await Promise.all(asking.map(readQuestion));
    expect(new Set(questions.map(({ id }) => id)).size).toBe(2);
    // Each answer is brought to the replica that did not ask.
    for (const [index, url] of [b.url, a.url].entries()) {
      const result = { action: "accept", content: { word: `to ${index}` } };
      const answer = { jsonrpc: "2.0", id: questions[index]?.id, result };
      expect((await sendRaw(url, answer, { session })).status).toBe(202);
    }
    expect(await Promise.all(questions.map(({ rest }) => rest()))).toEqual([
      expect.stringContaining('A: accept {\\"word\\":\\"to 0\\"}'),
      expect.stringContaining('B: accept {\\"word\\":\\"to 1\\"}'),
    ]);
  });

  it("take no answer under a number that they did not give out", async () => {
    const { a, mail } = await startPair();
    const session = await openSession(a.url, undefined, { elicitation: {} });
    const asking = await readQuestion(await fetchRaw(a.url, toCall(11, "ask"), { session }));
    const forged = { action: "accept", content: { word: "forged" } };
    for (const id of [0, "0", ":0", `${asking.id}x`, `x${asking.id}`]) {
      expect((await sendRaw(a.url, { jsonrpc: "2.0", id, result: forged }, { session })).status).toBe(202);
    }
    expect(mail).toHaveLength(5);
    const result = { action: "decline" };
    await sendRaw(a.url, { jsonrpc: "2.0", id: asking.id, result }, { session });
    expect(await asking.rest()).toContain("A: decline");
    // That one was for A alone, and A knew.
    expect(mail).toHaveLength(5);
  });

  it("take no requests by mail, nor anything for a session that is not live", async () => {
    const { a, stranger } = await startPair();
    const session = await openSession(a.url);
    await stranger.send(session, { kind: "message", message: toCall(5, "wait", { name: "by mail" }) });
    await stranger.send(session, { kind: "message", message: "nonsense" });
    const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 6 } };
    await stranger.send("nobody", { kind: "message", message: cancel });
    const called = sendRaw(a.url, toCall(6, "wait", { name: "by HTTP" }), { session });
    await vi.waitFor(() => expect(a.fixture.waiting).toHaveLength(1));
    await stranger.send(session, { kind: "message", message: cancel });
    await called;
    expect(a.fixture.waiting.map(({ name, signal }) => [name, signal.aborted])).toEqual([["by HTTP", true]]);
  });

  it("both know when a session has been ended on one of them", async () => {
    const { a, b } = await startPair();
    const session = await openSession(a.url);
    expect((await sendRaw(b.url, LIST, { session })).status).toBe(200);
    expect(a.endpoint.liveSessions() + b.endpoint.liveSessions()).toBe(2);
    expect((await sendRaw(b.url, undefined, { method: "DELETE", session })).status).toBe(200);
    expect((await sendRaw(a.url, LIST, { session })).status).toBe(404);
    expect((await sendRaw(b.url, LIST, { session })).status).toBe(404);
    expect(a.endpoint.liveSessions() + b.endpoint.liveSessions()).toBe(0);
  });

  it("notice the end of a session in time even when the mail was lost", async () => {
    let time = 0;
    const sessions = createMemorySessionRecords({ now: () => time, max: 10 });
    const lost = { send: async () => {}, listen: () => () => {} };
    const { a, b } = await startPair({ now: () => time, sessions, mail: lost });
    const session = await openSession(a.url);
    await sendRaw(b.url, undefined, { method: "DELETE", session });
    time = 61_000;
    expect((await sendRaw(a.url, LIST, { session })).status).toBe(404);
  });

  it("let a session go on when the one it was opened on has stopped", async () => {
    const { a, b } = await startPair();
    const session = await openSession(a.url, "alice");
    await a.endpoint.drain(1000);
    expect((await sendRaw(a.url, LIST, { session, token: "alice" })).status).toBe(503);
    expect((await sendRaw(b.url, LIST, { session, token: "alice" })).status).toBe(200);
    expect((await sendRaw(b.url, LIST, { session, token: "bob" })).status).toBe(404);
  });
});

describe("records that cannot be reached", () => {
  it("stop neither what is live nor the modern era, and are told as such to the rest", async () => {
    let isGone = false;
    let time = 0;
    const kept = createMemorySessionRecords({ now: () => time, max: 10 });
    const reach = async () => {
      if (isGone) throw new AppError("unavailable", "Sessions cannot be looked up now.", { detail: "redis:6379" });
    };
    const sessions: SessionRecords = {
      put: (...given) => reach().then(() => kept.put(...given)),
      use: (...given) => reach().then(() => kept.use(...given)),
      delete: (...given) => reach().then(() => kept.delete(...given)),
    };
    const { a, b } = await startPair({ sessions, now: () => time });
    const session = await openSession(a.url);
    isGone = true;
    time = 61_000;
    expect((await sendRaw(a.url, LIST, { session })).status).toBe(200);
    const refused = await sendRaw(b.url, LIST, { session });
    expect(refused).toMatchObject({ status: 503, messages: [{ id: 2, error: { code: -32000 } }] });
    expect(refused.messages[0]?.error?.message).toBe("Sessions cannot be looked up now.");
    isGone = false;
    expect((await sendRaw(b.url, LIST, { session })).status).toBe(200);
    isGone = true;
    const before = b.endpoint.liveSessions();
    await expect(openSession(b.url)).resolves.toBe("");
    expect(b.endpoint.liveSessions()).toBe(before);
  });
});

/** Reads a call's stream up to the question in it. */
async function readQuestion(response: Response): Promise<{ id: string; rest: () => Promise<string> }> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("elicitation/create")) text += (await reader?.read())?.value ?? "";
  const line = text.split("\n").find((one) => one.startsWith("data: ")) ?? "";
  return {
    id: JSON.parse(line.slice(6)).id,
    rest: async () => {
      let rest = "";
      for (;;) {
        const next = await reader?.read();
        if (next === undefined || next.done) return rest;
        rest += next.value;
      }
    },
  };
}
