import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toCapText, toHeaders } from "../../../src/upstream/send-call.ts";

const FACTS = { apiKey: "k", terms: { id: "buy_1", maxPriceUsd: 0.25 }, keyNumber: 1, asksForQuote: false };
const ON = { priceCap: true, idempotencyKey: true };

describe("toHeaders", () => {
  it("sends cap and key with a purchase", () => {
    expect(toHeaders(FACTS, ON)).toEqual({
      authorization: "Bearer k",
      "content-type": "application/json",
      accept: "application/json",
      "x-aisa-max-price-usd": "0.25",
      "idempotency-key": "buy_1",
    });
  });

  it("numbers the keys after the first", () => {
    expect(toHeaders({ ...FACTS, keyNumber: 3 }, ON)["idempotency-key"]).toBe("buy_1.3");
  });

  it("marks a question for the price", () => {
    expect(toHeaders({ ...FACTS, asksForQuote: true }, ON)["x-aisa-cost-mode"]).toBe("quote");
  });

  it("leaves out what is switched off, and a cap that is not set", () => {
    const off = toHeaders(FACTS, { priceCap: false, idempotencyKey: false });
    expect(Object.keys(off)).toEqual(["authorization", "content-type", "accept"]);
    expect(toHeaders({ ...FACTS, terms: { id: "buy_1" } }, ON)).not.toHaveProperty("x-aisa-max-price-usd");
  });
});

describe("toCapText", () => {
  it.each([
    [0.25, "0.25"],
    [0.29, "0.29"],
    [1, "1"],
    [100, "100"],
    [0.000001, "0.000001"],
    [0.0000019, "0.000001"],
    [0.0000001, "0"],
    [0.1 + 0.2, "0.3"],
    [1e21, "1000000000"],
    [Number.POSITIVE_INFINITY, "1000000000"],
    [0, "0"],
    [-1, "0"],
    [Number.NaN, "0"],
  ])("writes %d as %s", (usd, text) => {
    expect(toCapText(usd)).toBe(text);
  });

  it("never allows more than the terms, is plain, and keeps every whole micro-dollar", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.nat(1_000_000_000), (usd, micros) => {
        expect(toCapText(usd)).toMatch(/^\d+(\.\d{1,6})?$/);
        expect(Number(toCapText(usd))).toBeLessThanOrEqual(usd);
        expect(usd - Number(toCapText(usd))).toBeLessThan(0.0000011);
        expect(Number(toCapText(micros / 1_000_000))).toBe(micros / 1_000_000);
      }),
    );
  });
});
