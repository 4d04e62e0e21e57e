import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Refusal } from "../../../../src/lists/arguments.ts";
import { type Condition, type Filter, toWireFilter } from "../../../../src/lists/filters/filter.ts";
import { type FilterRules, parseFilter } from "../../../../src/lists/filters/parse-filter.ts";
import { BACKLINK_FIELDS, PAGE_FIELDS } from "../../../../src/pages/page-fields.ts";
import { anyCondition, anyFilter } from "../../../support/any-filter.ts";
import { caught } from "../../../support/caught.ts";
import { hostileText } from "../../../support/hostile-text.ts";

const PAGES: FilterRules = { argument: "filters", fields: PAGE_FIELDS, mapBareNames: true, allowUnknown: false };
const BACKLINKS: FilterRules = { ...PAGES, argument: "backlinks_filters", fields: BACKLINK_FIELDS };

const parse = (written: unknown, rules = PAGES) => parseFilter(written, rules);
const refusal = (written: unknown, rules = PAGES): string => caught(() => parse(written, rules)).message;

/** The form that a refusal writes out as one that works. */
const suggestionIn = (message: string): unknown =>
  JSON.parse(/; (?:write|for example) (\[.*\])(?: \(group the other way.*)?$/s.exec(message)?.[1] ?? "null");

const DEAD = ["status_code", ">=", 400];
const BLOG = ["page", "like", "%/blog/%"];
const LINKED = ["page_summary.backlinks", ">", 10];

const dead: Condition = { kind: "condition", field: "status_code", type: "num", operator: ">=", value: 400 };

describe("a filter that is understood", () => {
  it.each<[string, unknown]>([
    ["bare", DEAD],
    ["wrapped", [DEAD]],
    ["wrapped three times", [[[DEAD]]]],
    ["as a JSON string", JSON.stringify(DEAD)],
    ["wrapped, as a JSON string inside", [JSON.stringify(DEAD)]],
    ["with its number as text", ["status_code", ">=", " 400 "]],
    ["with white space and another operator spelling", [" status_code ", " GTE ", 400]],
  ])("may be one condition %s", (_how, written) => {
    expect(parse(written)).toEqual({ filter: dead, notes: [] });
  });

  it("is nothing at all when the array is empty", () => {
    expect(parse([])).toEqual({ filter: undefined, notes: [] });
    expect(parse("[]")).toEqual({ filter: undefined, notes: [] });
  });

  it.each<[string, unknown, unknown]>([
    ["and", [DEAD, "and", BLOG], [DEAD, "and", BLOG]],
    ["or, in capitals", [DEAD, "OR", BLOG, " or ", LINKED], [DEAD, "or", BLOG, "or", LINKED]],
    ["groups", [[DEAD, "or", BLOG], "and", LINKED], [[DEAD, "or", BLOG], "and", LINKED]],
    ["needless wrapping", [[[DEAD]], "and", [[BLOG, "or", LINKED]]], [DEAD, "and", [BLOG, "or", LINKED]]],
    ["members as JSON strings", [JSON.stringify(DEAD), "and", BLOG], [DEAD, "and", BLOG]],
  ])("may join conditions: %s", (_how, written, wire) => {
    expect(toWireFilter(parse(written).filter as Filter)).toEqual(wire);
  });

  it("may have eight conditions, groups counted through", () => {
    const four = [DEAD, "or", BLOG, "or", LINKED, "or", DEAD];
    expect(parse([four, "and", four]).filter).toMatchObject({ kind: "group", join: "and" });
  });

  it("maps bare names and says where", () => {
    const { filter, notes } = parse([["referring_pages", ">", 5], "and", ["canonical", "ilike", "%seo%"]]);
    expect(toWireFilter(filter as Filter)).toEqual([
      ["page_summary.referring_pages", ">", 5],
      "and",
      ["meta.canonical", "ilike", "%seo%"],
    ]);
    expect(notes).toEqual([
      'filters[0]: "referring_pages" read as "page_summary.referring_pages"',
      'filters[2]: "canonical" read as "meta.canonical"',
    ]);
  });

  it("takes the names under which answers show fields, without a note", () => {
    const { filter, notes } = parse([
      ["backlinks", ">", 5],
      "and",
      ["ref_domains", ">", 2],
      "and",
      ["tld:edu", ">", 0],
    ]);
    expect(toWireFilter(filter as Filter)).toEqual([
      ["page_summary.backlinks", ">", 5],
      "and",
      ["page_summary.referring_domains", ">", 2],
      "and",
      ["page_summary.referring_links_tld.edu", ">", 0],
    ]);
    expect(notes).toEqual([]);
  });

  it.each([
    ["dofollow", "=", true],
    ["domain_from_country", "=", "US"],
    ["domain_from_rank", ">", 100],
    ["first_seen", ">", "2026-01-01 00:00:00 +00:00"],
    ["item_type", "in", ["anchor", "image"]],
  ])("may speak of backlinks: %s %s %j", (field, operator, value) => {
    expect(toWireFilter(parse([field, operator, value], BACKLINKS).filter as Filter)).toEqual([field, operator, value]);
  });

  it("says of array fields that the upstream's way with them is not documented", () => {
    expect(parse(["meta.h1", "has", "Welcome"]).notes).toEqual([expect.stringMatching(/meta\.h1 is not documented/)]);
  });
});

describe("a form that is refused", () => {
  it.each([
    ["no array", "status_code >= 400", /^filters: must be an array, got "status_code >= 400"; for example \[/],
    ["an object", { status_code: 400 }, /^filters: must be an array, got an object/],
    [
      "a condition as an object",
      [{ field: "status_code", operator: ">=", value: 400 }],
      /write \["status_code",">=",400\]$/,
    ],
    ["empty brackets inside", [[]], /^filters\[0\]: empty brackets/],
    ["two parts", ["status_code", 404], /^filters: a condition has three parts.*; this one has 2/],
    [
      "conditions in one flat row",
      [...DEAD, "and", ...BLOG],
      /^filters: a condition has three parts.*; this one has 7/,
    ],
    ["no word between", [DEAD, BLOG], /^filters: conditions must be joined by "and" or "or".*write \[\[/],
    ["the word first", ["and", DEAD, BLOG], /^filters: conditions must be joined.*write \[\["status_code"/],
    ["a word at the end", [DEAD, "and", BLOG, "and"], /^filters: conditions must be joined.*write \[\["status_code"/],
    [
      "another word",
      [DEAD, "xor", BLOG],
      /^filters: conditions must be joined.*write \[a,"and",b\], where a and b are/,
    ],
    ["words only", ["and", "or"], /^filters: conditions must be joined/],
    [
      "nine conditions",
      Array(17)
        .fill(DEAD)
        .map((each, index) => (index % 2 ? "or" : each)),
      /at most 8 are allowed/,
    ],
    [
      "nine conditions in groups",
      [[DEAD, "or", BLOG, "or", DEAD, "or", BLOG, "or", DEAD], "and", [DEAD, "or", BLOG, "or", DEAD, "or", BLOG]],
      /^filters: 9 conditions, at most 8 are allowed/,
    ],
    ["a thousand members", Array(1000).fill(DEAD), /or more conditions, at most 8 are allowed/],
    [
      "a condition nested twenty deep",
      JSON.parse(`${"[".repeat(20)}"page","=","x"${"]".repeat(20)}`),
      /^filters: nested more than 16 deep/,
    ],
  ])("%s", (_what, written, why) => {
    expect(refusal(written)).toMatch(why);
  });

  it("that lacks words is answered with one that parses", () => {
    const suggestion = suggestionIn(refusal([DEAD, BLOG, LINKED]));
    expect(suggestion).toEqual([DEAD, "and", BLOG, "and", LINKED]);
    expect(parse(suggestion).filter).toMatchObject({ join: "and" });
  });

  it.each([
    [
      [DEAD, "and", BLOG, "or", LINKED],
      [[DEAD, "and", BLOG], "or", LINKED],
    ],
    [
      [DEAD, "or", BLOG, "and", LINKED],
      [DEAD, "or", [BLOG, "and", LINKED]],
    ],
    [
      [DEAD, "or", BLOG, "and", LINKED, "or", DEAD],
      [DEAD, "or", [BLOG, "and", LINKED], "or", DEAD],
    ],
  ])("that mixes words is answered with the nested one", (written, nested) => {
    const message = refusal(written);
    expect(message).toMatch(/^filters: "and" and "or" at one level: which binds first is not documented/);
    expect(suggestionIn(message)).toEqual(nested);
    expect(toWireFilter(parse(nested).filter as Filter)).toEqual(nested);
  });

  it("that mixes words in any way is answered with a form that parses, if it is short enough to write out", () => {
    const joined = fc.array(fc.tuple(fc.constantFrom("and", "or"), anyCondition("pages")), {
      minLength: 2,
      maxLength: 7,
    });
    fc.assert(
      fc.property(anyCondition("pages"), joined, (first, rest) => {
        const words = new Set(rest.map(([word]) => word));
        fc.pre(words.size === 2);
        const message = refusal([toWireFilter(first), ...rest.flatMap(([word, each]) => [word, toWireFilter(each)])]);
        if (message.includes('write [[a,"and",b],"or",c]')) return;
        expect(parse(suggestionIn(message)).filter).toMatchObject({ kind: "group", join: "or" });
      }),
    );
  });
});

describe("what parses", () => {
  it.each([PAGES, BACKLINKS])("comes back the same from its wire form ($argument)", (rules) => {
    fc.assert(
      fc.property(anyFilter(rules === BACKLINKS ? "backlinks" : "pages"), (filter) => {
        expect(parse(toWireFilter(filter), rules).filter).toEqual(filter);
        expect(parse(JSON.stringify(toWireFilter(filter)), rules).filter).toEqual(filter);
      }),
      { numRuns: 300 },
    );
  });
});

describe("any value", () => {
  const deep = fc.integer({ min: 1, max: 20_000 }).map((depth) => `${"[".repeat(depth)}${"]".repeat(depth)}`);
  const part = fc.oneof(
    fc.constantFrom<unknown>(
      "and",
      "or",
      "status_code",
      "page",
      "meta.h1",
      ">",
      "in",
      "like",
      "regex",
      5,
      null,
      true,
      "[",
      "(",
      "__proto__",
    ),
    hostileText,
    fc.jsonValue(),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ depthSize: "small" }, part, fc.array(tie("tree"), { maxLength: 9 })),
  }));
  const wide = fc.tuple(part, fc.integer({ min: 0, max: 3000 })).map(([each, count]) => Array(count).fill(each));

  it("is read, or refused by the argument's name", () => {
    fc.assert(
      fc.property(
        fc.oneof(tree, wide, deep, fc.jsonValue(), fc.json(), hostileText),
        fc.boolean(),
        (written, allowUnknown) => {
          const rules = { ...PAGES, allowUnknown };
          try {
            const { filter } = parse(written, rules);
            if (filter !== undefined) expect(parse(toWireFilter(filter), rules).filter).toEqual(filter);
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
            expect((error as Refusal).message).toMatch(/^filters(?:\[\d+\])*: \S/);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
