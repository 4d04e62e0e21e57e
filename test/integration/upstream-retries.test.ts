import { describe, expect, it } from "vitest";
import { describeFailure } from "../../src/errors.ts";
import type { ExchangeEvent } from "../../src/upstream/send-call.ts";
import { type Wire, WireFailure, wait } from "../../src/upstream/wire.ts";
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

const BUSY = replyWith(503, { error: { retryable: true } });
const LIMITED = replyWith(429, { error: { code: "rate_limit_exceeded" } });

/** A client whose waits are over at once, over a stub that answers in turn. */
async function startPatient(respond: Respond, withinMs = 75_000) {
  const upstream = await startUpstream(respond);
  const { waited, now, wait: skip } = createWaits();
  const events: ExchangeEvent[] = [];
  const client = clientOver(liveWire(upstream.origin), {
    retry: { withinMs, random: () => 0.5, wait: skip },
    onExchange: (event) => events.push(event),
    now,
    ticks: now,
  });
  return { ...client, seen: upstream.seen, waited, events };
}

describe("an unbilled refusal that passes", () => {
  it.each<[string, Respond[], number[], string[]]>([
    ["a rate limit", [LIMITED, LIMITED, LIMITED], [1000, 2000, 4000], ["buy_1", "buy_1", "buy_1", "buy_1"]],
    ["a busy gateway", [BUSY], [1000], ["buy_1", "buy_1"]],
    ["a crowded data provider", [inTurn("provider-task-40209")], [5000], ["buy_1", "buy_1.2"]],
    ["the data provider's rate limit", [inTurn("provider-task-40202")], [60_000], ["buy_1", "buy_1.2"]],
    [
      "one after the other",
      [BUSY, inTurn("provider-task-40209"), BUSY],
      [1000, 10_000, 4000],
      ["buy_1", "buy_1", "buy_1.2", "buy_1.2"],
    ],
  ])("is tried again: %s", async (_what, refusals, waits, keys) => {
    const { fetchPages, seen, waited, events } = await startPatient(inTurn(...refusals, "data"));
    expect((await fetchPages()).answer.items).toHaveLength(10);
    expect(waited).toEqual(waits);
    expect(keysOf(seen)).toEqual(keys);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
    expect(events.map(({ attempt }) => attempt)).toEqual(keys.map((_key, at) => at + 1));
  });

  it("is waited out for as long as the gateway says, in seconds", async () => {
    const { fetchPages, waited } = await startPatient(inTurn("gateway-429-rate-limit", "data"));
    await fetchPages();
    expect(waited).toEqual([7000]);
  });

  it("is waited out until the date that the gateway names", async () => {
    const at = "Thu, 01 Jan 1970 00:00:20 GMT";
    const { fetchPages, waited } = await startPatient(inTurn(replyWith(429, {}, { "retry-after": at }), "data"));
    await fetchPages();
    expect(waited).toEqual([20_000]);
  });

  it("is not waited out when that takes too long; the error says how long", async () => {
    const { fetchPages, seen, waited } = await startPatient(inTurn("provider-task-40202"), 59_999);
    expect(describeFailure(await failureOf(fetchPages()))).toContain(
      "Not charged. Wait at least 60 s. Then try again.",
    );
    expect({ sent: seen.length, waited }).toEqual({ sent: 1, waited: [] });
  });

  it("is told after the last try, with how often it was tried", async () => {
    const { fetchPages } = await startPatient(LIMITED);
    expect(describeFailure(await failureOf(fetchPages()))).toBe(
      "The gateway's rate limit is reached (tried 4 times within 7 s). Not charged. Try again later, with fewer calls at once.",
    );
  });
});

describe("any other failure", () => {
  it.each([
    "gateway-409-idempotent",
    "gateway-429-quota",
    "gateway-500-settlement",
    "gateway-502-html",
    "gateway-200-error-string",
    "gateway-200-html",
    "provider-task-40101",
    "provider-task-40203",
    "provider-task-50000",
    "provider-task-50401",
  ])("is told at once: %s", async (name) => {
    const { fetchPages, seen } = await startPatient(inTurn(name));
    expect((await failureOf(fetchPages())).message).not.toContain("tried");
    expect(seen).toHaveLength(1);
  });

  it.each(["gateway-429-rate-limit", "gateway-503-retryable", "provider-task-40209"])(
    "is told at once when it was billed: %s",
    async (name) => {
      const { status, body } = readErrorReply(name);
      const { fetchPages, seen } = await startPatient(replyWith(status, body, { "x-aisa-price-usd": "0.01" }));
      expect((await failureOf(fetchPages())).facts).toMatchObject({ charge: "charged", chargedUsd: 0.01 });
      expect(seen).toHaveLength(1);
    },
  );

  it("is told at once when the connection broke off", async () => {
    const { fetchPages, seen } = await startPatient((response) => response.destroy());
    expect((await failureOf(fetchPages())).facts.charge).toBe("unknown");
    expect(seen).toHaveLength(1);
  });

  it("ends the tries, and its own charge counts", async () => {
    const { fetchPages, seen } = await startPatient(inTurn(BUSY as Respond, "gateway-409-idempotent"));
    const error = await failureOf(fetchPages());
    expect(error.facts.charge).toBe("unknown");
    expect(error.message).toContain("(tried 2 times within 1 s)");
    expect(seen).toHaveLength(2);
  });
});

describe("a gateway that is not reached", () => {
  it("is tried three times with the same key", async () => {
    const { waited, now, wait: skip } = createWaits();
    const { fetchPages } = clientOver(liveWire(await refusedOrigin()), {
      retry: { withinMs: 75_000, random: () => 0.5, wait: skip },
      now,
      ticks: now,
    });
    expect(describeFailure(await failureOf(fetchPages()))).toContain(
      "The gateway could not be reached (tried 3 times within 3 s). Not charged.",
    );
    expect(waited).toEqual([1000, 2000]);
  });

  it("is tried once more after the breaker's own time", async () => {
    const upstream = await startUpstream(DATA);
    const live = liveWire(upstream.origin);
    const heldBack = [new WireFailure("held_back", false, undefined, 12_000)];
    const wire: Wire = (request) => {
      const failure = heldBack.shift();
      return failure === undefined ? live(request) : Promise.reject(failure);
    };
    const { waited, now, wait: skip } = createWaits();
    const { fetchPages } = clientOver(wire, {
      retry: { withinMs: 75_000, random: () => 0.5, wait: skip },
      now,
      ticks: now,
    });
    await fetchPages();
    expect(waited).toEqual([12_000]);
  });
});

describe("the key of a purchase", () => {
  it("changes with the form of the body, and again after the data provider's refusal", async () => {
    const { fetchPages, seen } = await startPatient(
      inTurn("gateway-400-contract", BUSY, "provider-task-40209", "data"),
    );
    await fetchPages();
    expect(keysOf(seen)).toEqual(["buy_1", "buy_1.2", "buy_1.2", "buy_1.3"]);
    expect(seen.map(({ body }) => body.startsWith("["))).toEqual([false, true, true, true]);
  });

  it("and the cap go along only where they are switched on", async () => {
    const upstream = await startUpstream(DATA);
    const terms = { id: "buy_7", maxPriceUsd: 0.1 };
    await clientOver(liveWire(upstream.origin)).fetchPages({ terms });
    const send = { priceCap: false, idempotencyKey: false, quote: true };
    await clientOver(liveWire(upstream.origin), { send }).fetchPages({ terms });
    const told = upstream.seen.map(({ headers }) => [headers["x-aisa-max-price-usd"], headers["idempotency-key"]]);
    expect(told).toEqual([
      ["0.1", "buy_7"],
      [undefined, undefined],
    ]);
    expect(upstream.seen[0]?.headers["x-aisa-cost-mode"]).toBeUndefined();
  });
});

describe("a caller who leaves during a wait", () => {
  it("has paid nothing, and nothing more is sent", async () => {
    const caller = new AbortController();
    const upstream = await startUpstream(BUSY);
    const { fetchPages } = clientOver(liveWire(upstream.origin), {
      retry: {
        withinMs: 600_000,
        random: () => 0.5,
        wait: (_ms, signal) => {
          queueMicrotask(() => caller.abort());
          return wait(600_000, signal);
        },
      },
    });
    const error = await failureOf(fetchPages({ signal: caller.signal }));
    expect(error).toMatchObject({ kind: "cancelled", facts: { charge: "not_charged" } });
    expect(upstream.seen).toHaveLength(1);
  });
});
