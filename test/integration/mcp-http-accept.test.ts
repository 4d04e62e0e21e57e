import { request } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readAccept } from "../../src/mcp/http/accept.ts";
import { createFixture, createFixtureEndpoint, serveEndpoint } from "../support/fixture-server.ts";
import { fetchRaw, openSession, type RawMessage, sendRaw, toCall, toInitialize } from "../support/http-clients.ts";
import { toModern } from "../support/http-start.ts";

const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});

async function start() {
  const fixture = createFixture();
  const endpoint = createFixtureEndpoint(fixture);
  const served = await serveEndpoint(() => endpoint);
  cleanUp.push(served.close, endpoint.close);
  return { fixture, endpoint, url: served.url };
}

type Form = "json" | "events";

/** One POST with exactly this header, or without any, which `fetch` cannot send. */
function post(url: URL, accept: string | undefined, body: unknown, more: Record<string, string> = {}) {
  const headers = { "content-type": "application/json", ...(accept !== undefined && { accept }), ...more };
  return new Promise<{ status: number; form: Form | undefined; text: string; session: string }>((resolve, reject) => {
    const sent = request(url, { method: "POST", headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      answer.once("end", () => {
        const type = answer.headers["content-type"];
        const form = type === "application/json" ? "json" : type === "text/event-stream" ? "events" : undefined;
        const session = String(answer.headers["mcp-session-id"] ?? "");
        resolve({ status: answer.statusCode ?? 0, form, text, session });
      });
    });
    sent.once("error", reject);
    sent.end(JSON.stringify(body));
  });
}

/** The message in an answer of this form, and nothing else in it. */
function read(form: Form | undefined, text: string): RawMessage {
  if (form === "json") return JSON.parse(text) as RawMessage;
  const lines = text.split("\n").filter((line) => line.startsWith("data: "));
  return JSON.parse(String(lines.at(-1)).slice("data: ".length)) as RawMessage;
}

const HEADERS: readonly [string | undefined, Form | undefined][] = [
  ["application/json", "json"],
  ["APPLICATION/JSON; charset=utf-8", "json"],
  ["application/*", "json"],
  ["*/*, text/event-stream;q=0", "json"],
  ["text/event-stream", "events"],
  ["Text/*", "events"],
  ["application/json;q=0.0, */*;q=0.1", "events"],
  // Both are taken: whatever is usual for the era.
  ["*/*", undefined],
  ["*", undefined],
  ["text/html, image/gif, *; q=.2", undefined],
  [undefined, undefined],
  ["", undefined],
  ["Application/JSON,Text/Event-Stream", undefined],
  ["text/html, application/json;q=0.9, text/event-stream;q=0.8", undefined],
];

describe("the forms that a client takes", () => {
  it.each(HEADERS)("are told by its header %j", async (accept, form) => {
    expect(readAccept(accept ?? null)).toEqual({ json: form !== "events", events: form !== "json" });
  });

  it.each(["text/html", "application/json;q=0", "image/*, text/plain"])("are none by the header %j", async (accept) => {
    expect(readAccept(accept)).toEqual({ json: false, events: false });
  });
});

describe("an answer", () => {
  it.each(HEADERS)("of the older era comes in a form that is taken: %j", async (accept, form) => {
    const { url, endpoint } = await start();
    const opened = await post(url, accept, toInitialize());
    expect(opened).toMatchObject({ status: 200, form: form ?? "events" });
    expect(read(opened.form, opened.text)).toMatchObject({ id: 1, result: { serverInfo: { name: "fixture" } } });
    const session = { "mcp-session-id": opened.session };
    const called = await post(url, accept, toCall(2, "echo", { words: "é\n\u2028" }), session);
    expect(called).toMatchObject({ status: 200, form: form ?? "events" });
    expect(read(called.form, called.text)).toMatchObject({ id: 2, result: { content: [{ text: "é\n\u2028" }] } });
    expect((await post(url, accept, { jsonrpc: "2.0", method: "notifications/initialized" }, session)).status).toBe(
      202,
    );
    expect(endpoint.inFlight()).toBe(0);
  });

  it.each(HEADERS)("of the modern era comes in a form that is taken: %j", async (accept, form) => {
    const { url } = await start();
    const { body, headers } = toModern("tools/call", { name: "echo", arguments: { words: "é" } });
    const called = await post(url, accept, body, headers);
    expect(called).toMatchObject({ status: 200, form: form ?? "json" });
    expect(read(called.form, called.text)).toMatchObject({ id: 1, result: { content: [{ text: "é" }] } });
  });

  it("without a stream leaves out the news that came before it, in both eras", async () => {
    const { url } = await start();
    const session = await openSession(url);
    const params = { name: "steps", arguments: {}, _meta: { progressToken: 1 } };
    const older = { jsonrpc: "2.0", id: 3, method: "tools/call", params };
    const { body, headers } = toModern("tools/call", { name: "steps", arguments: {} });
    const answers = [
      await post(url, "application/json", older, { "mcp-session-id": session }),
      await post(url, "application/json", body, headers),
    ];
    for (const { form, text } of answers) {
      expect(form).toBe("json");
      expect(JSON.parse(text)).toMatchObject({ result: { content: [{ text: "three steps" }] } });
    }
  });

  it("to a batch is one array where streams are not taken", async () => {
    const { url } = await start();
    const session = { "mcp-session-id": await openSession(url) };
    const batch = [toCall(1, "echo", { words: "a" }), toCall(2, "echo", { words: "b" })];
    const { form, text } = await post(url, "application/json", batch, session);
    expect(form).toBe("json");
    expect((JSON.parse(text) as RawMessage[]).map(({ id }) => id).sort()).toEqual([1, 2]);
  });

  it("to a call that was cancelled says so where streams are not taken", async () => {
    const { url, fixture } = await start();
    const session = { "mcp-session-id": await openSession(url) };
    const waiting = post(url, "application/json", toCall(5, "wait", { name: "long" }), session);
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(1));
    const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 5 } };
    expect((await post(url, "application/json", cancel, session)).status).toBe(202);
    expect(JSON.parse((await waiting).text)).toMatchObject({ id: 5, error: { message: "Cancelled" } });
  });

  it("does not wait for a person whom a client without streams cannot ask", async () => {
    const { url, endpoint } = await start();
    const session = await openSession(url, undefined, { elicitation: {} });
    const { form, text } = await post(url, "application/json", toCall(6, "ask"), { "mcp-session-id": session });
    expect(form).toBe("json");
    const { id, error, result } = JSON.parse(text) as RawMessage;
    expect(id).toBe(6);
    expect(JSON.stringify(error ?? result)).toContain("cannot be asked");
    expect(endpoint.inFlight()).toBe(0);
  });

  it("that nobody waits for any more is not waited for, in a form without streams", async () => {
    const { url, fixture, endpoint } = await start();
    const leaving = new AbortController();
    const { body, headers } = toModern("tools/call", {
      name: "wait",
      arguments: { name: "left" },
      _meta: { progressToken: 1 },
    });
    const options = { headers: { ...headers, accept: "application/json" }, signal: leaving.signal };
    const left = fetchRaw(url, body, options).catch(() => {});
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(1));
    leaving.abort();
    await left;
    await vi.waitFor(() => expect(fixture.waiting[0]?.signal.aborted).toBe(true));
    await vi.waitFor(() => expect(endpoint.inFlight()).toBe(0));
  });

  it("that is a stream of news is for those alone who take streams", async () => {
    const { url } = await start();
    const session = await openSession(url);
    const { body, headers } = toModern("subscriptions/listen", { notifications: {} });
    const json = { accept: "application/json" };
    expect((await sendRaw(url, body, { headers: { ...headers, ...json } })).status).toBe(406);
    expect((await sendRaw(url, undefined, { method: "GET", session, headers: json })).status).toBe(406);
    const leaving = new AbortController();
    const any = { method: "GET", session, headers: { accept: "*/*" }, signal: leaving.signal };
    const opened = await fetchRaw(url, undefined, any);
    expect(opened.headers.get("content-type")).toBe("text/event-stream");
    leaving.abort();
    await opened.text().catch(() => {});
    expect(
      (await sendRaw(url, undefined, { method: "DELETE", session, headers: { accept: "text/html" } })).status,
    ).toBe(200);
  });
});

describe("an initialize", () => {
  it.each([
    ["that has ended", "00000000-0000-4000-8000-000000000000"],
    ["of another server's form", "abc"],
    ["that is empty", ""],
  ])("with the id of a session %s opens a new one", async (_which, session) => {
    const { url, endpoint } = await start();
    const opened = await sendRaw(url, toInitialize(), { session });
    expect(opened).toMatchObject({ status: 200, messages: [{ id: 1, result: { protocolVersion: "2025-11-25" } }] });
    const fresh = opened.headers.get("mcp-session-id") ?? "";
    expect(fresh).not.toBe(session);
    expect((await sendRaw(url, toCall(2, "echo", { words: "x" }), { session: fresh })).status).toBe(200);
    expect((await sendRaw(url, toCall(2, "echo", { words: "x" }), { session })).status).toBe(
      session === "" ? 400 : 404,
    );
    expect(endpoint.liveSessions()).toBe(1);
  });

  it("with the id of somebody else's session opens one of its own", async () => {
    const { url, endpoint } = await start();
    const hers = await openSession(url, "alice:read");
    const opened = await sendRaw(url, toInitialize(), { session: hers, token: "bob:read" });
    expect(opened.status).toBe(200);
    expect(opened.headers.get("mcp-session-id")).not.toBe(hers);
    expect((await sendRaw(url, toCall(2, "who"), { session: hers, token: "alice:read" })).status).toBe(200);
    expect(endpoint.liveSessions()).toBe(2);
  });
});
