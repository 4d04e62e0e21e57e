import { describe, expect, it } from "vitest";
import type { OrderRule } from "../../../../src/lists/filters/order-by.ts";
import { createSnapshot, type Source } from "../../../../src/lists/snapshot.ts";
import { measureCoverage } from "../../../../src/pages/answer/header-facts.ts";
import { suggestNext } from "../../../../src/pages/answer/next-steps.ts";
import type { PagesRequest } from "../../../../src/pages/body.ts";
import { DOMAIN_PAGES } from "../../../../src/pages/domain-pages.ts";
import { type ItemFacts, makeSnapshot } from "../../../support/make-snapshot.ts";

const pages = (field: string, ...values: (number | null)[]): ItemFacts[] =>
  values.map((value, index) => ({ url: `https://acme.example/${index}`, summary: { [field]: value } }));

const by = (field: string, direction: "asc" | "desc"): { order_by: OrderRule[] } => ({
  order_by: [{ field, direction }],
});

describe("how much was fetched", () => {
  it("adds up the backlinks, and counts the pages that do not tell theirs", () => {
    expect(measureCoverage(makeSnapshot({ items: pages("backlinks", 10, null, 0) }))).toMatchObject({
      backlinksFetched: 10,
      pagesWithoutCount: 1,
    });
  });

  it.each([
    [10, 0, 7],
    [10, 4, 3],
    [3, 0, 0],
    [2, 0, null],
    [null, 0, null],
  ])("of %j pages from offset %j leaves %j", (totalCount, offset, left) => {
    const snapshot = makeSnapshot({ items: pages("rank", 3, 2, 1), totalCount, request: { offset } });
    expect(measureCoverage(snapshot)).toMatchObject({ itemsSkipped: offset, itemsNotFetched: left });
  });

  it("is nothing for an empty answer", () => {
    expect(measureCoverage(makeSnapshot())).toEqual({
      backlinksFetched: 0,
      pagesWithoutCount: 0,
      itemsSkipped: 0,
      itemsNotFetched: 0,
      bound: null,
    });
  });
});

describe("what bounds the rest", () => {
  const boundOf = (items: ItemFacts[], request = {}, totalCount: number | null = 100) =>
    measureCoverage(makeSnapshot({ items, request, totalCount })).bound;

  it("is the last rank of the default order, which is only observed", () => {
    expect(boundOf(pages("rank", 261, 244, 130))).toEqual({
      field: "page_summary.rank",
      side: "at most",
      value: 130,
      byDefaultOrder: true,
    });
  });

  it("is the last value of the order that was asked for", () => {
    expect(boundOf(pages("backlinks", 9, 9, 4), by("page_summary.backlinks", "desc"))).toEqual({
      field: "page_summary.backlinks",
      side: "at most",
      value: 4,
      byDefaultOrder: false,
    });
    expect(boundOf(pages("referring_domains", 1, 5), by("page_summary.referring_domains", "asc"))).toMatchObject({
      side: "at least",
      value: 5,
    });
  });

  it("is there when the total is not known", () => {
    expect(boundOf(pages("rank", 3, 2), {}, null)).toMatchObject({ value: 2 });
  });

  it.each<[string, ItemFacts[], object, number | null]>([
    ["everything was fetched", pages("rank", 3, 2), {}, 2],
    ["the list is in another order", pages("rank", 2, 3), {}, 100],
    ["a value is unknown", pages("rank", 3, null, 1), {}, 100],
    ["the last value is unknown", pages("rank", 3, null), {}, 100],
    ["one page shows no order", pages("rank", 3), {}, 100],
    ["the order is by a text", pages("rank", 3, 2), by("page", "asc"), 100],
  ])("is not claimed where %s", (_why, items, request, totalCount) => {
    expect(boundOf(items, request, totalCount)).toBeNull();
  });
});

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
  const snapshot = createSnapshot(DOMAIN_PAGES, answer, {
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
