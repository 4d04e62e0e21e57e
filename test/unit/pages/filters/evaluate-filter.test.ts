import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileLike, type Filter } from "../../../../src/lists/filters/filter.ts";
import {
  collectTexts,
  type MatchTexts,
  settleTexts,
  type TextsByPattern,
  withoutRegexes,
} from "../../../../src/lists/filters/match-texts.ts";
import { type FilterRules, parseFilter } from "../../../../src/lists/filters/parse-filter.ts";
import type { CatalogueName } from "../../../../src/pages/catalogue.ts";
import { compileFieldReader, compilePageFilter } from "../../../../src/pages/field-readers.ts";
import { FIELDS, PAGE_FIELDS } from "../../../../src/pages/page-fields.ts";
import { anyFilter } from "../../../support/any-filter.ts";
import { matchHere } from "../../../support/match-here.ts";
import { sandboxSnapshot } from "../../../support/sandbox-answer.ts";

describe("evaluate filter", () => {
  const RULES: FilterRules = { argument: "filters", fields: PAGE_FIELDS, mapBareNames: true, allowUnknown: true };

  /** Whether a filter, as a caller writes it, holds for an item. */
  function holds(written: unknown, item: unknown, catalogue: CatalogueName = "pages"): boolean {
    const { filter } = parseFilter(written, { ...RULES, fields: FIELDS[catalogue] });
    return compilePageFilter(filter as Filter)(item);
  }

  const PAGE = {
    page: "https://acme.example/Blog/seo-tools",
    status_code: 404,
    size: 0,
    location: null,
    first_visited: "2026-01-31 12:00:00 +00:00",
    meta: {
      title: "Best SEO tools, ranked",
      language: "ΟΔΟΣ ΟΔΟΣΑ",
      h1: ["Welcome", "SEO tools"],
      h2: [],
      social_media_tags: { "og:title": "SEO" },
    },
    page_summary: {
      backlinks: 12,
      referring_links_tld: { com: 7, "co.in": 2, wiki: 3, wikis: 9, "": 1 },
      referring_links_platform_types: { "message-boards": 4, wikis: 5 },
      referring_links_semantic_locations: { "": 6, footer: 1 },
      referring_links_types: null,
    },
  };

  describe("one condition", () => {
    it.each<[string, string, unknown, boolean]>([
      ["status_code", "=", 404, true],
      ["status_code", "=", 200, false],
      ["status_code", "<>", 200, true],
      ["status_code", "<", 404, false],
      ["status_code", "<=", 404, true],
      ["status_code", ">", 403, true],
      ["status_code", ">=", 405, false],
      ["status_code", "in", [301, 404], true],
      ["status_code", "not_in", [301, 404], false],
      ["size", "=", 0, true],
      ["page", "like", "%/Blog/%", true],
      ["page", "like", "%/blog/%", false],
      ["page", "ilike", "%/BLOG/%", true],
      ["page", "not_ilike", "%/BLOG/%", false],
      ["page", "like", "https://acme.example", false],
      ["page", "like", "https://%", true],
      ["page", "not_like", "http://%", true],
      ["page", "regex", "seo-\\w+$", true],
      ["page", "not_regex", "^http://", true],
      ["meta.title", "match", "TOOLS best", true],
      ["meta.title", "match", "tool", false],
      ["meta.title", "not_match", "worst", true],
      ["meta.language", "ilike", "%ΟΔΟΣ%", true],
      ["meta.language", "match", "οδοσ", true],
      ["meta.title", "=", "best seo tools, ranked", false],
      ["first_visited", ">", "2026-01-31", true],
      ["first_visited", "<", "2026-01-31 12:00:00 +02:00", false],
      ["first_visited", "=", "2026-01-31T12:00:00Z", true],
      ["meta.social_media_tags.og:title", "=", "SEO", true],
    ])("%s %s %j is %s", (field, operator, value, expected) => {
      expect(holds([field, operator, value], PAGE)).toBe(expected);
    });
  });

  describe("a condition on an array", () => {
    it.each<[string, string, unknown, boolean]>([
      ["meta.h1", "has", "Welcome", true],
      ["meta.h1", "has", "welcome", false],
      ["meta.h1", "has_not", "Welcome", false],
      ["meta.h1", "has_not", "Goodbye", true],
      ["meta.h1", "like", "%tools", true],
      ["meta.h1", "not_like", "%tools", false],
      ["meta.h1", "in", ["x", "SEO tools"], true],
      ["meta.h2", "has", "x", false],
      ["meta.h2", "has_not", "x", true],
    ])("holds for any element, a negated one for none: %s %s %j is %s", (field, operator, value, expected) => {
      expect(holds([field, operator, value], PAGE)).toBe(expected);
    });

    it("reads through the array of an indirect link's steps", () => {
      const backlink = {
        indirect_link_path: [{ url: "https://a.example/", status_code: 301 }, null, { status_code: 200 }],
      };
      expect(holds(["indirect_link_path.status_code", "has", 200], backlink, "backlinks")).toBe(true);
      expect(holds(["indirect_link_path.url", "like", "%b.example%"], backlink, "backlinks")).toBe(false);
    });
  });

  describe("an unknown value", () => {
    it.each(["=", "<>", "like", "not_like", "in", "not_in", "regex", "not_regex"])(
      "satisfies no condition: %s",
      (operator) => {
        const value = operator.endsWith("in") ? ["x"] : "x";
        expect(holds(["location", operator, value], PAGE)).toBe(false);
        expect(holds(["location", operator, value], {})).toBe(false);
      },
    );

    it("is what a value of another type counts as, except that a negated condition holds for it", () => {
      expect(holds(["status_code", ">", 1], { status_code: "404" })).toBe(false);
      expect(holds(["status_code", "<>", 1], { status_code: "404" })).toBe(true);
    });
  });

  describe("a key of a counting map", () => {
    const map = (name: string) => `page_summary.referring_links_${name}`;

    it.each([
      [map("tld.com"), 7],
      [map("tld.co.in"), 2],
      [map("tld.wiki"), 3],
      [map("tld.de"), 0],
      [map("tld.constructor"), 0],
      [map("platform_types.message_boards"), 4],
      [map("platform_types.wiki"), 5],
      [map("platform_types.cms"), 0],
      [map("semantic_locations.$empty"), 6],
      [map("semantic_locations.footer"), 1],
      [map("types.anchor"), null],
      ["meta.social_media_tags.og:image", null],
      ["page_summary.rank", null],
      ["meta.h1", ["Welcome", "SEO tools"]],
    ])("%s reads as %j", (field, value) => {
      expect(compileFieldReader(field)(PAGE)).toEqual(value);
    });
  });

  describe("a counting map that was cut to a limit", () => {
    const MAP = "page_summary.referring_links_tld";
    const withEntries = (map: unknown) => ({ page_summary: { referring_links_tld: map } });

    it.each<[string, unknown, number | null, number | null]>([
      ["a key that a shorter map does not hold is 0", { org: 3 }, 2, 0],
      ["one that a map of as many entries does not hold is unknown", { org: 3, net: 1 }, 2, null],
      ["one that a longer map does not hold is unknown", { org: 3, net: 1, io: 1 }, 2, null],
      ["one that a map holds is what it says", { com: 3, net: 1 }, 2, 3],
      ["one that an empty map does not hold is 0", {}, 1, 0],
      ["no map was cut where no limit was", { org: 3, net: 1 }, null, 0],
      ["an array is no map", ["com"], null, null],
    ])("%s", (_, map, listLimit, expected) => {
      expect(compileFieldReader(`${MAP}.com`, { listLimit })(withEntries(map))).toBe(expected);
    });

    it("satisfies no condition on a key that it may have lost, in groups neither", () => {
      const written = [[`${MAP}.com`, "=", 0], "or", [[`${MAP}.com`, "<>", 0], "or", [`${MAP}.com`, "not_in", [5]]]];
      const { filter } = parseFilter(written, RULES);
      const item = withEntries({ org: 3, net: 1 });
      expect(compilePageFilter(filter as Filter, { listLimit: 2 })(item)).toBe(false);
      expect(compilePageFilter(filter as Filter, { listLimit: 3 })(item)).toBe(true);
      expect(compilePageFilter(filter as Filter)(item)).toBe(true);
    });

    it("leaves a tag that a page does not have unknown, however many it has", () => {
      const read = compileFieldReader("meta.social_media_tags.og:image", { listLimit: 9 });
      expect(read({ meta: { social_media_tags: { "og:title": "SEO" } } })).toBeNull();
    });
  });

  describe("groups", () => {
    const YES = ["status_code", "=", 404];
    const NO = ["status_code", "=", 1];

    it.each<[unknown, boolean]>([
      [[YES, "and", YES], true],
      [[YES, "and", NO], false],
      [[NO, "or", YES], true],
      [[NO, "or", NO], false],
      [[[NO, "or", YES], "and", YES], true],
      [[NO, "or", [YES, "and", NO]], false],
    ])("%j is %s", (written, expected) => {
      expect(holds(written, PAGE)).toBe(expected);
    });
  });

  describe("like", () => {
    /** The same by trying every split: slow and plainly right. */
    function naiveLike(text: string, pattern: string): boolean {
      if (pattern === "") return text === "";
      if (pattern.startsWith("%"))
        return Array.from({ length: text.length + 1 }, (_, at) => at).some((at) =>
          naiveLike(text.slice(at), pattern.slice(1)),
        );
      return text.startsWith(pattern.charAt(0)) && naiveLike(text.slice(1), pattern.slice(1));
    }

    const short = (alphabet: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength });

    it("agrees with a naive reading of the pattern", () => {
      fc.assert(
        fc.property(short("ab.", 10), short("ab.%", 7), (text, pattern) => {
          expect(holds(["page", "like", pattern], { page: text })).toBe(naiveLike(text, pattern));
          expect(holds(["page", "not_like", pattern], { page: text })).toBe(!naiveLike(text, pattern));
        }),
        { numRuns: 1000 },
      );
    });

    it("as ilike agrees with it in lower case", () => {
      fc.assert(
        fc.property(short("aAbB", 8), short("aAbB%", 6), (text, pattern) => {
          expect(holds(["page", "ilike", pattern], { page: text })).toBe(
            naiveLike(text.toLowerCase(), pattern.toLowerCase()),
          );
        }),
      );
    });

    it("takes the marks of other pattern languages for themselves", () => {
      expect(holds(["page", "like", "a_c%"], { page: "abc" })).toBe(false);
      expect(holds(["page", "like", "a.*%"], { page: "a.*c" })).toBe(true);
    });
  });

  describe.each(["pages", "backlinks"] as const)("any filter on %s", (catalogue) => {
    const deep = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`) as unknown;
    const near = fc.dictionary(
      fc.constantFrom(
        "page",
        "meta",
        "page_summary",
        "status_code",
        "h1",
        "title",
        "indirect_link_path",
        "referring_links_tld",
      ),
      fc.oneof(fc.jsonValue(), fc.constant(deep)),
    );

    it("answers yes or no for any JSON item, and never throws", () => {
      fc.assert(
        fc.property(
          anyFilter(catalogue),
          fc.oneof(fc.jsonValue(), near, fc.record({ meta: near, page_summary: near })),
          (filter, item) => {
            expect(compilePageFilter(filter)(item)).toBeTypeOf("boolean");
          },
        ),
        { numRuns: 500 },
      );
    });
  });

  it("finds a regex in linear time where backtracking would not end", () => {
    expect(holds(["page", "regex", "^(a+)+$"], { page: `${"a".repeat(5000)}b` })).toBe(false);
  });
});

describe("a like pattern", () => {
  it.each([
    ["", "", true],
    ["a", "", false],
    ["", "%", true],
    ["ab", "a%b", true],
    ["ab", "a%%b", true],
    ["a", "a%a", false],
    ["aXbXc", "a%b%c", true],
    ["aXcXb", "a%b%c", false],
    ["abab", "%ab", true],
    ["abc", "%ab", false],
  ])("%j like %j is %s", (text, pattern, expected) => {
    expect(compileLike(pattern)(text)).toBe(expected);
  });

  it("finds a long piece where the engine's own search finds it", () => {
    const letters = (minLength: number, maxLength: number) =>
      fc.string({ unit: fc.constantFrom("a", "a", "a", "b"), minLength, maxLength });
    fc.assert(
      fc.property(letters(0, 300), letters(201, 400), letters(0, 300), (before, piece, after) => {
        expect(compileLike(`%${piece}%`)(before + piece + after)).toBe(true);
        expect(compileLike(`%${piece}%`)(before + after)).toBe((before + after).includes(piece));
        expect(compileLike(`%${piece}%${piece}%`)(before + piece + after)).toBe(
          (before + piece + after).split(piece, 3).length === 3,
        );
      }),
    );
  });

  it("finds a long periodic piece only where all of it stands", () => {
    const piece = `${"ab".repeat(150)}a`;
    const holds = compileLike(`%${piece}%`);
    expect(holds("ab".repeat(151))).toBe(true);
    expect(holds("ab".repeat(150))).toBe(false);
    expect(holds(`${"ab".repeat(149)}b${piece}`)).toBe(true);
    expect(holds(`${"ab".repeat(100)}c${"ab".repeat(100)}`)).toBe(false);
  });
});

const items = sandboxSnapshot({ target: "acme.example" }).items.map(({ raw }) => raw);

const regex = (value: string, operator: "regex" | "not_regex" = "regex"): Filter => ({
  kind: "condition",
  field: "page",
  type: "str",
  operator,
  value,
});
const blog: Filter = { kind: "condition", field: "page", type: "str", operator: "like", value: "%/blog%" };
const group = (join: "and" | "or", ...members: Filter[]): Filter => ({ kind: "group", join, members });

async function settle(filter: Filter, matchTexts: MatchTexts = matchHere) {
  const rest = withoutRegexes(filter);
  const texts: TextsByPattern = new Map();
  collectTexts(filter, rest === undefined ? items : items.filter(compilePageFilter(rest)), undefined, texts);
  const settled = await settleTexts(texts, matchTexts);
  if (typeof settled === "string") throw new Error(settled);
  return { texts, compileRegex: settled };
}

describe("expressions that were settled elsewhere", () => {
  it("choose what they would have chosen here, whatever stands beside them", async () => {
    await fc.assert(
      fc.asyncProperty(anyFilter("pages"), fc.constantFrom("and", "or"), fc.boolean(), async (other, join, negated) => {
        const filter = group(join, other, group("or", regex("/b?log|9$", negated ? "not_regex" : "regex"), blog));
        const { compileRegex } = await settle(filter);
        expect(items.filter(compilePageFilter(filter, undefined, compileRegex))).toEqual(
          items.filter(compilePageFilter(filter)),
        );
      }),
      { numRuns: 150 },
    );
  });

  it("are put only to what the other conditions leave", async () => {
    const { texts } = await settle(group("and", blog, regex("a")));
    const left = items.filter(compilePageFilter(blog)).map((item) => item["page"]);
    expect(left.length).toBeLessThan(items.length);
    expect([...(texts.get("a") ?? [])]).toEqual(left);
  });

  it("are put to everything where another condition may save what they refuse", async () => {
    const { texts } = await settle(group("or", blog, regex("a")));
    expect(texts.get("a")?.size).toBe(items.length);
  });

  it("trouble nobody where there is no text to look at", async () => {
    const never: MatchTexts = async () => "too_slow";
    const none: Filter = { ...blog, value: "%/no-such-place%" } as Filter;
    await expect(settle(group("and", none, regex("a")), never)).resolves.toBeDefined();
    await expect(settle(regex("a"), never)).rejects.toThrow("too_slow");
  });
});
