import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Filter, toWireFilter } from "../../../../src/lists/filters/filter.ts";
import { parseRequest } from "../../../../src/pages/parse-request.ts";
import { toRequestKey } from "../../../../src/pages/request.ts";
import { anyFilter } from "../../../support/any-filter.ts";

const RULES = { allowUnknownFields: false, mapBareNames: true };

const keyOf = (fields: Record<string, unknown>, upstream = "aisa"): string =>
  toRequestKey(parseRequest({ target: "acme.example", ...fields }, RULES).request, upstream);

/** The same filter with every group's members in reverse order. */
const turnAround = (filter: Filter): Filter =>
  filter.kind === "condition" ? filter : { ...filter, members: filter.members.map(turnAround).reverse() };

const PLAIN = keyOf({});
const A = ["status_code", ">=", 400];
const B = ["page_summary.backlinks", ">", 10];
const C = ["page", "like", "%/blog/%"];

describe("the key of a request", () => {
  it("is 32 hexadecimal digits", () => {
    expect(PLAIN).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["a default written out", {}, { limit: 100 }],
    [
      "all defaults written out",
      {},
      {
        limit: 100,
        offset: 0,
        internal_list_limit: 10,
        backlinks_status_type: "live",
        include_subdomains: true,
        exclude_internal_backlinks: true,
        rank_scale: "one_thousand",
      },
    ],
    ["a tag", {}, { tag: "march" }],
    ["an empty filter and no sorting", {}, { filters: [], order_by: [] }],
    ["the target as a URL", {}, { target: "https://www.Acme.example/path" }],
    ["the order of keys", { limit: 5, offset: 5 }, { offset: 5, limit: 5 }],
    ["numbers as text", { limit: 5 }, { limit: "5" }],
    ["one condition wrapped", { filters: A }, { filters: [A] }],
    ["a filter as a JSON string", { filters: A }, { filters: JSON.stringify(A) }],
    ["a bare field name", { filters: B }, { filters: ["backlinks", ">", 10] }],
    ["conditions in another order", { filters: [A, "and", B] }, { filters: [B, "and", A] }],
    ["needless nesting", { filters: [A, "and", B, "and", C] }, { filters: [[C, "and", A], "and", B] }],
    ["a condition said twice", { filters: [A, "or", B] }, { filters: [A, "or", B, "or", A] }],
    [
      "the values of in, ordered otherwise",
      { filters: ["status_code", "in", [404, 410]] },
      { filters: ["status_code", "in", [410, 404, 410]] },
    ],
    [
      "backlinks_filters too",
      { backlinks_filters: ["dofollow", "=", true] },
      { backlinks_filters: [["dofollow", "=", true]] },
    ],
  ])("does not change with %s", (_what, one, other) => {
    expect(keyOf(one)).toBe(keyOf(other));
  });

  it.each<[string, Record<string, unknown>]>([
    ["the target", { target: "shop.acme.example" }],
    ["the limit", { limit: 101 }],
    ["the offset", { offset: 1 }],
    ["the length of lists", { internal_list_limit: 11 }],
    ["the status type", { backlinks_status_type: "all" }],
    ["subdomains", { include_subdomains: false }],
    ["internal backlinks", { exclude_internal_backlinks: false }],
    ["the rank scale", { rank_scale: "one_hundred" }],
    ["a filter", { filters: A }],
    ["a filter of backlinks", { backlinks_filters: ["dofollow", "=", true] }],
    ["sorting", { order_by: ["page_summary.backlinks,desc"] }],
  ])("changes with %s", (_what, fields) => {
    expect(keyOf(fields)).not.toBe(PLAIN);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["and from or", { filters: [A, "and", B] }, { filters: [A, "or", B] }],
    ["nesting that matters", { filters: [A, "and", [B, "or", C]] }, { filters: [[A, "and", B], "or", C] }],
    ["a filter of pages from one of backlinks", { filters: ["first_visited", ">", "2020-01-01"] }, {}],
    [
      "the order of sorting rules",
      { order_by: ["page_summary.rank,desc", "page,asc"] },
      { order_by: ["page,asc", "page_summary.rank,desc"] },
    ],
  ])("tells %s", (_what, one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });

  it("tells upstreams apart: a sandbox never answers for the paid endpoint", () => {
    expect(keyOf({}, "sandbox")).not.toBe(PLAIN);
  });

  it("stays the same however a filter's groups are turned around, and when it is parsed from its own wire form", () => {
    fc.assert(
      fc.property(anyFilter("pages"), (filters) => {
        const key = toRequestKey({ target: "acme.example", filters }, "aisa");
        expect(toRequestKey({ target: "acme.example", filters: turnAround(filters) }, "aisa")).toBe(key);
        expect(keyOf({ filters: toWireFilter(filters) })).toBe(key);
      }),
    );
  });
});
