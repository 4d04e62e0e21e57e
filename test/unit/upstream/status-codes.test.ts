import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FORM_CODES, meaningOf } from "../../../src/upstream/gateway-errors.ts";

/** The documented codes a Live call can meet, by who can act on them. */
const BY_KIND = {
  input: [40000, 40400, 40402, 40405, 40408, 40501, 40502, 40503, 40504, 40505, 40506],
  rejected: [40100, 40104, 40200, 40201, 40203, 40204, 40205, 40206, 40207, 40210, 50100],
  unavailable: [40101, 40103, 40202, 40209, 40403, 50000, 50001, 50301, 50302, 50303, 50304, 50401, 50402],
} as const;

const CASES = Object.entries(BY_KIND).flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const));

describe("meaningOf", () => {
  it.each(CASES)("sorts %i under %s", (code, kind) => {
    expect(meaningOf(code).kind).toBe(kind);
  });

  it.each([
    [40299, "rejected"],
    [40599, "input"],
    [50999, "unavailable"],
    [20100, "contract"],
    [61000, "contract"],
  ])("reads the unknown code %i by its hundreds: %s", (code, kind) => {
    expect(meaningOf(code).kind).toBe(kind);
  });

  it("completes a sentence about the data provider for any number", () => {
    fc.assert(
      fc.property(fc.integer(), (code) => {
        const { says, advice } = meaningOf(code);
        expect(says).toMatch(/^[a-z].*[^.]$/);
        expect(advice).toMatch(/^[A-Z].*\.$/);
      }),
    );
  });

  it.each([
    [40202, 60_000],
    [40209, 5_000],
    [50303, 300_000],
  ])("names a wait for %i", (code, retryAfterMs) => {
    expect(meaningOf(code).retryAfterMs).toBe(retryAfterMs);
  });

  it("counts only refusals of the request among those that may be about its form", () => {
    expect([...FORM_CODES].map((code) => meaningOf(code).kind)).toEqual(Array(FORM_CODES.size).fill("input"));
  });
});
