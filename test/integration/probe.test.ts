import { afterEach, describe, expect, it } from "vitest";
import { serveSandbox } from "../../src/sandbox/http-face.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { createLiveWire } from "../../src/upstream/live-wire.ts";
import { probeGateway } from "../../src/upstream/probe.ts";
import { type Respond, refusedOrigin, replyWith, startStub } from "../support/stub-upstream.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startUpstream(respond: Respond) {
  const upstream = await startStub(respond);
  closers.push(upstream.close);
  return upstream;
}

function probe(
  origin: string,
  { key = "sk-aisa-test", timeoutMs = 20_000, signal = new AbortController().signal } = {},
) {
  const proxy = { httpProxy: "", httpsProxy: "", noProxy: "" };
  const wire = createLiveWire({ origin, timeoutMs, maxReplyBytes: 1 << 16, proxy });
  closers.push(wire.close);
  return probeGateway(wire.exchange, key, signal);
}

describe("probeGateway", () => {
  it("asks for the balance, with the key and nothing that could cost", async () => {
    const upstream = await startUpstream(replyWith(200, { balance: "12.5" }));
    expect(await probe(upstream.origin)).toMatchObject({ reached: true, status: 200, key: "accepted" });
    expect(upstream.seen).toMatchObject([
      { method: "GET", url: "/v1/credits/balance", body: "", headers: { authorization: "Bearer sk-aisa-test" } },
    ]);
  });

  it.each([
    ["a balance", 200, { balance: "0" }, "accepted"],
    ["401", 401, { error: { code: "invalid_api_key" } }, "refused"],
    ["403", 403, "", "refused"],
    ["402, seen for an empty balance and for no key", 402, { title: "Payment Required" }, "unclear"],
    ["404", 404, { error: "api endpoint not found" }, "unclear"],
    ["500", 500, "", "unclear"],
    ["a redirect", 302, "", "unclear"],
    ["an error inside 200", 200, { error: { type: "authentication_error" } }, "unclear"],
    ["success: false", 200, { success: false }, "unclear"],
    ["a page of HTML", 200, "<html></html>", "unclear"],
    ["nothing at all", 200, "", "unclear"],
  ] as const)("judges the key by %s", async (_what, status, body, key) => {
    const upstream = await startUpstream(replyWith(status, body));
    expect(await probe(upstream.origin)).toMatchObject({ reached: true, status, key });
  });

  it.each([
    ["Tue, 24 Nov 2026 09:30:00 GMT", Date.UTC(2026, 10, 24, 9, 30)],
    ["half past nine", undefined],
  ])("reads the time that the gateway says it is: %s", async (date, gatewayTime) => {
    const upstream = await startUpstream(replyWith(404, "", { date }));
    expect(await probe(upstream.origin)).toMatchObject({ gatewayTime });
  });

  it("says why a gateway was not reached", async () => {
    expect(await probe(await refusedOrigin())).toEqual({ reached: false, reason: "unreachable, ECONNREFUSED" });
  });

  it("says that a gateway did not answer in time", async () => {
    const upstream = await startUpstream(() => {});
    expect(await probe(upstream.origin, { timeoutMs: 300 })).toEqual({ reached: false, reason: "timeout" });
  });

  it("says that it was interrupted", async () => {
    const upstream = await startUpstream(() => {});
    const caller = new AbortController();
    const arrived = upstream.nextRequest();
    const probed = probe(upstream.origin, { signal: caller.signal });
    await arrived;
    caller.abort();
    expect(await probed).toEqual({ reached: false, reason: "cancelled" });
  });

  it("finds the sandbox's own key check working", async () => {
    const sandbox = await serveSandbox({ world: createWorld(), port: 0, apiKey: "right" });
    closers.push(sandbox.close);
    expect(await probe(sandbox.origin, { key: "right" })).toMatchObject({ key: "accepted" });
    expect(await probe(sandbox.origin, { key: "wrong" })).toMatchObject({ key: "refused" });
  });
});
