import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { describe, expect, it } from "vitest";
import { createStdioTransport } from "../../src/mcp/stdio-transport.ts";

interface Answer {
  id?: number | string;
  result?: object;
  error?: { code: number; message: string };
}

const MAX_LINE_BYTES = 8000;

const INITIALIZE = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-03-26", capabilities: {}, clientInfo: { name: "test", version: "0" } },
};

const ping = (id: number | string) => ({ jsonrpc: "2.0", id, method: "ping" });

/** A server with one tool that is answered when the test says so, behind the transport. */
async function open() {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const errors: string[] = [];
  const held: (() => void)[] = [];
  const handle = serveStdio(
    () => {
      const server = new McpServer({ name: "test", version: "0" });
      server.registerTool("hold", {}, async () => {
        await new Promise<void>((resolve) => held.push(resolve));
        return { content: [] };
      });
      return server;
    },
    {
      transport: createStdioTransport(stdin, stdout, { maxLineBytes: MAX_LINE_BYTES }),
      onerror: ({ message }) => errors.push(message),
    },
  );
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    stdin,
    stdout,
    errors,
    held,
    write: (text: string | Buffer) => stdin.write(text),
    send: (...messages: unknown[]) => stdin.write(messages.map((each) => `${JSON.stringify(each)}\n`).join("")),
    /** The next line of output. */
    next: async (): Promise<Answer | Answer[]> => JSON.parse(String((await lines.next()).value)),
    close: () => handle.close(),
  };
}

async function opened() {
  const client = await open();
  client.send(INITIALIZE);
  await client.next();
  return client;
}

/** A request longer than any that is taken, its members in the order given. */
const longRequest = (id: unknown, order: ("id" | "method" | "params")[]) => {
  const params = { id: "inner", method: "inner", list: ["{", '"', "\\", "é", "x".repeat(MAX_LINE_BYTES)] };
  const members = { id, method: "ping", params };
  return Object.fromEntries([["jsonrpc", "2.0"], ...order.map((name) => [name, members[name]])]);
};

describe("the transport over stdio", () => {
  it.each(["\uFEFF", "\uFEFF\uFEFF", "\r\n\uFEFF"])("drops a byte order mark before a message (%j)", async (mark) => {
    const client = await open();
    client.write(`${mark + JSON.stringify(INITIALIZE)}\r\n`);
    expect(await client.next()).toMatchObject({ id: 0, result: { protocolVersion: "2025-03-26" } });
    client.write(`\uFEFF${JSON.stringify(ping(1))}\n`);
    expect(await client.next()).toMatchObject({ id: 1, result: {} });
    await client.close();
  });

  it("takes messages however their bytes are cut", async () => {
    const client = await opened();
    for (const byte of Buffer.from(`${JSON.stringify(ping("é€😀"))}\n${JSON.stringify(ping(2))}\n`)) {
      client.write(Buffer.from([byte]));
    }
    expect([await client.next(), await client.next()]).toMatchObject([{ id: "é€😀" }, { id: 2 }]);
    await client.close();
  });

  it.each([
    ["first", ["id", "method", "params"]],
    ["between", ["params", "id", "method"]],
    ["last", ["method", "params", "id"]],
  ] as const)("refuses a line that is too long and goes on, its id %s", async (_where, order) => {
    const client = await opened();
    client.send(longRequest("long", [...order]), longRequest(7, [...order]), ping(2));
    const seen = [await client.next(), await client.next(), await client.next()];
    const error = { code: -32600, message: expect.stringContaining("8000 are the most. Nothing was done or charged.") };
    expect(seen).toMatchObject([
      { id: "long", error },
      { id: 7, error },
      { id: 2, result: {} },
    ]);
    expect(client.errors).toHaveLength(2);
    await client.close();
  });

  it.each([
    ["has no id", longRequest(undefined, ["method", "params"])],
    ["is an answer", { jsonrpc: "2.0", id: 5, result: { x: "x".repeat(MAX_LINE_BYTES) } }],
    ["has an id of no form", longRequest({ id: 1 }, ["id", "method", "params"])],
    ["has an id without end", longRequest("x".repeat(MAX_LINE_BYTES), ["id", "method"])],
    ["is a batch", [longRequest(1, ["id", "method", "params"])]],
    ["is no JSON", `]}"${"x".repeat(MAX_LINE_BYTES)}`],
  ])("says nothing to a line that is too long and %s, and goes on", async (_what, message) => {
    const client = await opened();
    client.send(message, ping(2));
    expect(await client.next()).toMatchObject({ id: 2, result: {} });
    expect(client.errors).toEqual([expect.stringMatching(/^a line of \d+ bytes was refused: 8000 are the most$/)]);
    await client.close();
  });

  it("answers a batch with one array, in whatever order its answers come", async () => {
    const client = await opened();
    const call = { jsonrpc: "2.0", id: "held", method: "tools/call", params: { name: "hold", arguments: {} } };
    client.send([call, ping("a"), { jsonrpc: "2.0", method: "notifications/initialized" }], ping("alone"));
    expect(await client.next()).toMatchObject({ id: "alone" });
    client.held[0]?.();
    const answers = (await client.next()) as Answer[];
    expect(answers.map(({ id }) => id).sort()).toEqual(["a", "held"]);
    await client.close();
  });

  it("does not wait for a request of a batch that was called off", async () => {
    const client = await opened();
    const call = { jsonrpc: "2.0", id: "held", method: "tools/call", params: { name: "hold", arguments: {} } };
    client.send([call, ping("a")]);
    while (client.held.length === 0) await nextTurn();
    client.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: "held" } });
    expect(await client.next()).toMatchObject([{ id: "a" }]);
    await client.close();
  });

  it.each([
    ["initialize", [INITIALIZE, ping(1)], [0, 1], "initialize cannot be part of a batch. Nothing"],
    ["too many messages", Array.from({ length: 101 }, (_, id) => ping(id)), undefined, "1 to 100 messages"],
    ["one that is no request", [{ id: 3, method: 4 }, { x: 1 }, ping(1)], [3, 1], "no JSON-RPC 2.0 request"],
  ])("refuses in a batch, request by request: %s", async (_what, batch, ids, why) => {
    const client = await opened();
    client.send(batch, ping("after"));
    const seen = [await client.next(), await client.next()];
    const answers = seen.find(Array.isArray) ?? [];
    if (ids !== undefined) expect(answers.map(({ id }) => id)).toEqual(ids);
    expect(answers[0]?.error?.message).toContain(why);
    expect(seen).toContainEqual(expect.objectContaining({ id: "after" }));
    await client.close();
  });

  it("answers a single message that is no request where it has an id, and says nothing to the rest", async () => {
    const client = await opened();
    client.write("[]\nnull\n{}\nthis is no JSON\n");
    client.send({ id: 3, method: 4 }, ping(2));
    expect([await client.next(), await client.next()]).toMatchObject([{ id: 3, error: { code: -32600 } }, { id: 2 }]);
    expect(client.errors).toHaveLength(5);
    await client.close();
  });

  it("reads no further while nobody takes its answers", async () => {
    const [stdin, stdout] = [new PassThrough(), new PassThrough({ highWaterMark: 16 })];
    const transport = createStdioTransport(stdin, stdout);
    const seen: unknown[] = [];
    transport.onmessage = (message) => seen.push(message);
    await transport.start();
    const sent = transport.send({ jsonrpc: "2.0", id: 1, result: { text: "more than the stream holds" } });
    stdin.write(`${JSON.stringify(ping(2))}\n`);
    expect(stdin.isPaused()).toBe(true);
    stdout.resume();
    await sent;
    while (seen.length === 0) await nextTurn();
    expect(seen).toMatchObject([{ id: 2 }]);
    await transport.close();
  });

  it("hands on no more calls than it can hold the answers of, and all in the end", async () => {
    const client = await opened();
    const call = (id: number) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "hold" } });
    const ids = Array.from({ length: 70 }, (_, index) => index + 1);
    client.send(...ids.map(call));
    // What comes behind them passes by; what is called off is not begun.
    client.send(ping("aside"), { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 70 } });
    expect(await client.next()).toMatchObject({ id: "aside" });
    expect(client.held).toHaveLength(64);
    const answered: unknown[] = [];
    while (answered.length < 69) {
      client.held.shift()?.();
      answered.push(((await client.next()) as Answer).id);
    }
    expect(answered.sort((a, b) => Number(a) - Number(b))).toEqual(ids.slice(0, 69));
    expect(client.held).toEqual([]);
    await client.close();
  });

  it("begins no further call while the answers of those before are not read", async () => {
    const [stdin, stdout] = [new PassThrough(), new PassThrough({ highWaterMark: 16 })];
    const transport = createStdioTransport(stdin, stdout);
    const begun: unknown[] = [];
    transport.onmessage = (message) => {
      begun.push(message);
      if ("id" in message && "method" in message) {
        void transport.send({ jsonrpc: "2.0", id: message.id, result: { text: "x".repeat(1000) } });
      }
    };
    await transport.start();
    const read = (id: number) => JSON.stringify({ jsonrpc: "2.0", id, method: "resources/read", params: {} });
    stdin.write(`${Array.from({ length: 200 }, (_, id) => read(id)).join("\n")}\n`);
    while (begun.length < 64) await nextTurn();
    for (let turns = 0; turns < 50; turns += 1) await nextTurn();
    expect(begun).toHaveLength(64);
    expect(stdout.writableLength).toBeLessThan(64 * 1100);
    stdout.resume();
    while (begun.length < 200) await nextTurn();
    await transport.close();
  });
});
