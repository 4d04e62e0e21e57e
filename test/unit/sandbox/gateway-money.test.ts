import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GatewayReply } from "../../../src/sandbox/exchange.ts";
import {
  type Bill,
  type BooksReading,
  createBooks,
  createGateway,
  type Gateway,
  type GatewayOptions,
} from "../../../src/sandbox/gateway.ts";
import { chargeHeaders, createAdmittedKeys, createPriceOf, FREE, parseCap } from "../../../src/sandbox/paid-call.ts";
import { WORLD } from "./ask.ts";

const PATH = "/apis/v1/dataforseo/backlinks/domain_pages/live";
const PRICES = { perCallUsd: 0.024, perPageUsd: 0.000036 };
const NOW = Date.UTC(2026, 10, 24);

interface Opened {
  gateway: Gateway;
  call: (body: unknown, headers?: Record<string, string>) => GatewayReply & { json: Record<string, unknown> };
  read: () => BooksReading;
}

function open(options: Partial<GatewayOptions> = {}): Opened {
  const books = createBooks();
  const gateway = createGateway({ world: WORLD, prices: PRICES, books, now: () => NOW, ...options });
  return {
    gateway,
    read: books.read,
    call(body, headers = {}) {
      const { reply } = gateway({
        method: "POST",
        path: PATH,
        headers: { authorization: "Bearer any", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
      return { ...reply, json: JSON.parse(reply.body) };
    },
  };
}

const QUOTE = { "x-aisa-cost-mode": "quote" };
const THREE = { target: "acme.example", limit: 3 };

describe("a charge", () => {
  it.each([
    ["the call and each page", THREE, 24_108],
    ["the call and each page of an array's one task", [THREE], 24_108],
    ["the call alone when nothing matches", { target: "forbes.com" }, 24_000],
    ["only the pages that there are", { target: "acme.example", limit: 3, offset: 1_000_000 }, 24_000],
  ])("is for %s", (_what, body, micros) => {
    const { call, read } = open();
    const { status, headers } = call(body);
    expect(status).toBe(200);
    expect(headers["x-aisa-customer-cost-micros-usd"]).toBe(String(micros));
    expect(headers["x-aisa-price-usd"]).toBe((micros / 1e6).toFixed(6));
    expect(read().billed).toEqual({ calls: 1, micros });
  });

  it.each([
    ["a failed task", { target: "acme.example", limit: 0 }, {}, 200, "failed"],
    ["a body without a task", [], {}, 200, "failed"],
    ["an unknown parameter", { target: "acme.example", depth: 1 }, {}, 400, "refused"],
    ["a body that is no JSON", "{", {}, 400, "refused"],
    ["a call without a key", THREE, { authorization: "" }, 401, "refused"],
    ["a quote", THREE, QUOTE, 200, "quoted"],
  ] as const)("is not made for %s", (_what, body, headers, status, outcome) => {
    const { call, read } = open();
    const reply = call(body, headers);
    expect(reply.status).toBe(status);
    if (status === 200) expect(reply.headers["x-aisa-price-usd"]).toBe("0.000000");
    expect(read()).toMatchObject({ calls: { received: 1, [outcome]: 1 }, billed: { calls: 0, micros: 0 }, bills: [] });
  });

  it("stands in the books with its key, target, request id and time", () => {
    const { call, read } = open();
    const first = call(THREE, { "idempotency-key": "k1" });
    const second = call(THREE);
    expect(read().bills).toEqual([
      {
        idempotencyKey: "k1",
        target: "acme.example",
        micros: 24_108,
        requestId: first.headers["x-request-id"],
        at: NOW,
      },
      {
        idempotencyKey: null,
        target: "acme.example",
        micros: 24_108,
        requestId: second.headers["x-request-id"],
        at: NOW,
      },
    ]);
    expect(first.headers["x-request-id"]).not.toBe(second.headers["x-request-id"]);
  });

  it("is 0 where no prices are set", () => {
    const books = createBooks();
    const gateway = createGateway({ world: WORLD, books });
    gateway({ method: "POST", path: PATH, headers: { authorization: "Bearer x" }, body: JSON.stringify(THREE) });
    expect(books.read().bills).toMatchObject([{ micros: 0, at: 0 }]);
  });

  it("is not counted for other addresses", () => {
    const { gateway, read } = open();
    gateway({ method: "GET", path: "/v1/credits/balance", headers: { authorization: "Bearer x" }, body: "" });
    expect(read().calls.received).toBe(0);
  });
});

describe("a quote", () => {
  it.each([
    ["as many pages as are asked for", { target: "acme.example", limit: 1000 }, 60_000],
    ["a hundred pages when no limit is set", { target: "acme.example" }, 27_600],
    ["an array's one task", [THREE], 24_108],
  ])("is for %s", (_what, body, micros) => {
    expect(open().call(body, QUOTE).json).toEqual({
      object: "cost_estimate",
      estimated_cost_micros_usd: micros,
      may_exceed_estimate: false,
    });
  });

  it("is never below the charge", () => {
    const { call } = open();
    for (const limit of [1, 7, 1000]) {
      const body = { target: "acme.example", limit };
      const quoted = Number(call(body, QUOTE).json["estimated_cost_micros_usd"]);
      expect(quoted).toBeGreaterThanOrEqual(Number(call(body).headers["x-aisa-customer-cost-micros-usd"]));
    }
  });

  it.each([
    ["a wrong field", { target: "acme.example", limit: 0 }, { tasks: [{ status_code: 40501 }] }],
    ["no task", [], { status_code: 40502 }],
    ["an unknown parameter", { target: "acme.example", depth: 1 }, { error: expect.stringContaining("contract") }],
  ])("of a body with %s is that refusal", (_what, body, json) => {
    expect(open().call(body, QUOTE).json).toMatchObject(json);
  });

  it("takes no idempotency key, and heeds none", () => {
    const { call } = open();
    const key = { "idempotency-key": "k1" };
    call(THREE, { ...QUOTE, ...key });
    expect(call(THREE, key).status).toBe(200);
    expect(call(THREE, { ...QUOTE, ...key }).json).toHaveProperty("object", "cost_estimate");
  });

  it("has no other mode beside it", () => {
    const reply = open().call(THREE, { "x-aisa-cost-mode": "estimate" });
    expect(reply).toMatchObject({ status: 400, json: { error: { code: "invalid_parameter_type" } } });
  });
});

describe("a price cap", () => {
  it.each([
    ["at the estimate", "0.024108", 200],
    ["above it", "0.05", 200],
    ["a micro-dollar below it", "0.024107", 402],
    ["of nothing", "0", 402],
  ])("%s answers as it should", (_what, cap, status) => {
    const { call, read } = open();
    expect(call(THREE, { "x-aisa-max-price-usd": cap }).status).toBe(status);
    expect(read().billed.calls).toBe(status === 200 ? 1 : 0);
  });

  it("is held against the estimate, not against what would come back", () => {
    const body = { target: "forbes.com", limit: 1000 };
    expect(open().call(body, { "x-aisa-max-price-usd": "0.03" })).toMatchObject({
      status: 402,
      json: { error: { code: "estimated_price_exceeds_max_price" } },
    });
  });

  it("that is no number is refused unbilled", () => {
    const { call, read } = open();
    expect(call(THREE, { "x-aisa-max-price-usd": "cheap" })).toMatchObject({
      status: 400,
      json: { error: { code: "invalid_parameter_type" } },
    });
    expect(read().billed.calls).toBe(0);
  });

  it("does not keep a quote back", () => {
    const reply = open().call(THREE, { ...QUOTE, "x-aisa-max-price-usd": "0" });
    expect(reply.json).toHaveProperty("object", "cost_estimate");
  });
});

describe("an idempotency key", () => {
  const KEY = { "idempotency-key": "k1" };

  it.each([
    ["was carried out", THREE],
    ["failed at the endpoint", { target: "acme.example", limit: 0 }],
  ])("is taken by a call that %s", (_what, body) => {
    const { call, read } = open();
    call(body, KEY);
    const billed = read().billed.calls;
    expect(call(THREE, KEY)).toMatchObject({ status: 409, json: { error: "idempotent request already admitted" } });
    expect(call(THREE, { "idempotency-key": "k2" }).status).toBe(200);
    expect(read().billed.calls).toBe(billed + 1);
  });

  it.each([
    ["without a key", THREE, { authorization: "" }],
    ["of no JSON", "{", {}],
    ["off the contract", { target: "acme.example", depth: 1 }, {}],
    ["above the cap", THREE, { "x-aisa-max-price-usd": "0" }],
    ["with a cap that is no number", THREE, { "x-aisa-max-price-usd": "x" }],
  ])("stays free after a call %s", (_what, body, headers) => {
    const { call } = open();
    expect(call(body, { ...headers, ...KEY }).status).not.toBe(200);
    expect(call(THREE, KEY).status).toBe(200);
  });
});

const bill = (micros: number): Bill => ({
  idempotencyKey: null,
  target: "acme.example",
  micros,
  requestId: "sandbox-1",
  at: 0,
});

describe("the books", () => {
  it("begin empty", () => {
    expect(createBooks().read()).toEqual({
      calls: { received: 0, refused: 0, quoted: 0, failed: 0, carried_out: 0 },
      billed: { calls: 0, micros: 0 },
      bills: [],
    });
  });

  it("count every call once, and add up what was billed, in order", () => {
    const books = createBooks();
    books.enter("refused");
    books.enter("quoted");
    books.enter("carried_out", bill(24_000));
    books.enter("failed", bill(2_000));
    books.enter("failed");
    expect(books.read()).toEqual({
      calls: { received: 5, refused: 1, quoted: 1, failed: 2, carried_out: 1 },
      billed: { calls: 2, micros: 26_000 },
      bills: [bill(24_000), bill(2_000)],
    });
  });

  it("keep the latest bills only, and the totals of all", () => {
    const books = createBooks(2);
    for (const micros of [1, 2, 3]) books.enter("carried_out", bill(micros));
    const { billed, bills } = books.read();
    expect(bills.map(({ micros }) => micros)).toEqual([2, 3]);
    expect(billed).toEqual({ calls: 3, micros: 6 });
  });

  it("do not change what was read before", () => {
    const books = createBooks();
    const before = books.read();
    books.enter("carried_out", bill(1));
    expect(before.bills).toEqual([]);
    expect(before.calls.received).toBe(0);
  });
});

describe("the admitted keys", () => {
  it("are forgotten from the oldest on", () => {
    const keys = createAdmittedKeys(2);
    for (const key of ["a", "b", "b", "c"]) keys.add(key);
    expect(["a", "b", "c"].map(keys.has)).toEqual([false, true, true]);
  });
});

describe("a price", () => {
  it.each([
    ["nothing", FREE, 1000, 0],
    ["so much for the call", { perCallUsd: 0.024, perPageUsd: 0 }, 1000, 24_000],
    ["so much for each page", { perCallUsd: 0, perPageUsd: 0.000036 }, 1000, 36_000],
    ["both", { perCallUsd: 0.024, perPageUsd: 0.000036 }, 10, 24_360],
    ["the call alone when no page comes", { perCallUsd: 0.024, perPageUsd: 0.000036 }, 0, 24_000],
  ])("is %s", (_what, prices, pages, micros) => {
    expect(createPriceOf(prices)(pages)).toBe(micros);
  });

  it("is a whole number of micro-dollars, whatever the rates", () => {
    const usd = fc.double({ min: 0, max: 10, noNaN: true });
    fc.assert(
      fc.property(usd, usd, fc.integer({ min: 0, max: 1000 }), (perCallUsd, perPageUsd, pages) => {
        expect(Number.isSafeInteger(createPriceOf({ perCallUsd, perPageUsd })(pages))).toBe(true);
      }),
    );
  });

  it("is told in dollars with six decimals, and in micro-dollars", () => {
    expect(chargeHeaders(48_000)).toEqual({
      "x-aisa-price-usd": "0.048000",
      "x-aisa-customer-cost-micros-usd": "48000",
    });
  });
});

describe("a cap", () => {
  it.each([
    ["0.05", 50_000],
    ["0.000001", 1],
    ["0.57", 570_000],
    ["12", 12_000_000],
    ["0", 0],
    ["-1", -1_000_000],
  ])("of %s is read to the micro-dollar", (text, micros) => {
    expect(parseCap(text)).toBe(micros);
  });

  it.each(["", " ", "cheap", "1e-7", "0x10", "NaN", "Infinity", ".5", "0,05", "$1"])("cannot be %j", (text) => {
    expect(parseCap(text)).toBeUndefined();
  });
});
