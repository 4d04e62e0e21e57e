import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { AppError, describeFailure } from "../../src/errors.ts";
import { parseRequest } from "../../src/pages/request/parse-request.ts";
import { createSandboxWire } from "../../src/sandbox/sandbox-wire.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { type ClientDeps, createFetchPages, type ExchangeEvent } from "../../src/upstream/client.ts";
import { createLiveWire } from "../../src/upstream/live-wire.ts";
import type { Wire } from "../../src/upstream/wire.ts";
import { readAnswer, readErrorReply } from "../fixtures/load.ts";
import { type Respond, refusedOrigin, replyWith, type Seen, startStub } from "../support/stub-upstream.ts";

const KEY = "sk-aisa-test";
const NO_PROXY = { httpProxy: "", httpsProxy: "", noProxy: "" };
const DATA = replyWith(200, readAnswer("ten-pages"), { "x-aisa-price-usd": "0.048720" });

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function liveWire(origin: string, timeoutMs = 20_000): Wire {
  const wire = createLiveWire({ origin, timeoutMs, maxReplyBytes: 1 << 20, proxy: NO_PROXY });
  closers.push(wire.close);
  return wire.exchange;
}

async function startUpstream(respond: Respond) {
  const upstream = await startStub(respond);
  closers.push(upstream.close);
  return upstream;
}

interface Asked {
  arguments?: Record<string, unknown>;
  signal?: AbortSignal;
}

/** The client over a wire, taking the arguments of a caller. */
function clientOver(wire: Wire, more: Partial<ClientDeps> = {}) {
  const fetchPages = createFetchPages({
    wire,
    basePath: "/apis/v1",
    apiKey: KEY,
    bodyForm: "auto",
    timeoutMs: 20_000,
    now: () => 0,
    ...more,
  });
  return ({ arguments: given = {}, signal = new AbortController().signal }: Asked = {}) => {
    const rules = { allowUnknownFields: false, mapBareNames: true };
    return fetchPages(parseRequest({ target: "acme.example", ...given }, rules).request, signal);
  };
}

async function failureOf(call: Promise<unknown>): Promise<AppError> {
  const error = await call.then(
    () => new Error("the call succeeded"),
    (caught: unknown) => caught,
  );
  if (!(error instanceof AppError)) throw error;
  return error;
}

const formOf = ({ body }: Seen) => (body.startsWith("[") ? "array" : "object");

/** Answers each request with the next fixture's reply, in turn; `data` stands for a good answer. */
function inTurn(...names: string[]): Respond {
  return (response: ServerResponse, request) => {
    const name = names.shift();
    if (name === undefined) throw new Error("one request too many");
    if (name === "data") return DATA(response, request);
    const { status, headers, body } = readErrorReply(name);
    replyWith(status, body, { ...headers })(response, request);
  };
}

describe("a paid call", () => {
  it("sends the documented object with the key, and gives back pages and charge", async () => {
    const upstream = await startUpstream(DATA);
    const { answer, charge } = await clientOver(liveWire(upstream.origin))();
    expect(answer.items).toHaveLength(10);
    expect(charge).toEqual({ kind: "reported", usd: 0.04872 });
    expect(upstream.seen).toMatchObject([
      {
        method: "POST",
        url: "/apis/v1/dataforseo/backlinks/domain_pages/live",
        body: '{"target":"acme.example"}',
        headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json", accept: "application/json" },
      },
    ]);
  });

  it("sends the keys that were set and leaves out the others, never null", async () => {
    const upstream = await startUpstream(DATA);
    await clientOver(liveWire(upstream.origin))({
      arguments: {
        limit: 5,
        filters: [["status_code", "=", "404"]],
        order_by: ["backlinks,desc"],
        backlinks_filters: ["dofollow", "=", true],
        include_subdomains: false,
        tag: null,
      },
    });
    expect(JSON.parse(upstream.seen[0]?.body ?? "")).toEqual({
      target: "acme.example",
      limit: 5,
      filters: ["status_code", "=", 404],
      order_by: ["page_summary.backlinks,desc"],
      backlinks_filters: ["dofollow", "=", true],
      include_subdomains: false,
    });
  });

  it("reports each exchange with its size in bytes, without the key", async () => {
    const events: ExchangeEvent[] = [];
    const upstream = await startUpstream(inTurn("gateway-400-contract", "data"));
    const ticks = [0, 40, 100, 250];
    await clientOver(liveWire(upstream.origin), {
      onExchange: (event) => events.push(event),
      now: () => ticks.shift() ?? 0,
    })();
    expect(events).toEqual([
      { target: "acme.example", form: "object", status: 400, durationMs: 40, bytes: 56 },
      {
        target: "acme.example",
        form: "array",
        status: 200,
        durationMs: 150,
        bytes: Buffer.byteLength(readAnswer("ten-pages")),
      },
    ]);
    expect(JSON.stringify(events)).not.toContain(KEY);
  });
});

describe("the form of the body", () => {
  it.each(["gateway-400-contract", "gateway-400-parameter", "provider-top-40503"])(
    "becomes an array once after the unbilled refusal %s, and stays one",
    async (refusal) => {
      const upstream = await startUpstream(inTurn(refusal, "data", "data"));
      const call = clientOver(liveWire(upstream.origin));
      expect((await call()).answer.items).toHaveLength(10);
      await call();
      expect(upstream.seen.map(formOf)).toEqual(["object", "array", "array"]);
      expect(upstream.seen[1]?.body).toBe('[{"target":"acme.example"}]');
    },
  );

  it("stays an object once that was accepted, whatever is refused later", async () => {
    const upstream = await startUpstream(inTurn("data", "gateway-400-contract"));
    const call = clientOver(liveWire(upstream.origin));
    await call();
    expect((await failureOf(call())).kind).toBe("contract");
    expect(upstream.seen.map(formOf)).toEqual(["object", "object"]);
  });

  it.each([
    "provider-task-40101",
    "provider-task-40501-target",
    "gateway-401-invalid-key",
    "gateway-402-price-cap",
    "gateway-429-rate-limit",
    "gateway-500-settlement",
    "gateway-200-html",
  ])("is not tried again after %s", async (failure) => {
    const upstream = await startUpstream(inTurn(failure));
    await failureOf(clientOver(liveWire(upstream.origin))());
    expect(upstream.seen.map(formOf)).toEqual(["object"]);
  });

  it("is not tried again after a refusal that was billed", async () => {
    const { body } = readErrorReply("provider-top-40503");
    const upstream = await startUpstream(replyWith(200, body, { "x-aisa-price-usd": "0.01" }));
    const error = await failureOf(clientOver(liveWire(upstream.origin))());
    expect(error.facts).toMatchObject({ charge: "charged", chargedUsd: 0.01 });
    expect(upstream.seen).toHaveLength(1);
  });

  it("tells of the first refusal when both forms are refused, and tries both again next time", async () => {
    const both = ["gateway-400-contract", "gateway-400-parameter"];
    const upstream = await startUpstream(inTurn(...both, ...both));
    const call = clientOver(liveWire(upstream.origin));
    expect((await failureOf(call())).kind).toBe("contract");
    await failureOf(call());
    expect(upstream.seen.map(formOf)).toEqual(["object", "array", "object", "array"]);
  });

  it("tells of the second failure when that is about something else", async () => {
    const upstream = await startUpstream(inTurn("gateway-400-contract", "provider-task-40101"));
    const error = await failureOf(clientOver(liveWire(upstream.origin))());
    expect(error.facts).toMatchObject({ charge: "charged", upstreamCostUsd: 0.002 });
  });

  it.each(["object", "array"] as const)("is never switched when pinned to %s", async (bodyForm) => {
    const upstream = await startUpstream(inTurn("gateway-400-contract", "data"));
    const call = clientOver(liveWire(upstream.origin), { bodyForm });
    await failureOf(call());
    await call();
    expect(upstream.seen.map(formOf)).toEqual([bodyForm, bodyForm]);
  });
});

describe("a call without an answer", () => {
  it("may have been charged when it timed out", async () => {
    const upstream = await startUpstream(() => {});
    const call = clientOver(liveWire(upstream.origin, 300), { timeoutMs: 300_000 });
    expect(describeFailure(await failureOf(call()))).toBe(
      "The gateway did not answer within 300 s. It may have been charged. Check the account's usage before sending it again; a smaller limit or filters make it faster.",
    );
  });

  it("is not charged when the gateway was never reached", async () => {
    const error = await failureOf(clientOver(liveWire(await refusedOrigin()))());
    expect(describeFailure(error)).toBe(
      "The gateway could not be reached. Not charged. Check the network, the proxy settings and AISA_BASE_URL (`domain-pages-mcp doctor` tests them).",
    );
    expect(error.facts.detail).toMatch(/^unreachable: .*ECONNREFUSED/);
  });

  it("may have been charged when the connection broke off", async () => {
    const upstream = await startUpstream((response) => response.destroy());
    const error = await failureOf(clientOver(liveWire(upstream.origin))());
    expect(error).toMatchObject({ kind: "unavailable", facts: { charge: "unknown" } });
    expect(upstream.seen).toHaveLength(1);
  });

  it.each([
    ["was under way", "unknown"],
    ["had not begun", "not_charged"],
  ])("that was cancelled when it %s says %s of the charge", async (when, charge) => {
    const upstream = await startUpstream(() => {});
    const caller = new AbortController();
    if (when === "had not begun") caller.abort();
    const arrived = upstream.nextRequest().then(() => caller.abort());
    const error = await failureOf(clientOver(liveWire(upstream.origin))({ signal: caller.signal }));
    if (when === "was under way") await arrived;
    expect(error).toMatchObject({ kind: "cancelled", facts: { charge } });
  });
});

describe("the sandbox behind the same seam", () => {
  it("answers the same client, free of charge", async () => {
    const { answer, charge } = await clientOver(createSandboxWire(createWorld()))({ arguments: { limit: 3 } });
    expect(answer.items).toHaveLength(3);
    expect({ charge, upstreamCostUsd: answer.upstreamCostUsd }).toEqual({
      charge: { kind: "reported", usd: 0 },
      upstreamCostUsd: 0,
    });
  });

  it("honours a cancellation", async () => {
    const call = clientOver(createSandboxWire(createWorld()))({ signal: AbortSignal.abort() });
    expect(await failureOf(call)).toMatchObject({ kind: "cancelled", facts: { charge: "not_charged" } });
  });
});
