import { describe, expect, it } from "vitest";
import { describeFailure } from "../../src/errors.ts";
import { createSandboxWire } from "../../src/sandbox/gateway.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import type { ExchangeEvent } from "../../src/upstream/send-call.ts";
import { readAnswer, readErrorReply } from "../fixtures/load.ts";
import { refusedOrigin, replyWith, type Seen } from "../support/stub-upstream.ts";
import { clientOver, DATA, failureOf, inTurn, KEY, liveWire, startUpstream } from "./upstream-client.ts";

const formOf = ({ body }: Seen) => (body.startsWith("[") ? "array" : "object");

describe("a paid call", () => {
  it("sends the documented object with the key, and gives back pages and charge", async () => {
    const upstream = await startUpstream(DATA);
    const { answer, charge } = await clientOver(liveWire(upstream.origin)).fetchPages();
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
    await clientOver(liveWire(upstream.origin)).fetchPages({
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
    let clock = 0;
    const answer = inTurn("gateway-400-contract", "data");
    const upstream = await startUpstream((response, request) => {
      clock += 40;
      answer(response, request);
    });
    const { fetchPages } = clientOver(liveWire(upstream.origin), {
      onExchange: (event) => events.push(event),
      now: () => clock,
      ticks: () => clock,
    });
    await fetchPages();
    const common = { target: "acme.example", mode: "pages", durationMs: 40 };
    expect(events).toEqual([
      { ...common, form: "object", attempt: 1, status: 400, bytes: 56 },
      { ...common, form: "array", attempt: 2, status: 200, bytes: Buffer.byteLength(readAnswer("ten-pages")) },
    ]);
    expect(JSON.stringify(events)).not.toContain(KEY);
  });
});

describe("the form of the body", () => {
  it.each(["gateway-400-contract", "gateway-400-parameter", "provider-top-40503"])(
    "becomes an array once after the unbilled refusal %s, and stays one",
    async (refusal) => {
      const upstream = await startUpstream(inTurn(refusal, "data", "data"));
      const call = clientOver(liveWire(upstream.origin)).fetchPages;
      expect((await call()).answer.items).toHaveLength(10);
      await call();
      expect(upstream.seen.map(formOf)).toEqual(["object", "array", "array"]);
      expect(upstream.seen[1]?.body).toBe('[{"target":"acme.example"}]');
    },
  );

  it("stays an object once that was accepted, whatever is refused later", async () => {
    const upstream = await startUpstream(inTurn("data", "gateway-400-contract"));
    const call = clientOver(liveWire(upstream.origin)).fetchPages;
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
    await failureOf(clientOver(liveWire(upstream.origin)).fetchPages());
    expect(upstream.seen.map(formOf)).toEqual(["object"]);
  });

  it("is not tried again after a refusal that was billed", async () => {
    const { body } = readErrorReply("provider-top-40503");
    const upstream = await startUpstream(replyWith(200, body, { "x-aisa-price-usd": "0.01" }));
    const error = await failureOf(clientOver(liveWire(upstream.origin)).fetchPages());
    expect(error.facts).toMatchObject({ charge: "charged", chargedUsd: 0.01 });
    expect(upstream.seen).toHaveLength(1);
  });

  it("tells of the first refusal when both forms are refused, and tries both again next time", async () => {
    const both = ["gateway-400-contract", "gateway-400-parameter"];
    const upstream = await startUpstream(inTurn(...both, ...both));
    const call = clientOver(liveWire(upstream.origin)).fetchPages;
    expect((await failureOf(call())).kind).toBe("contract");
    await failureOf(call());
    expect(upstream.seen.map(formOf)).toEqual(["object", "array", "object", "array"]);
  });

  it("tells of the second failure when that is about something else", async () => {
    const upstream = await startUpstream(inTurn("gateway-400-contract", "provider-task-40101"));
    const error = await failureOf(clientOver(liveWire(upstream.origin)).fetchPages());
    expect(error.facts).toMatchObject({ charge: "charged", upstreamCostUsd: 0.002 });
  });

  it.each(["object", "array"] as const)("is never switched when pinned to %s", async (bodyForm) => {
    const upstream = await startUpstream(inTurn("gateway-400-contract", "data"));
    const call = clientOver(liveWire(upstream.origin), { bodyForm }).fetchPages;
    await failureOf(call());
    await call();
    expect(upstream.seen.map(formOf)).toEqual([bodyForm, bodyForm]);
  });
});

describe("a call without an answer", () => {
  it("may have been charged when it timed out", async () => {
    const upstream = await startUpstream(() => {});
    const call = clientOver(liveWire(upstream.origin, 300), { timeoutMs: 300_000 }).fetchPages;
    expect(describeFailure(await failureOf(call()))).toBe(
      "The gateway did not answer within 300 s. It may have been charged. Check the account's usage before sending it again; a smaller limit or filters make it faster.",
    );
  });

  it("is not charged when the gateway was never reached", async () => {
    const error = await failureOf(clientOver(liveWire(await refusedOrigin())).fetchPages());
    expect(describeFailure(error)).toBe(
      "The gateway could not be reached. Not charged. Check the network, the proxy settings and AISA_BASE_URL (`domain-pages-mcp doctor` tests them).",
    );
    expect(error.facts.detail).toMatch(/^unreachable: .*ECONNREFUSED/);
  });

  it("may have been charged when the connection broke off", async () => {
    const upstream = await startUpstream((response) => response.destroy());
    const error = await failureOf(clientOver(liveWire(upstream.origin)).fetchPages());
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
    const error = await failureOf(clientOver(liveWire(upstream.origin)).fetchPages({ signal: caller.signal }));
    if (when === "was under way") await arrived;
    expect(error).toMatchObject({ kind: "cancelled", facts: { charge } });
  });
});

describe("the sandbox behind the same seam", () => {
  it("answers the same client, free of charge", async () => {
    const { answer, charge } = await clientOver(createSandboxWire(createWorld())).fetchPages({
      arguments: { limit: 3 },
    });
    expect(answer.items).toHaveLength(3);
    expect({ charge, upstreamCostUsd: answer.upstreamCostUsd }).toEqual({
      charge: { kind: "reported", usd: 0 },
      upstreamCostUsd: 0,
    });
  });

  it("honours a cancellation", async () => {
    const call = clientOver(createSandboxWire(createWorld())).fetchPages({ signal: AbortSignal.abort() });
    expect(await failureOf(call)).toMatchObject({ kind: "cancelled", facts: { charge: "not_charged" } });
  });
});
