import { describe, expect, it } from "vitest";
import { measureCoverage } from "../../../../src/pages/answer/header-facts.ts";
import { suggestNext } from "../../../../src/pages/answer/next-steps.ts";
import type { PagesRequest } from "../../../../src/pages/request.ts";
import { createSnapshot, type Source } from "../../../../src/pages/snapshot.ts";

const suggest = (pages: number, total: number, request: Partial<PagesRequest>, source: Source = "aisa") => {
  const answer = {
    taskId: null,
    version: null,
    echo: null,
    target: null,
    upstreamCostUsd: null,
    totalCount: total,
    items: Array.from({ length: pages }, (_, index) => ({ page: `https://acme.example/${index}` })),
  };
  const snapshot = createSnapshot(answer, {
    source,
    request: { target: "acme.example", ...request },
    requestKey: "key",
    fetchedAt: 0,
    charge: { kind: "none" },
  });
  return suggestNext({
    snapshot,
    coverage: measureCoverage(snapshot),
    rowsShown: 0,
    leftOut: { rows: 0, columns: [], findings: 0 },
    surface: "mcp",
  });
};

describe("the next calls", () => {
  it("are none when the whole list is here", () => {
    expect(suggest(5, 5, {})).toEqual([]);
  });

  it("offer the most that one call can bring, without the caller's label", () => {
    expect(suggest(5, 50, { limit: 5, tag: "mine" })).toEqual([
      {
        cost: "paid",
        call: 'get_domain_pages {"target":"acme.example","limit":1000}',
        gain: "up to 1000 URLs in one call",
      },
    ]);
  });

  it("keep the offset of a small call", () => {
    expect(suggest(5, 50, { limit: 5, offset: 10 })[0]?.call).toContain('"limit":1000,"offset":10');
  });

  it("offer what lies behind a call for the most, also when it brought fewer than it asked for", () => {
    expect(suggest(900, 5000, { limit: 1000, offset: 1000 })).toEqual([
      expect.objectContaining({
        call: 'get_domain_pages {"target":"acme.example","limit":1000,"offset":1900}',
        gain: "the next 1000 URLs",
      }),
    ]);
  });

  it("cost nothing in the sandbox, and are none for an import", () => {
    expect(suggest(5, 50, {}, "sandbox")[0]?.cost).toBe("free");
    expect(suggest(5, 50, {}, "import")).toEqual([]);
  });
});
