import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chargeHeaders, createPriceOf, FREE, parseCap } from "../../../src/sandbox/paid-call.ts";

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
