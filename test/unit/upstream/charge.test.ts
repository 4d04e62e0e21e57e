import { describe, expect, it } from "vitest";
import { readCharge } from "../../../src/upstream/reply-headers.ts";

const PRICE = "x-aisa-price-usd";
const MICROS = "x-aisa-customer-cost-micros-usd";

describe("readCharge", () => {
  it.each([
    [{ [PRICE]: "0.012000" }, 0.012],
    [{ [PRICE]: " 0.048 " }, 0.048],
    [{ [PRICE]: "0.000000" }, 0],
    [{ [MICROS]: "48720" }, 0.04872],
    [{ [MICROS]: "0" }, 0],
    [{ [MICROS]: "48720", [PRICE]: "0.04872" }, 0.04872],
    [{ [MICROS]: "n/a", [PRICE]: "0.05" }, 0.05],
    [{ [MICROS]: "1000000000" }, 1000],
    [{ [MICROS]: "48720000000", [PRICE]: "0.04872" }, 0.04872],
    [{ [PRICE]: "0.012, 0.012" }, 0.012],
  ])("reads %j", (headers, usd) => {
    expect(readCharge(headers)).toEqual({ kind: "reported", usd });
  });

  it.each([
    [{ [MICROS]: "48720", [PRICE]: "0.05" }, 0.05],
    [{ [MICROS]: "50000", [PRICE]: "0.012" }, 0.05],
    [{ [MICROS]: "0", [PRICE]: "0.05" }, 0.05],
    [{ [MICROS]: "12000, 24000" }, 0.024],
    [{ [MICROS]: "200,000" }, 0.2],
    [{ [MICROS]: "1,200,000" }, 1.2],
  ])("books the largest figure where %j disagrees", (headers, usd) => {
    expect(readCharge(headers)).toEqual({ kind: "reported", usd });
  });

  it.each([
    ["nothing", {}],
    ["an empty header", { [PRICE]: "" }],
    ["words", { [PRICE]: "free" }],
    ["a negative price", { [PRICE]: "-0.01" }],
    ["micro-dollars in the place of dollars", { [PRICE]: "48720" }],
    ["more than any call costs", { [MICROS]: "1000000001" }],
    ["an endless number", { [PRICE]: "9".repeat(40) }],
    ["nothing beside what cannot be read", { [MICROS]: "2e5", [PRICE]: "0" }],
    ["nothing beside a figure that can be no price", { [MICROS]: "0", [PRICE]: "48720" }],
    ["nothing and words in one header", { [PRICE]: "0, unknown" }],
    ["an estimate", { "x-aisa-estimated-credits": "0.05" }],
  ])("takes %s for not reported, which is not free", (_what, headers) => {
    expect(readCharge(headers)).toEqual({ kind: "not_reported" });
  });
});
