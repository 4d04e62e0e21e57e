import { setImmediate as settled } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ParsedArgs } from "../../src/cli/args.ts";
import { runSandbox } from "../../src/cli/sandbox.ts";
import { FAULTS } from "../../src/sandbox/faults/faults.ts";
import { type SandboxServer, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { createTestIo } from "../support/test-io.ts";

type Options = ParsedArgs["options"];

const PATH = "/apis/v1/dataforseo/backlinks/domain_pages/live";
const world = createWorld();

let sandbox: SandboxServer;
beforeEach(async () => {
  sandbox = await serveSandbox({ world, port: 0, prices: { perCallUsd: 0.024, perPageUsd: 0 }, apiKey: "the-key" });
});
afterEach(() => sandbox.close());

async function send(
  path: string,
  method = "GET",
  body?: unknown,
  headers: Record<string, string> = {},
  origin = sandbox.origin,
) {
  const reply = await fetch(`${origin}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const json = (await reply.json()) as { waiting?: string[]; faults?: object[]; bills?: object[]; error?: string };
  return { status: reply.status, allow: reply.headers.get("allow"), json };
}

const buy = async (headers: Record<string, string> = {}, origin = sandbox.origin) => {
  const reply = await fetch(`${origin}${PATH}`, {
    method: "POST",
    headers: { authorization: "Bearer the-key", ...headers },
    body: '{"target":"acme.example","limit":3}',
  });
  return reply.status;
};

describe("the control addresses", () => {
  it("list every fault with its line", async () => {
    const { status, json } = await send("/sandbox/faults");
    expect(status).toBe(200);
    expect(json.waiting).toEqual([]);
    expect(json.faults).toHaveLength(Object.keys(FAULTS).length);
    expect(json.faults).toContainEqual({
      name: "stall",
      says: FAULTS["stall"]?.says,
      fate: "carried_out",
      billed: true,
      settings: { ms: 600_000 },
    });
  });

  it("queue faults for the paid calls to come, one each", async () => {
    const queued = await send("/sandbox/faults", "POST", { faults: ["gateway_429", { name: "slow", ms: 1 }] });
    expect(queued).toMatchObject({ status: 200, json: { waiting: ["gateway_429", "slow"] } });
    await send("/v1/credits/balance");
    expect([await buy(), await buy(), await buy()]).toEqual([429, 200, 200]);
    expect((await send("/sandbox/faults")).json.waiting).toEqual([]);
  });

  it("empty the queue", async () => {
    await send("/sandbox/faults", "POST", { faults: ["gateway_429"] });
    expect(await send("/sandbox/faults", "DELETE")).toMatchObject({ status: 200, json: { waiting: [] } });
    expect(await buy()).toBe(200);
  });

  it.each([
    ["an unknown fault", { faults: ["gateway_429", "stal"] }, 'unknown fault "stal"; did you mean "stall"?'],
    ["a list alone", ["stall"], "the body takes the form"],
    ["no list", { faults: "stall" }, "the body takes the form"],
    ["no JSON", "stall", "the body takes the form"],
  ])("refuse %s and queue nothing", async (_what, body, words) => {
    const refused = await send("/sandbox/faults", "POST", body);
    expect(refused).toMatchObject({ status: 400, json: { error: expect.stringContaining(words) } });
    expect(sandbox.faults.waiting()).toEqual([]);
  });

  it("say which methods they take", async () => {
    expect(await send("/sandbox/faults", "PUT")).toMatchObject({ status: 405, allow: "GET, POST, DELETE" });
    expect(await send("/sandbox/books", "DELETE")).toMatchObject({ status: 405, allow: "GET" });
  });

  it("show the books", async () => {
    expect(await buy({ "idempotency-key": "k1" })).toBe(200);
    expect(await buy({ authorization: "Bearer wrong" })).toBe(401);
    const { json } = await send("/sandbox/books");
    expect(json).toEqual(sandbox.books.read());
    expect(json).toMatchObject({
      calls: { received: 2, refused: 1, carried_out: 1 },
      billed: { calls: 1, micros: 24_000 },
      bills: [{ idempotencyKey: "k1", target: "acme.example", micros: 24_000 }],
    });
  });
});

describe("the fault header", () => {
  it("hits its own call and leaves the queue alone", async () => {
    sandbox.faults.add("gateway_429");
    expect(await buy({ "x-sandbox-fault": "gateway_503" })).toBe(503);
    expect(await buy()).toBe(429);
  });

  it("with an unknown name is refused with the nearest, unseen by the gateway", async () => {
    const reply = await send(PATH, "POST", "{}", { "x-sandbox-fault": "gateway_428" });
    expect(reply).toMatchObject({ status: 400, json: { error: expect.stringContaining('did you mean "gateway_4') } });
    expect(sandbox.books.read().calls.received).toBe(0);
  });
});

describe("domain-pages-mcp sandbox", () => {
  /** Runs the command while `visit` looks at it; returns what it printed. */
  async function run(options: Options, visit: (origin: string) => Promise<void> = async () => {}): Promise<string> {
    const io = createTestIo([]);
    const ended = runSandbox({ options: { port: "0", ...options } }, io);
    const printed = () => io.written("stdout");
    const failed = ended.then(() => false);
    while (printed() === "") await Promise.race([settled(), failed]);
    await visit(/http:\/\/[\d.:]+/.exec(printed())?.[0] ?? "");
    io.stop();
    await ended;
    return printed();
  }

  it("prints the address, a curl, and where faults and books are", async () => {
    const printed = (await run({}))
      .replace(/127\.0\.0\.1:\d+/g, "HOST")
      .trim()
      .split("\n");
    expect(printed).toEqual([
      expect.stringContaining("sandbox listening on http://HOST, targets acme.example"),
      expect.stringMatching(/^curl http:\/\/HOST\/apis\/v1\//),
      expect.stringContaining("curl http://HOST/sandbox/faults"),
      expect.stringContaining("curl http://HOST/sandbox/books"),
    ]);
  });

  it("charges what it is told to, by its own clock", async () => {
    await run({ price: "0.01", "price-per-page": "0.002" }, async (origin) => {
      expect(await buy({}, origin)).toBe(200);
      const { json } = await send("/sandbox/books", "GET", undefined, {}, origin);
      expect(json.bills).toMatchObject([{ micros: 16_000, at: createTestIo([]).now() }]);
    });
  });

  it("makes every paid call fail when a fault is named, but those that ask for another", async () => {
    await run({ fault: "gateway_429" }, async (origin) => {
      expect([await buy({}, origin), await buy({}, origin)]).toEqual([429, 429]);
      expect(await buy({ "x-sandbox-fault": "none" }, origin)).toBe(200);
    });
  });

  it.each<[Options, string]>([
    [{ price: "cheap" }, '--price takes US dollars from 0 to 1000 such as 0.024, got "cheap"'],
    [{ price: "-1" }, "--price takes US dollars"],
    [{ price: "1001" }, "--price takes US dollars"],
    [{ "price-per-page": "" }, "--price-per-page takes US dollars"],
    [{ fault: "stal" }, 'unknown fault "stal"; did you mean "stall"?'],
  ])("refuses %j", async (options, words) => {
    await expect(runSandbox({ options: { port: "0", ...options } }, createTestIo([]))).rejects.toMatchObject({
      kind: "input",
      message: expect.stringContaining(words),
    });
  });
});
