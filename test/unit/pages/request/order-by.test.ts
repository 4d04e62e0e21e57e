import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Refusal } from "../../../../src/lists/arguments.ts";
import type { FieldRules } from "../../../../src/lists/filters/field-names.ts";
import { type OrderRule, parseOrderBy, toWireOrder } from "../../../../src/lists/filters/order-by.ts";
import { PAGE_FIELDS } from "../../../../src/pages/page-fields.ts";
import { caught } from "../../../support/caught.ts";
import { hostileText } from "../../../support/hostile-text.ts";

const RULES: FieldRules = { fields: PAGE_FIELDS, mapBareNames: true, allowUnknown: false };

const byBacklinks: OrderRule = { field: "page_summary.backlinks", direction: "desc" };
const byRank: OrderRule = { field: "page_summary.rank", direction: "asc" };

describe("sorting rules that are understood", () => {
  it.each<[string, unknown, OrderRule[]]>([
    ["one rule", ["page_summary.backlinks,desc"], [byBacklinks]],
    ["two rules", ["page_summary.backlinks,desc", "page_summary.rank,asc"], [byBacklinks, byRank]],
    ["one rule as plain text", "page_summary.backlinks,desc", [byBacklinks]],
    ["an array as a JSON string", '["page_summary.backlinks,desc"]', [byBacklinks]],
    ["a pair", ["page_summary.backlinks", "desc"], [byBacklinks]],
    ["pairs in a row", ["page_summary.backlinks", "desc", "page_summary.rank", "asc"], [byBacklinks, byRank]],
    [
      "pairs in arrays",
      [
        ["page_summary.backlinks", "desc"],
        ["page_summary.rank", "asc"],
      ],
      [byBacklinks, byRank],
    ],
    ["spaces and capitals", [" page_summary.backlinks , DESC "], [byBacklinks]],
    [
      "a TLD's count",
      ["page_summary.referring_links_tld.co.in,desc"],
      [{ field: "page_summary.referring_links_tld.co.in", direction: "desc" }],
    ],
    ["no rule", [], []],
  ])("takes %s", (_what, written, order) => {
    expect(parseOrderBy(written, RULES)).toEqual({ order, notes: [] });
  });

  it("maps a bare name and says so", () => {
    const { notes } = parseOrderBy(["referring_pages,desc"], RULES);
    expect(notes).toEqual(['order_by[0]: "referring_pages" read as "page_summary.referring_pages"']);
  });

  it("maps a name under which answers show a field, and has nothing to say", () => {
    expect(parseOrderBy(["backlinks,desc"], RULES)).toEqual({ order: [byBacklinks], notes: [] });
  });

  it("takes three rules", () => {
    const { order } = parseOrderBy(["status_code,asc", "page_summary.rank,desc", "first_visited,asc"], RULES);
    expect(order).toHaveLength(3);
  });
});

describe("sorting rules that are refused", () => {
  it.each([
    ["four rules", ["size,asc", "page,asc", "status_code,asc", "fetch_time,asc"], /^order_by: 4 rules, at most 3/],
    ["many rules", Array(50).fill("size,asc"), /^order_by: 50 rules, at most 3/],
    ["an array field", ["meta.h1,asc"], /^order_by\[0\]: meta\.h1 holds a list and cannot be sorted by/],
    ["an array field by its bare name", ["h2,desc"], /^order_by\[0\]: meta\.h2 holds a list/],
    [
      "no direction",
      ["page_summary.rank"],
      /^order_by\[0\]: .*must end in ",asc" or ",desc"; for example "page_summary\.rank,desc"/,
    ],
    ["an odd direction", ["size,asc", "page,down"], /^order_by\[1\]: "page,down" must end in/],
    [
      "an unknown field",
      ["backlnks,desc"],
      /^order_by\[0\]: unknown field "backlnks"; closest: page_summary\.backlinks/,
    ],
    [
      "the countries",
      ["page_summary.referring_links_countries.US,desc"],
      /cannot filter or sort by referring_links_countries/,
    ],
    ["a number in the list", [5], /^order_by\[0\]: must be text, got "5"/],
    ["an object", { field: "size" }, /^order_by: must be an array of "field,direction", got an object/],
    ["a number", 7, /^order_by: must be an array/],
  ])("refuses %s", (_what, written, why) => {
    const error = caught(() => parseOrderBy(written, RULES));
    expect(error).toBeInstanceOf(Refusal);
    expect(error.message).toMatch(why);
  });

  it("refuses a bare name where the upstream's own strictness is wanted", () => {
    const { message } = caught(() => parseOrderBy(["backlinks,desc"], { ...RULES, mapBareNames: false }));
    expect(message).toMatch(/^order_by\[0\]: unknown field "backlinks"/);
  });
});

it("gives back the same rules when their wire form is read again", () => {
  const field = fc.constantFrom(
    "page",
    "page_summary.rank",
    "size",
    "meta.title",
    "page_summary.referring_links_tld.com",
  );
  const rule = fc.record({ field, direction: fc.constantFrom("asc" as const, "desc" as const) });
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 3 }), (order) => {
      expect(parseOrderBy(toWireOrder(order), RULES)).toEqual({ order, notes: [] });
    }),
  );
});

it("reads or refuses any value by name", () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.array(hostileText), hostileText), (written) => {
      try {
        expect(parseOrderBy(written, RULES).order.length).toBeLessThanOrEqual(3);
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
        expect((error as Refusal).message).toMatch(/^order_by/);
      }
    }),
  );
});
