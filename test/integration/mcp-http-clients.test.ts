import { afterEach, describe, expect, it, vi } from "vitest";
import type { McpEndpoint } from "../../src/mcp/http/mcp-endpoint.ts";
import { createFixture, createFixtureEndpoint, type Fixture, serveEndpoint } from "../support/fixture-server.ts";
import { type ConnectHttp, connectPinnedHttp, HTTP_CLIENTS, OLDER_HTTP_CLIENTS } from "../support/http-clients.ts";

const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});

async function start(): Promise<{ fixture: Fixture; endpoint: McpEndpoint; url: URL }> {
  const fixture = createFixture();
  const endpoint = createFixtureEndpoint(fixture);
  const served = await serveEndpoint(() => endpoint);
  cleanUp.push(served.close, endpoint.close);
  return { fixture, endpoint, url: served.url };
}

async function join(connect: ConnectHttp, ...given: Parameters<ConnectHttp>) {
  const client = await connect(...given);
  cleanUp.push(() => client.close().catch(() => {}));
  return client;
}

describe.each(HTTP_CLIENTS)("%s", (_name, connect) => {
  it("lists, calls, reads, prompts and completes", async () => {
    const { url } = await start();
    const client = await join(connect, url, { token: "alice:read" });
    expect(await client.tools()).toContain("echo");
    expect((await client.call("echo", { words: "hello" })).content).toEqual([{ type: "text", text: "hello" }]);
    expect(await client.read("fixture://note")).toBe("note for alice");
    expect(await client.prompt("paint", { colour: "red" })).toBe("paint it red");
    expect(await client.complete("paint", "colour", "g")).toEqual(["green"]);
  });

  it("is told of failures in their place", async () => {
    const { url } = await start();
    const client = await join(connect, url);
    expect(await client.call("fail")).toMatchObject({ isError: true, content: [{ text: "refused on purpose" }] });
    await expect(client.prompt("paint", { colour: "none" })).rejects.toThrow("no such colour");
    await expect(client.read("fixture://other")).rejects.toMatchObject({ code: expect.any(Number) });
  });

  it("sees who it is in the handler, with the scopes of this request", async () => {
    const { url } = await start();
    const client = await join(connect, url, { token: "alice:read,write" });
    const { content } = await client.call("who");
    expect(content[0]?.text).toMatch(/^A (older|modern) alice read write$/);
  });

  it("is sent progress while a call runs", async () => {
    const { url } = await start();
    const client = await join(connect, url);
    const seen: number[] = [];
    await client.call("steps", {}, { onprogress: ({ progress }) => seen.push(progress) });
    expect(seen).toEqual([1, 2, 3]);
  });

  it("is being served for as long as its answer streams", async () => {
    const { url, fixture, endpoint } = await start();
    const client = await join(connect, url);
    const seen: number[] = [];
    const onprogress = ({ progress }: { progress: number }) => seen.push(progress);
    const called = client.call("wait", { name: "one" }, { onprogress });
    await vi.waitFor(() => expect(seen).toEqual([1]));
    expect(endpoint.inFlight()).toBe(1);
    fixture.waiting[0]?.finish();
    await called;
    await vi.waitFor(() => expect(endpoint.inFlight()).toBe(0));
  });

  it("calls many tools at once", async () => {
    const { url, endpoint } = await start();
    const client = await join(connect, url);
    const words = Array.from({ length: 20 }, (_, index) => `word ${index}`);
    const answers = await Promise.all(words.map((word) => client.call("echo", { words: word })));
    expect(answers.map(({ content }) => content[0]?.text)).toEqual(words);
    await vi.waitFor(() => expect(endpoint.inFlight()).toBe(0));
  });

  it("reaches the running call when it cancels, and only that one", async () => {
    const { url, fixture, endpoint } = await start();
    const client = await join(connect, url);
    const stop = new AbortController();
    const called = client.call("wait", { name: "one" }, { signal: stop.signal });
    const other = client.call("wait", { name: "two" });
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(2));
    expect(endpoint.inFlight()).toBe(2);
    stop.abort("not wanted");
    await expect(called).rejects.toThrow();
    const find = (name: string) => fixture.waiting.find((call) => call.name === name);
    await vi.waitFor(() => expect(find("one")?.signal.aborted).toBe(true));
    expect(find("two")?.signal.aborted).toBe(false);
    find("two")?.finish();
    expect((await other).content[0]?.text).toBe("waited two");
    await vi.waitFor(() => expect(endpoint.inFlight()).toBe(0));
    expect((await client.call("echo", { words: "still here" })).content[0]?.text).toBe("still here");
  });

  it("puts a question to its person and hands the answer in", async () => {
    const { url } = await start();
    const asked: string[] = [];
    const person = (message: string) => {
      asked.push(message);
      return { action: "accept" as const, content: { word: "yes" } };
    };
    const client = await join(connect, url, { person });
    expect((await client.call("ask")).content[0]?.text).toBe('A: accept {"word":"yes"}');
    expect(asked).toEqual(["replica A asks"]);
  });
});

describe("why a call's signal fires", () => {
  it.each(OLDER_HTTP_CLIENTS)("%s: cancelled: the client's words, no error", async (_name, connect) => {
    const { url, fixture } = await start();
    const client = await join(connect, url);
    const stop = new AbortController();
    const called = client.call("wait", { name: "one" }, { signal: stop.signal });
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(1));
    stop.abort("not wanted");
    await expect(called).rejects.toThrow();
    await vi.waitFor(() => expect(fixture.waiting[0]?.signal.aborted).toBe(true));
    expect(fixture.waiting[0]?.signal.reason).toEqual(expect.stringContaining("not wanted"));
  });

  it.each(OLDER_HTTP_CLIENTS)("%s: gone: not at all, and the call is let finish", async (_name, connect) => {
    const { url, fixture, endpoint } = await start();
    const client = await connect(url);
    const called = client.call("wait", { name: "one" }).catch(() => "gone");
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(1));
    await client.close();
    expect(await called).toBe("gone");
    expect(endpoint.inFlight()).toBe(1);
    expect(fixture.waiting[0]?.signal.aborted).toBe(false);
    fixture.waiting[0]?.finish();
    await vi.waitFor(() => expect(endpoint.inFlight()).toBe(0));
  });

  it.each(OLDER_HTTP_CLIENTS)("%s: session ended: a closed connection", async (_name, connect) => {
    const { url, fixture } = await start();
    const client = await join(connect, url);
    client.call("wait", { name: "one" }).catch(() => {});
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(1));
    await client.end();
    await vi.waitFor(() => expect(fixture.waiting[0]?.signal.aborted).toBe(true));
    expect(fixture.waiting[0]?.signal.reason).toMatchObject({ code: "CONNECTION_CLOSED" });
  });

  it("pinned to 2026-07-28: a closed connection, whether the client cancels or goes", async () => {
    const { url, fixture } = await start();
    const client = await join(connectPinnedHttp, url);
    const stop = new AbortController();
    client.call("wait", { name: "one" }, { signal: stop.signal }).catch(() => {});
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(1));
    stop.abort("not wanted");
    await vi.waitFor(() => expect(fixture.waiting[0]?.signal.aborted).toBe(true));
    expect(fixture.waiting[0]?.signal.reason).toMatchObject({ code: "CONNECTION_CLOSED" });
  });

  it.each(HTTP_CLIENTS)("%s: endpoint closed: a closed connection", async (_name, connect) => {
    const { url, fixture, endpoint } = await start();
    const client = await join(connect, url);
    client.call("wait", { name: "one" }).catch(() => {});
    await vi.waitFor(() => expect(fixture.waiting).toHaveLength(1));
    await endpoint.close();
    await vi.waitFor(() => expect(fixture.waiting[0]?.signal.aborted).toBe(true));
    expect(fixture.waiting[0]?.signal.reason).toMatchObject({ code: "CONNECTION_CLOSED" });
  });
});
