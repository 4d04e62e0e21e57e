import { describe, expect, it } from "vitest";
import { describeFailure } from "../../src/errors.ts";
import { createSandboxWire } from "../../src/sandbox/gateway.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import type { ExchangeEvent } from "../../src/upstream/send-call.ts";
import { readErrorReply } from "../fixtures/load.ts";
import { type Respond, refusedOrigin, replyWith } from "../support/stub-upstream.ts";
import {
  clientOver,
  createWaits,
  DATA,
  failureOf,
  inTurn,
  keysOf,
  liveWire,
  startUpstream,
} from "./upstream-client.ts";

const estimate = (fields: object, headers: Record<string, string> = {}): Respond =>
  replyWith(200, { object: "cost_estimate", ...fields }, headers);

const QUOTED = estimate({ estimated_cost_micros_usd: 48_000, may_exceed_estimate: false });

async function startQuotes(respond: Respond) {
  const upstream = await startUpstream(respond);
  const { waited, now, wait } = createWaits();
  const events: ExchangeEvent[] = [];
  const client = clientOver(liveWire(upstream.origin), {
    retry: { withinMs: 75_000, random: () => 0.5, wait },
    onExchange: (event) => events.push(event),
    now,
  });
  return { ...client, seen: upstream.seen, waited, events };
}

describe("a question for the price", () => {
  it("sends the very call, marked as a question, with cap and key", async () => {
    const { fetchQuote, fetchPages, seen, events } = await startQuotes(inTurn(QUOTED, "data"));
    const terms = { id: "ask_1", maxPriceUsd: 0.25 };
    expect(await fetchQuote({ terms })).toEqual({ kind: "quoted", usd: 0.048, mayExceed: false });
    await fetchPages();
    const [question, call] = seen;
    expect(question?.headers).toMatchObject({
      "x-aisa-cost-mode": "quote",
      "x-aisa-max-price-usd": "0.25",
      "idempotency-key": "ask_1",
    });
    expect([question?.url, question?.body]).toEqual([call?.url, call?.body]);
    expect(events.map(({ mode }) => mode)).toEqual(["quote", "pages"]);
  });

  it.each([
    [{ estimated_cost_micros_usd: 0, may_exceed_estimate: false }, 0, false],
    [{ estimated_cost_micros_usd: 24_360, may_exceed_estimate: true }, 0.02436, true],
    [{ estimated_cost_micros_usd: 24_360 }, 0.02436, true],
    [{ estimated_cost_micros_usd: 20_000, estimated_cost_usd: 2.5, may_exceed_estimate: false }, 2.5, false],
    [{ estimated_cost_micros_usd: 24_360, estimated_cost_usd: 0.01, may_exceed_estimate: false }, 0.02436, false],
    [{ estimated_cost_micros_usd: 1_000_000_000, may_exceed_estimate: false }, 1000, false],
  ])("reads %j", async (fields, usd, mayExceed) => {
    const { fetchQuote } = await startQuotes(estimate(fields));
    expect(await fetchQuote()).toEqual({ kind: "quoted", usd, mayExceed });
  });

  it.each([-1, "48000", null, undefined, {}, 1_000_000_001])("takes a figure of %j for none", async (micros) => {
    const { fetchQuote } = await startQuotes(estimate({ estimated_cost_micros_usd: micros }));
    expect(await fetchQuote()).toEqual({
      kind: "none",
      why: "the gateway's estimate holds no figure that can be a price",
    });
  });

  it("is answered with data by a gateway that takes no notice of it: bought", async () => {
    const { fetchQuote } = await startQuotes(DATA);
    expect(await fetchQuote()).toMatchObject({
      kind: "bought",
      fetched: { answer: { target: "acme.example" }, charge: { kind: "reported", usd: 0.04872 } },
    });
  });

  it("that was charged for is a failure", async () => {
    const { fetchQuote } = await startQuotes(
      estimate({ estimated_cost_micros_usd: 48_000 }, { "x-aisa-price-usd": "0.01" }),
    );
    expect(describeFailure(await failureOf(fetchQuote()))).toBe(
      "The gateway charged for telling its price. This call was charged $0.01. Set DOMAIN_PAGES_GATEWAY_HABITS to no-quotes, and tell the gateway's support.",
    );
  });

  it("is not sent when quotes are switched off", async () => {
    const send = { priceCap: true, idempotencyKey: true, quote: false };
    const { fetchQuote } = clientOver(liveWire(await refusedOrigin()), { send });
    expect(await fetchQuote()).toEqual({ kind: "none", why: "quotes are switched off (DOMAIN_PAGES_GATEWAY_HABITS)" });
  });

  it("is answered by the sandbox", async () => {
    const { fetchQuote } = clientOver(createSandboxWire(createWorld()));
    expect(await fetchQuote()).toEqual({ kind: "quoted", usd: 0, mayExceed: false });
  });
});

describe("a question that is refused", () => {
  it.each([
    ["gateway-402-price-cap", "the gateway's price for this call is above the cap that was set", "price_cap"],
    ["gateway-404-string", "the gateway does not know the endpoint"],
    ["gateway-422-parameter", "the gateway refused a parameter of the request"],
    ["provider-task-40501-order-by", 'the data provider refuses the field "order_by" (code 40501)'],
  ])("has no price, unbilled: %s", async (name, why, reason?: string) => {
    const { fetchQuote } = await startQuotes(inTurn(name));
    expect(await fetchQuote()).toEqual({ kind: "none", why, reason });
  });

  it("in both forms has no price", async () => {
    const { fetchQuote, seen } = await startQuotes(inTurn("gateway-400-parameter", "gateway-400-parameter"));
    expect(await fetchQuote()).toEqual({ kind: "none", why: "the gateway refused the request as malformed" });
    expect(keysOf(seen)).toEqual(["buy_1", "buy_1.2"]);
  });

  it.each(["gateway-401-invalid-key", "gateway-402-problem", "gateway-403-region", "gateway-429-quota"])(
    "as the purchase would be fails as that would: %s",
    async (name) => {
      const { fetchQuote } = await startQuotes(inTurn(name));
      expect(await failureOf(fetchQuote())).toMatchObject({ kind: "rejected", facts: { charge: "not_charged" } });
    },
  );

  it.each([
    "gateway-500-settlement",
    "gateway-502-html",
    "gateway-200-html",
    "gateway-409-idempotent",
    "provider-task-40101",
  ])("in a way that may have cost money fails: %s", async (name) => {
    const { fetchQuote, seen } = await startQuotes(inTurn(name));
    expect((await failureOf(fetchQuote())).facts.charge).not.toBe("not_charged");
    expect(seen).toHaveLength(1);
  });

  it("at the door is asked again with the same key", async () => {
    const { fetchQuote, seen } = await startQuotes(inTurn("gateway-429-rate-limit", "gateway-503-retryable", QUOTED));
    expect((await fetchQuote()).kind).toBe("quoted");
    expect(keysOf(seen)).toEqual(["buy_1", "buy_1", "buy_1"]);
  });

  it.each(["provider-task-40202", "provider-task-40209"])(
    "by the data provider is not asked again: %s",
    async (name) => {
      const { fetchQuote, seen, waited } = await startQuotes(inTurn(name));
      expect((await failureOf(fetchQuote())).facts.charge).toBe("not_charged");
      expect({ sent: seen.length, waited }).toEqual({ sent: 1, waited: [] });
    },
  );

  it("because it was cancelled fails", async () => {
    const { fetchQuote } = await startQuotes(QUOTED);
    expect((await failureOf(fetchQuote({ signal: AbortSignal.abort() }))).kind).toBe("cancelled");
  });
});

describe("the form that a question found", () => {
  const formsOf = (seen: { body: string }[]) => seen.map(({ body }) => (body.startsWith("[") ? "array" : "object"));

  it("is the form of the call when the other one had been refused", async () => {
    const { fetchQuote, fetchPages, seen } = await startQuotes(inTurn("gateway-400-contract", QUOTED, "data"));
    await fetchQuote();
    await fetchPages();
    expect(formsOf(seen)).toEqual(["object", "array", "array"]);
  });

  it("is not settled by a price for the object: the call may still turn to the array", async () => {
    const { fetchQuote, fetchPages, seen } = await startQuotes(inTurn(QUOTED, "gateway-400-contract", "data"));
    await fetchQuote();
    await fetchPages();
    expect(formsOf(seen)).toEqual(["object", "object", "array"]);
  });

  it("is settled by data", async () => {
    const { fetchQuote, fetchPages, seen } = await startQuotes(inTurn("data", "gateway-400-contract"));
    await fetchQuote();
    await failureOf(fetchPages());
    expect(formsOf(seen)).toEqual(["object", "object"]);
  });
});

it("a list answered with a price is a failure, unbilled", async () => {
  const { body } = readErrorReply("gateway-200-quote");
  const { fetchPages } = await startQuotes(replyWith(200, body));
  expect(await failureOf(fetchPages())).toMatchObject({ kind: "contract", facts: { charge: "not_charged" } });
});
