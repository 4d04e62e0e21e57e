import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { HangUp } from "../../src/errors.ts";
import { createLiveWire, type LiveWireOptions } from "../../src/upstream/live-wire.ts";
import { type Wire, WireFailure, type WireRequest } from "../../src/upstream/wire.ts";
import { type Respond, refusedOrigin, replyWith, startProxy, startStub } from "../support/stub-upstream.ts";

const NO_PROXY: LiveWireOptions["proxy"] = { httpProxy: "", httpsProxy: "", noProxy: "" };
const KEY = { authorization: "Bearer sk-aisa-test" };

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Keeps what a test opened until the test is over. */
function keep<T extends { close(): Promise<unknown> }>(opened: T): T {
  closers.push(opened.close);
  return opened;
}

function wireTo(origin: string, options: Partial<LiveWireOptions> = {}): Wire {
  const whole = { origin, timeoutMs: 20_000, maxReplyBytes: 1 << 20, proxy: NO_PROXY, ...options };
  return keep(createLiveWire(whole)).exchange;
}

const startUpstream = async (respond: Respond) => keep(await startStub(respond));

const post = (more: Partial<WireRequest> = {}): WireRequest => ({
  method: "POST",
  path: "/apis/v1/x",
  headers: { ...KEY, "content-type": "application/json" },
  body: '{"target":"acme.example"}',
  signal: new AbortController().signal,
  ...more,
});

async function failureOf(exchange: Promise<unknown>): Promise<{ reason: string; wasSent: boolean }> {
  const error = await exchange.then(
    () => new Error("the exchange succeeded"),
    (caught: unknown) => caught,
  );
  if (!(error instanceof WireFailure)) throw error;
  return { reason: error.reason, wasSent: error.wasSent };
}

describe("an exchange", () => {
  it("carries method, path, headers and body there, and status, headers and body back", async () => {
    const upstream = await startUpstream(replyWith(418, "tea", { "X-Request-Id": "req_1", "set-cookie": "a=1" }));
    const reply = await wireTo(upstream.origin)(post({ path: "/apis/v1/x?y=1" }));
    expect(reply).toMatchObject({
      status: 418,
      body: "tea",
      headers: { "x-request-id": "req_1", "set-cookie": "a=1" },
    });
    expect(upstream.seen).toMatchObject([
      {
        method: "POST",
        url: "/apis/v1/x?y=1",
        body: '{"target":"acme.example"}',
        headers: { ...KEY, "content-type": "application/json", "accept-encoding": "gzip, deflate, br" },
      },
    ]);
  });

  it("joins a header that comes twice", async () => {
    const upstream = await startUpstream((response) => response.writeHead(200, { "x-twice": ["a", "b"] }).end());
    expect((await wireTo(upstream.origin)(post())).headers["x-twice"]).toBe("a, b");
  });

  it.each([
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
    ["BR", brotliCompressSync],
    ["identity", (body: Buffer) => body],
  ])("decodes %s", async (encoding, compress) => {
    const body = JSON.stringify({ text: "ü☃".repeat(5000) });
    const upstream = await startUpstream(replyWith(200, compress(Buffer.from(body)), { "content-encoding": encoding }));
    expect((await wireTo(upstream.origin)(post())).body).toBe(body);
  });

  it("takes an empty body for empty, whatever its encoding says", async () => {
    const headers = { "content-encoding": "gzip", "content-length": "0" };
    const upstream = await startUpstream(replyWith(401, "", headers));
    expect(await wireTo(upstream.origin)(post())).toMatchObject({ status: 401, body: "" });
  });

  it("keeps its connections for the next ones", async () => {
    const upstream = await startUpstream(replyWith(200, {}));
    const wire = wireTo(upstream.origin);
    for (let times = 0; times < 10; times++) await wire(post());
    // Two, not one: a call that starts in the very moment the one before ends finds its connection still busy.
    expect(new Set(upstream.seen.map(({ socket }) => socket)).size).toBeLessThanOrEqual(2);
  });

  it("opens another where the server has closed the one that was kept", async () => {
    const upstream = await startUpstream(replyWith(200, {}));
    const wire = wireTo(upstream.origin);
    await wire(post());
    const [kept] = upstream.seen;
    const closed = once(kept?.socket as Socket, "close");
    kept?.socket.end();
    await closed;
    expect((await wire(post())).status).toBe(200);
    expect(upstream.seen).toHaveLength(2);
  });

  it("stays on its origin, even for a path that looks like another host", async () => {
    const [upstream, other] = [await startUpstream(replyWith(404, {})), await startUpstream(replyWith(200, {}))];
    const reply = await wireTo(upstream.origin)(post({ path: `//${new URL(other.origin).host}/apis/v1/x` }));
    expect({ status: reply.status, elsewhere: other.seen.length }).toEqual({ status: 404, elsewhere: 0 });
  });

  it.each([301, 302, 307, 308])("gives a redirect (%i) back and never follows it with the key", async (status) => {
    const other = await startUpstream(replyWith(200, {}));
    const upstream = await startUpstream(replyWith(status, "", { location: `${other.origin}/stolen` }));
    expect((await wireTo(upstream.origin)(post())).status).toBe(status);
    expect(other.seen).toEqual([]);
  });
});

describe("an exchange that fails", () => {
  it("was not sent when nobody listens", async () => {
    const wire = wireTo(await refusedOrigin());
    expect(await failureOf(wire(post()))).toEqual({ reason: "unreachable", wasSent: false });
  });

  it("was not sent when a header cannot be written", async () => {
    const upstream = await startUpstream(replyWith(200, {}));
    const exchange = wireTo(upstream.origin)(post({ headers: { authorization: "Bearer a\nb" } }));
    expect(await failureOf(exchange)).toEqual({ reason: "unreachable", wasSent: false });
    expect(upstream.seen).toEqual([]);
  });

  it("was sent when no answer comes in time", async () => {
    const upstream = await startUpstream(() => {});
    const wire = wireTo(upstream.origin, { timeoutMs: 500 });
    expect(await failureOf(wire(post()))).toEqual({ reason: "timeout", wasSent: true });
    expect(upstream.seen).toHaveLength(1);
  });

  it("was sent when the answer starts in time and does not end", async () => {
    const upstream = await startUpstream((response) => response.writeHead(200).write('{"tasks"'));
    expect(await failureOf(wireTo(upstream.origin, { timeoutMs: 500 })(post()))).toEqual({
      reason: "timeout",
      wasSent: true,
    });
  });

  it("was sent when the connection closes without an answer", async () => {
    const upstream = await startUpstream((response) => response.destroy());
    expect(await failureOf(wireTo(upstream.origin)(post()))).toEqual({ reason: "broken_off", wasSent: true });
  });

  it("was sent when a kept connection is reset by the next request, and is not sent again", async () => {
    const upstream = await startUpstream((response, { url, socket }) => {
      if (url === "/first") response.end("{}");
      else (socket as Socket).resetAndDestroy();
    });
    const wire = wireTo(upstream.origin);
    await wire(post({ path: "/first" }));
    expect(await failureOf(wire(post({ path: "/next" })))).toEqual({ reason: "broken_off", wasSent: true });
    expect(upstream.seen).toHaveLength(2);
  });

  it.each([
    ["shorter than announced", { "content-length": "100" }, Buffer.from("half")],
    ["cut within gzip", { "content-encoding": "gzip" }, gzipSync("x".repeat(9000)).subarray(0, 20)],
    ["not gzip at all", { "content-encoding": "gzip" }, Buffer.from("plain")],
  ])("was sent when the body is %s", async (_how, headers, body) => {
    const upstream = await startUpstream((response) => {
      response.writeHead(200, { ...headers, connection: "close" }).end(body);
    });
    expect(await failureOf(wireTo(upstream.origin)(post()))).toEqual({ reason: "broken_off", wasSent: true });
  });

  describe("that breaks off amid the body", () => {
    const WHOLE = JSON.stringify({ pages: "é".repeat(50_000) });
    const begunOf = async (exchange: Promise<unknown>) => {
      const error = await exchange.catch((caught: unknown) => caught);
      return error instanceof WireFailure ? { reason: error.reason, begun: error.begun } : undefined;
    };
    /** Half of the body, and what then happens when it has come. */
    const half = (then: (response: ServerResponse) => void, encode: (text: string) => Buffer, encoding: string) =>
      startUpstream((response) => {
        const bytes = encode(WHOLE);
        response.writeHead(200, { "content-encoding": encoding, "x-request-id": "r1", "content-length": bytes.length });
        response.write(bytes.subarray(0, bytes.length / 2), () => then(response));
      });

    it.each([
      ["plain", (text: string) => Buffer.from(text), "identity"],
      ["gzip", (text: string) => gzipSync(text, { level: 0 }), "gzip"],
      ["deflate", (text: string) => deflateSync(text, { level: 0 }), "deflate"],
      ["br", (text: string) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 0 } }), "br"],
    ])("is told with all that came of it (%s)", async (_name, encode, encoding) => {
      const upstream = await half((response) => response.socket?.end(), encode, encoding);
      const told = await begunOf(wireTo(upstream.origin)(post()));
      expect(told).toMatchObject({ reason: "broken_off", begun: { status: 200, headers: { "x-request-id": "r1" } } });
      const body = told?.begun?.body.replace(/\uFFFD$/, "") ?? "";
      expect(WHOLE.startsWith(body)).toBe(true);
      if (encoding !== "br") expect(body.length).toBeGreaterThan(20_000);
    });

    it("is told alike when the rest does not come in time", async () => {
      const upstream = await half(() => {}, Buffer.from, "identity");
      const told = await begunOf(wireTo(upstream.origin, { timeoutMs: 500 })(post()));
      expect(told?.reason).toBe("timeout");
      expect(told?.begun?.body.length).toBeGreaterThan(20_000);
    });

    it("is told with its beginning when it is too large", async () => {
      const upstream = await startUpstream(replyWith(200, "x".repeat(20 << 20)));
      const told = await begunOf(wireTo(upstream.origin, { maxReplyBytes: 16 << 20 })(post()));
      expect(told?.reason).toBe("too_large");
      expect(told?.begun?.body.length).toBeGreaterThan(7 << 20);
      expect(told?.begun?.body.length).toBeLessThanOrEqual(8 << 20);
    });
  });

  it("was sent when the decoded body is larger than allowed, however small it came", async () => {
    const bomb = gzipSync(Buffer.alloc(8 << 20));
    expect(bomb.length).toBeLessThan(10_000);
    const upstream = await startUpstream(replyWith(200, bomb, { "content-encoding": "gzip" }));
    const wire = wireTo(upstream.origin, { maxReplyBytes: 100_000 });
    expect(await failureOf(wire(post()))).toEqual({ reason: "too_large", wasSent: true });
  });

  it("takes a body of exactly the allowed size, and none larger", async () => {
    const upstream = await startUpstream(replyWith(200, "x".repeat(1000)));
    expect((await wireTo(upstream.origin, { maxReplyBytes: 1000 })(post())).body).toHaveLength(1000);
    const tight = wireTo(upstream.origin, { maxReplyBytes: 999 });
    expect((await failureOf(tight(post()))).reason).toBe("too_large");
  });
});

describe("a call that may not go any more", () => {
  it("is asked about right before it is sent, on a new connection once more, and not sent", async () => {
    const upstream = await startUpstream(replyWith(200, {}));
    const wire = wireTo(upstream.origin);
    const refusal = new Error("the turn was lost");
    for (const goes of [0, 1]) {
      let asked = 0;
      const mayGo = async () => {
        if (asked++ >= goes) throw refusal;
      };
      await expect(wire(post({ mayGo }))).rejects.toBe(refusal);
    }
    expect(upstream.seen).toEqual([]);
    await wire(post({ mayGo: async () => {} }));
    const kept = { asked: 0 };
    await wire(
      post({
        mayGo: async () => {
          kept.asked++;
        },
      }),
    );
    expect(kept.asked).toBe(1);
    const open = wire(post({ mayGo: () => Promise.reject(refusal) }));
    await expect(open).rejects.toBe(refusal);
    expect(upstream.seen).toHaveLength(2);
  });

  it("was not sent when its caller leaves meanwhile", async () => {
    const upstream = await startUpstream(replyWith(200, {}));
    const caller = new AbortController();
    const mayGo = async () => caller.abort();
    expect(await failureOf(wireTo(upstream.origin)(post({ mayGo, signal: caller.signal })))).toEqual({
      reason: "cancelled",
      wasSent: false,
    });
    expect(upstream.seen).toEqual([]);
  });
});

describe("a reply that needs more room than there is", () => {
  it("is read on when there is some, and waits in its connection until then", async () => {
    const text = "x".repeat(4 << 20);
    const upstream = await startUpstream(replyWith(200, text));
    const sizes: number[] = [];
    let make = () => {};
    const room = new Promise<void>((resolve) => {
      make = resolve;
    });
    const makeRoom = (bytes: number) => {
      sizes.push(bytes);
      return bytes > 1 << 20 ? room : undefined;
    };
    const reading = wireTo(upstream.origin, { maxReplyBytes: 8 << 20 })(post({ makeRoom }));
    await vi.waitFor(() => expect(sizes.at(-1)).toBeGreaterThan(1 << 20));
    const waits = sizes.length;
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(sizes).toHaveLength(waits);
    make();
    expect((await reading).body).toHaveLength(text.length);
  });
});

describe("cancellation", () => {
  it("before the start sends nothing", async () => {
    const upstream = await startUpstream(replyWith(200, {}));
    const exchange = wireTo(upstream.origin)(post({ signal: AbortSignal.abort() }));
    expect(await failureOf(exchange)).toEqual({ reason: "cancelled", wasSent: false });
    expect(upstream.seen).toEqual([]);
  });

  it.each<[string, Respond]>([
    ["while it waits", () => {}],
    ["while the answer comes in", (response) => response.writeHead(200).write("{")],
  ])("%s reaches the upstream as a closed connection", async (_when, respond) => {
    const upstream = await startUpstream(respond);
    const caller = new AbortController();
    const arrived = upstream.nextRequest();
    const failed = failureOf(wireTo(upstream.origin)(post({ signal: caller.signal })));
    const { socket } = await arrived;
    const closed = once(socket, "close");
    caller.abort();
    expect(await failed).toEqual({ reason: "cancelled", wasSent: true });
    await closed;
    expect(socket.destroyed).toBe(true);
  });

  it("by a caller who only hangs up lets an exchange that has begun come home", async () => {
    let answer = () => {};
    const upstream = await startUpstream((response) => {
      answer = () => response.end("{}");
    });
    const caller = new AbortController();
    const arrived = upstream.nextRequest();
    const reply = wireTo(upstream.origin)(post({ signal: caller.signal }));
    await arrived;
    caller.abort(new HangUp());
    answer();
    expect(await reply).toMatchObject({ status: 200, body: "{}" });
    const later = wireTo(upstream.origin)(post({ signal: caller.signal }));
    expect(await failureOf(later)).toEqual({ reason: "cancelled", wasSent: false });
  });

  it("of one exchange leaves the others alone", async () => {
    const upstream = await startUpstream((response, { url }) => {
      if (url === "/answered") response.end("{}");
    });
    const wire = wireTo(upstream.origin);
    const caller = new AbortController();
    const arrived = upstream.nextRequest();
    const failed = failureOf(wire(post({ signal: caller.signal })));
    await arrived;
    const other = wire(post({ path: "/answered" }));
    caller.abort();
    expect([(await failed).reason, (await other).status]).toEqual(["cancelled", 200]);
  });

  it("by closing the wire breaks off what is under way", async () => {
    const upstream = await startUpstream(() => {});
    const wire = createLiveWire({ origin: upstream.origin, timeoutMs: 20_000, maxReplyBytes: 100, proxy: NO_PROXY });
    const arrived = upstream.nextRequest();
    const failed = failureOf(wire.exchange(post()));
    await arrived;
    await wire.close();
    expect(await failed).toEqual({ reason: "broken_off", wasSent: true });
  });
});

describe("proxies", () => {
  it("goes through the proxy, with its credentials", async () => {
    const [upstream, proxy] = [await startUpstream(replyWith(200, {})), keep(await startProxy())];
    const httpProxy = proxy.origin.replace("//", "//me:p%40ss@");
    const wire = wireTo(upstream.origin, { proxy: { ...NO_PROXY, httpProxy } });
    expect((await wire(post())).status).toBe(200);
    expect(proxy.tunnels).toEqual([
      { target: new URL(upstream.origin).host, authorization: `Basic ${Buffer.from("me:p@ss").toString("base64")}` },
    ]);
    expect(upstream.seen[0]?.headers["proxy-authorization"]).toBeUndefined();
  });

  it("goes through the https proxy for an https origin, and never past it", async () => {
    const proxy = keep(await startProxy(403));
    const wire = wireTo("https://gateway.example", { proxy: { ...NO_PROXY, httpsProxy: proxy.origin } });
    expect(await failureOf(wire(post()))).toEqual({ reason: "unreachable", wasSent: false });
    expect(proxy.tunnels).toMatchObject([{ target: "gateway.example:443" }]);
  });

  it.each(["127.0.0.1", "*", "other.example, 127.0.0.1"])(
    "goes past it for the hosts of NO_PROXY: %s",
    async (noProxy) => {
      const [upstream, proxy] = [await startUpstream(replyWith(200, {})), keep(await startProxy())];
      const wire = wireTo(upstream.origin, { proxy: { ...NO_PROXY, httpProxy: proxy.origin, noProxy } });
      expect((await wire(post())).status).toBe(200);
      expect(proxy.tunnels).toEqual([]);
    },
  );

  it("has sent nothing when the proxy refuses the tunnel or cannot be reached", async () => {
    const upstream = await startUpstream(replyWith(200, {}));
    const refusing = keep(await startProxy(407));
    for (const httpProxy of [refusing.origin, await refusedOrigin()]) {
      const wire = wireTo(upstream.origin, { proxy: { ...NO_PROXY, httpProxy } });
      expect(await failureOf(wire(post()))).toEqual({ reason: "unreachable", wasSent: false });
    }
    expect(upstream.seen).toEqual([]);
  });
});
