import { type JSONRPCMessage, WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import { describe, expect, it } from "vitest";
import { createTaggedTransport } from "../../src/mcp/http/tagged-transport.ts";
import { toInitialize } from "../support/http-clients.ts";

const HEADERS = { accept: "application/json, text/event-stream", "content-type": "application/json" };

/** The server's end of an open session, and the messages that its client sees on its stream. */
async function openTransport() {
  const inner = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => "s", keepAliveMs: 0 });
  const ignore = () => {};
  const outer = createTaggedTransport(inner, "tag", { onRequest: ignore, onAnswer: ignore, onCancel: ignore });
  const received: JSONRPCMessage[] = [];
  outer.onmessage = (message) => received.push(message);
  const send = (method: string, parsedBody?: unknown) =>
    inner.handleRequest(
      new Request("http://test.invalid/mcp", { method, headers: { ...HEADERS, "mcp-session-id": "s" } }),
      { parsedBody },
    );
  await send("POST", toInitialize());
  received.length = 0;
  const reader = (await send("GET")).body?.pipeThrough(new TextDecoderStream()).getReader();
  const nextSent = async () => JSON.parse((await reader?.read())?.value?.split("data: ")[1] ?? "null");
  return { outer, received, nextSent, post: (body: unknown) => send("POST", body) };
}

describe("the tag on what a server asks", () => {
  it("is on the id and the progress token of a request, and off again in what comes back", async () => {
    const { outer, received, nextSent, post } = await openTransport();
    const params = { _meta: { progressToken: 0, other: 1 }, message: "?" };
    await outer.send({ jsonrpc: "2.0", id: 0, method: "elicitation/create", params });
    expect(await nextSent()).toEqual({
      jsonrpc: "2.0",
      id: "tag:0",
      method: "elicitation/create",
      params: { _meta: { progressToken: "tag:0", other: 1 }, message: "?" },
    });
    const progress = { progressToken: "tag:0", progress: 1 };
    await post({ jsonrpc: "2.0", method: "notifications/progress", params: progress });
    await post({ jsonrpc: "2.0", id: "tag:0", result: { action: "accept" } });
    await post({ jsonrpc: "2.0", id: "tag:1", error: { code: -1, message: "no" } });
    expect(received).toEqual([
      { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: 0, progress: 1 } },
      { jsonrpc: "2.0", id: 0, result: { action: "accept" } },
      { jsonrpc: "2.0", id: 1, error: { code: -1, message: "no" } },
    ]);
  });

  it("is on what it calls off", async () => {
    const { outer, nextSent } = await openTransport();
    await outer.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 3, reason: "late" } });
    expect(await nextSent()).toMatchObject({ params: { requestId: "tag:3", reason: "late" } });
  });

  it("keeps out what another instance asked for, and lets everything else through as it is", async () => {
    const { received, post } = await openTransport();
    for (const id of [0, "0", "gat:0", "tag:", "tag:x", "tag:1e3"]) {
      await post({ jsonrpc: "2.0", id, result: {} });
      await post({ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: id, progress: 1 } });
    }
    expect(received).toEqual([]);
    const own = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } };
    await post(own);
    expect(received).toEqual([own]);
  });
});
