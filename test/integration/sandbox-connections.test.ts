import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FaultRequest } from "../../src/sandbox/faults/faults.ts";
import { createBooks } from "../../src/sandbox/gateway.ts";
import { type SandboxServer, serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { createLiveWire, type LiveWire } from "../../src/upstream/live-wire.ts";
import { WireFailure, type WireReply } from "../../src/upstream/wire.ts";

const world = createWorld();
const PATH = "/apis/v1/dataforseo/backlinks/domain_pages/live";
const TEN_MINUTES_MS = 600_000;

let sandbox: SandboxServer;
let wire: LiveWire;
/** Settles with the next call that is entered in the books. */
let nextEntered: () => Promise<void>;

beforeEach(async () => {
  const books = createBooks();
  const waiting: (() => void)[] = [];
  nextEntered = () => new Promise((resolve) => waiting.push(resolve));
  const enter: typeof books.enter = (...entry) => {
    books.enter(...entry);
    waiting.shift()?.();
  };
  sandbox = await serveSandbox({ world, port: 0, books: { ...books, enter } });
  wire = createLiveWire({
    origin: sandbox.origin,
    timeoutMs: 20_000,
    maxReplyBytes: 1 << 20,
    proxy: { httpProxy: "", httpsProxy: "", noProxy: "" },
  });
});
afterEach(async () => {
  await wire.close();
  await sandbox.close();
});

/** As the product asks: the reply, or why there is none. */
function call(signal = new AbortController().signal): Promise<WireReply | { reason: string; wasSent: boolean }> {
  const headers = { authorization: "Bearer sk-aisa-test", "content-type": "application/json" };
  return wire
    .exchange({ method: "POST", path: PATH, headers, body: '{"target":"acme.example","limit":3}', signal })
    .catch((failure: unknown) => {
      if (!(failure instanceof WireFailure)) throw failure;
      return { reason: failure.reason, wasSent: failure.wasSent };
    });
}

const BROKEN_OFF = { reason: "broken_off", wasSent: true };

describe("the product's own client sees", () => {
  it.each<[FaultRequest, object]>([
    ["reset_unbilled", BROKEN_OFF],
    ["reset_billed", BROKEN_OFF],
    ["reset_after_headers", BROKEN_OFF],
    ["reset_mid_body", BROKEN_OFF],
    ["stall;ms=5", BROKEN_OFF],
    ["stall_unbilled;ms=5", BROKEN_OFF],
    ["stall_mid_body;ms=5", BROKEN_OFF],
    ["length_too_long", BROKEN_OFF],
    ["length_too_short", { status: 200, body: expect.not.stringMatching(/\}$/) }],
    ["gzip_garbage", BROKEN_OFF],
    ["gzip_truncated", BROKEN_OFF],
    [
      { name: "oversized", mb: 3 },
      { reason: "too_large", wasSent: true },
    ],
    ["slow_drip;ms=1;pieces=500", { status: 200, body: expect.stringMatching(/\}$/) }],
    ["slow;ms=5", { status: 200, body: expect.stringMatching(/\}$/) }],
    ["redirect", { status: 302 }],
  ])("%j as what it is, and the next call well", async (fault, seen) => {
    sandbox.faults.add(fault);
    expect(await call()).toMatchObject(seen);
    expect(await call()).toMatchObject({ status: 200 });
  });

  it("nobody listening while the listener is away", async () => {
    sandbox.faults.add({ name: "refuse", ms: TEN_MINUTES_MS });
    expect(await call()).toEqual(BROKEN_OFF);
    expect(await call()).toEqual({ reason: "unreachable", wasSent: false });
    expect(sandbox.books.read().calls).toMatchObject({ received: 1, refused: 1 });
  });

  it("the listener back on its port", async () => {
    sandbox.faults.add("refuse;ms=5");
    expect(await call()).toEqual(BROKEN_OFF);
    let reply = await call();
    while (!("status" in reply)) reply = await call();
    expect(reply).toMatchObject({ status: 200 });
    sandbox.faults.add("refuse;ms=5");
    expect(await call()).toEqual(BROKEN_OFF);
  });

  it.each(["stall", "stall_mid_body", "slow;ms=600000", "slow_drip;ms=600000"])("%s until it leaves", async (fault) => {
    sandbox.faults.add(fault);
    const leaving = new AbortController();
    const entered = nextEntered();
    const left = call(leaving.signal);
    await entered;
    leaving.abort();
    expect(await left).toEqual({ reason: "cancelled", wasSent: true });
    expect(sandbox.books.read().billed.calls).toBe(1);
    expect(await call()).toMatchObject({ status: 200 });
  });
});

describe("two calls with one idempotency key", () => {
  it("are billed once, also while the first is still under way", async () => {
    const post = (fault: string) =>
      fetch(`${sandbox.origin}${PATH}`, {
        method: "POST",
        headers: { authorization: "Bearer x", "idempotency-key": "k1", "x-sandbox-fault": fault },
        body: '{"target":"acme.example","limit":3}',
      });
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await post("slow;ms=5")).status));
    expect(statuses.sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
    expect(sandbox.books.read().billed.calls).toBe(1);
  });
});

describe("while the listener is away", () => {
  const refusal = async () => {
    const socket = connect(Number(new URL(sandbox.origin).port), "127.0.0.1");
    const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
    return error.code;
  };

  it("calls under way come to their end", async () => {
    sandbox.faults.add("slow;ms=30", { name: "refuse", ms: TEN_MINUTES_MS });
    const entered = nextEntered();
    const first = call();
    await entered;
    expect(await call()).toEqual(BROKEN_OFF);
    expect(await first).toMatchObject({ status: 200 });
    expect(await refusal()).toBe("ECONNREFUSED");
  });

  it("a connection that was open before is not served", async () => {
    const socket = connect(Number(new URL(sandbox.origin).port), "127.0.0.1");
    await once(socket, "connect");
    sandbox.faults.add({ name: "refuse", ms: TEN_MINUTES_MS });
    expect(await call()).toEqual(BROKEN_OFF);
    const closed = once(socket, "close");
    socket.on("error", () => {});
    socket.resume();
    socket.write(`POST ${PATH} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\ncontent-length: 2\r\n\r\n{}`);
    await closed;
    expect(socket.bytesRead).toBe(0);
    expect(sandbox.books.read().calls.received).toBe(1);
  });

  it("the server closes at once, and for good", async () => {
    sandbox.faults.add({ name: "refuse", ms: TEN_MINUTES_MS });
    expect(await call()).toEqual(BROKEN_OFF);
    await sandbox.close();
    expect(await refusal()).toBe("ECONNREFUSED");
  });
});

describe("closing", () => {
  it("ends a call that is held back", async () => {
    sandbox.faults.add("stall");
    const entered = nextEntered();
    const held = call();
    await entered;
    await sandbox.close();
    expect(await held).toEqual(BROKEN_OFF);
  });
});
