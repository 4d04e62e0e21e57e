import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closestNames, Refusal } from "../../../../src/lists/arguments.ts";
import { type FieldRules, resolveField } from "../../../../src/lists/filters/field-names.ts";
import { CATALOGUES, type CatalogueName, LINK_MAPS } from "../../../../src/pages/catalogue.ts";
import { BACKLINK_FIELDS, PAGE_FIELDS } from "../../../../src/pages/page-fields.ts";
import { caught } from "../../../support/caught.ts";
import { hostileText } from "../../../support/hostile-text.ts";

describe("field names", () => {
  const PAGES: FieldRules = { fields: PAGE_FIELDS, mapBareNames: true, allowUnknown: false };
  const BACKLINKS: FieldRules = { ...PAGES, fields: BACKLINK_FIELDS };

  const refusal = (name: unknown, rules = PAGES): string => caught(() => resolveField(name, "filters", rules)).message;

  describe.each([
    ["pages", PAGES],
    ["backlinks", BACKLINKS],
  ] as const)("every name of the catalogue of %s", (_name, rules) => {
    it("is found as it is, without a note", () => {
      for (const [name, type] of rules.fields.catalogue) {
        if (name.endsWith(".$tld")) continue;
        expect(resolveField(name, "filters", rules)).toEqual({ name, type });
      }
    });
  });

  describe("a name that is not the full one", () => {
    it.each([
      ["referring_domains", "page_summary.referring_domains"],
      ["status code", "status_code"],
      ["STATUS_CODE", "status_code"],
      ["canonical", "meta.canonical"],
      ["og:title", "meta.social_media_tags.og:title"],
      ["referring_links_types.redirect", "page_summary.referring_links_types.redirect"],
      ["redirect", "page_summary.referring_links_types.redirect"],
      ["nofollow", "page_summary.referring_links_attributes.nofollow"],
      [
        "page_summary.referring_links_platform_types.message-boards",
        "page_summary.referring_links_platform_types.message_boards",
      ],
      ["wikis", "page_summary.referring_links_platform_types.wiki"],
      ["referring_links_tld.com", "page_summary.referring_links_tld.com"],
      ["page_summary.referring_links_tld.COM", "page_summary.referring_links_tld.com"],
    ])("%s is read as %s, with a note", (written, name) => {
      const field = resolveField(written, "filters[0]", PAGES);
      expect(field.name).toBe(name);
      expect(field.note).toBe(`filters[0]: ${JSON.stringify(written)} read as "${name}"`);
    });

    it("is mapped among backlinks too", () => {
      expect(resolveField("page_from_keywords_count_top_3", "f", BACKLINKS).name).toBe(
        "ranked_keywords_info.page_from_keywords_count_top_3",
      );
    });

    it.each(["url", "status_code"])("is not guessed to be a step of an indirect link: %s", (name) => {
      expect(refusal(name, BACKLINKS)).toMatch(/unknown field/);
    });

    it("is refused where it fits several fields equally well", () => {
      expect(refusal("alternate")).toMatch(/^filters: unknown field "alternate"; closest: /);
    });

    it.each(["backlinks", "status code", "referring_links_tld.com", "page_summary.referring_links_tld.COM"])(
      "is refused where the upstream's own strictness is wanted: %s",
      (name) => {
        expect(refusal(name, { ...PAGES, mapBareNames: false })).toMatch(/unknown field/);
      },
    );

    it("stays on one line in its note", () => {
      expect(resolveField("status\n\n code", "filters", PAGES).note).toBe(
        'filters: "status code" read as "status_code"',
      );
    });
  });

  const KEPT: FieldRules = { ...PAGES, isKept: true };

  describe("a name under which answers show a field", () => {
    it.each([
      ["backlinks", "page_summary.backlinks"],
      ["ref_domains", "page_summary.referring_domains"],
      ["Rank", "page_summary.rank"],
      ["title", "meta.title"],
      ["http", "status_code"],
      ["status", "status_code"],
      ["spam", "page_summary.backlinks_spam_score"],
      ["lost", "page_summary.lost_date"],
      ["tld:edu", "page_summary.referring_links_tld.edu"],
      ["tld:.Co.UK", "page_summary.referring_links_tld.co.uk"],
      ["link_type:redirect", "page_summary.referring_links_types.redirect"],
      ["attribute:nofollow", "page_summary.referring_links_attributes.nofollow"],
      ["platform:message-boards", "page_summary.referring_links_platform_types.message_boards"],
      ["semantic_location:(none)", "page_summary.referring_links_semantic_locations.$empty"],
    ])("%s is %s, before money is spent and after, without a note", (written, name) => {
      for (const rules of [PAGES, KEPT]) {
        const field = resolveField(written, "filters[0]", rules);
        expect(field.name).toBe(name);
        expect(field.note).toBeUndefined();
      }
    });

    it.each([
      ["url", "url"],
      ["nofollow%", "nofollow%"],
      ["country:us", "page_summary.referring_links_countries.US"],
      ["country:US%", "page_summary.referring_links_countries.US%"],
      ["country:(unknown)", "page_summary.referring_links_countries.$empty"],
      ["tld:edu%", "page_summary.referring_links_tld.edu%"],
      ["attribute:ugc", "page_summary.referring_links_attributes.ugc"],
      ["referring_links_countries.DE", "page_summary.referring_links_countries.DE"],
      ["page_summary.referring_links_types.redirect%", "page_summary.referring_links_types.redirect%"],
    ])("%s is %s for what is kept", (written, name) => {
      const field = resolveField(written, "filters[0]", KEPT);
      expect(field).toMatchObject({ name });
      expect(field.note).toBeUndefined();
      expect(resolveField(name, "filters[0]", KEPT)).toMatchObject({ name, type: field.type });
    });

    it.each([
      [
        "nofollow%",
        /cannot filter or sort by a share such as "nofollow%"; fetch without it: the kept answer can be asked/,
      ],
      ["tld:edu%", /cannot filter or sort by a share/],
      ["country:US", /cannot filter or sort by referring_links_countries; .*ask the kept answer for country:US, free$/],
      [
        "attribute:ugc",
        /cannot filter or sort by "attribute:ugc"; closest: .*; a kept answer can be asked for any key, free$/,
      ],
    ])("%s, by which the upstream cannot filter, is refused where it would have to", (written, message) => {
      expect(refusal(written)).toMatch(message);
    });

    it("is none where the upstream's own strictness is wanted", () => {
      for (const name of ["ref_domains", "tld:edu", "nofollow%"]) {
        expect(refusal(name, { ...PAGES, mapBareNames: false })).toMatch(/unknown field/);
      }
    });

    it.each([
      ["ref_domans", /closest: ref_domains/],
      ["contry:US", /closest: country:US/],
      ["nofolow%", /closest: nofollow%/],
      ["colour", /^filters: unknown field "colour"; for example /],
    ])("%s is none, and the way is told: %s", (written, message) => {
      expect(refusal(written, KEPT)).toMatch(message);
    });

    it.each([
      ["id", "str"],
      ["Section", "str"],
      ["technology", "array.str"],
    ])("is known of what is kept alone, though no field holds it: %s", (written, type) => {
      expect(resolveField(written, "filters", KEPT)).toEqual({ name: written.toLowerCase(), type });
      expect(refusal(written)).toMatch(/the upstream does not know .*a kept answer can be asked for, free/);
    });

    it("points at no argument that a question to a kept answer does not have", () => {
      for (const name of ["country:US", "referring_links_countries.US", "page_summary.referring_links_countries"]) {
        let message = "";
        try {
          resolveField(name, "filters", KEPT);
        } catch (error) {
          ({ message } = error as Error);
        }
        expect(message).not.toMatch(/backlinks_filters/);
      }
    });
  });

  describe("a TLD's key", () => {
    it.each(["com", "co.in", "blogspot.com", "github.io", "xn--p1ai", "рф", "wiki", "constructor"])(
      "may be %s",
      (tld) => {
        const name = `page_summary.referring_links_tld.${tld}`;
        expect(resolveField(name, "filters", PAGES)).toEqual({ name, type: "num" });
      },
    );

    it.each(["$tld", "", "com.", ".com", "a b", "<tld>", "a".repeat(254)])("may not be %j", (tld) => {
      expect(refusal(`page_summary.referring_links_tld.${tld}`)).toMatch(
        /^filters: put a TLD in place of ".*"; for example "page_summary\.referring_links_tld\.com"$/,
      );
    });
  });

  describe("a name that is refused", () => {
    it.each([
      ["page_summary.backlnks", "page_summary.backlinks"],
      ["page_sumary.rank", "page_summary.rank"],
      ["meta.titel", "meta.title"],
      ["stats_code", "status_code"],
      ["refering_domains", "page_summary.referring_domains"],
    ])("%s is answered with the closest: %s", (written, closest) => {
      const message = refusal(written);
      expect(message).toContain(`unknown field "${written}"; closest: `);
      expect(message.split("closest: ")[1]?.split(", ")).toContain(closest);
    });

    it("speaks of countries, and the way around", () => {
      for (const name of ["page_summary.referring_links_countries.US", "referring_links_countries"]) {
        expect(refusal(name)).toMatch(
          /cannot filter or sort by referring_links_countries; narrow with backlinks_filters/,
        );
        expect(refusal(name, { ...PAGES, allowUnknown: true })).toMatch(/cannot filter or sort/);
      }
    });

    it.each([5, null, "", "  ", ["page"], {}])("is no name at all: %j", (written) => {
      expect(refusal(written)).toMatch(/^filters: the field must be a name in quotes, got /);
    });
  });

  describe("an unknown field where unknown ones are allowed", () => {
    const rules = { ...PAGES, allowUnknown: true };

    it("passes as it is, of any type, with a note", () => {
      expect(resolveField("page_summary.new_metric", "filters", rules)).toEqual({
        name: "page_summary.new_metric",
        type: "any",
        note: 'filters: field "page_summary.new_metric" is not in our catalogue; sent as it is',
      });
    });

    it.each(["a b", "x;y", "a\nb", "ü", "x".repeat(129)])("is refused where it can be no field: %j", (name) => {
      expect(refusal(name, rules)).toMatch(/unknown field/);
    });
  });

  it("resolves to a name that resolves to itself, or refuses, whatever was written", () => {
    const known = fc.constantFrom(...CATALOGUES.pages.keys());
    const near = fc
      .tuple(known, fc.nat(60), fc.string({ maxLength: 2 }))
      .map(([name, at, more]) => name.slice(at) + more);
    fc.assert(
      fc.property(
        fc.oneof(near, hostileText, fc.constantFrom("__proto__", "constructor", "toString")),
        fc.boolean(),
        fc.boolean(),
        (written, allowUnknown, isKept) => {
          const rules = { ...PAGES, allowUnknown, isKept };
          try {
            const { name, type } = resolveField(written, "filters", rules);
            expect(resolveField(name, "filters", rules)).toMatchObject({ name, type });
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("names the closest first, at most as many as asked for", () => {
    expect(closestNames("lmit", ["target", "limit", "offset"], 2)).toEqual(["limit", "target"]);
    expect(closestNames("x", [], 2)).toEqual([]);
  });
});

describe("catalogue", () => {
  /** How many fields of each type the endpoint's own list had on 2026-07-08. */
  const COUNTS = {
    pages: { str: 38, time: 5, num: 80, "array.str": 6 },
    backlinks: { str: 19, bool: 9, num: 15, time: 3, "array.str": 4, "array.num": 1 },
  };

  describe.each<CatalogueName>(["pages", "backlinks"])("the catalogue of %s", (name) => {
    const catalogue = CATALOGUES[name];

    it("holds as many fields of each type as the endpoint lists", () => {
      const counts: Record<string, number> = {};
      for (const type of catalogue.values()) counts[type] = (counts[type] ?? 0) + 1;
      expect(counts).toEqual(COUNTS[name]);
    });

    it("spells no field twice and none with white space", () => {
      const names = [...catalogue.keys()];
      expect(new Set(names).size).toBe(names.length);
      for (const field of names) expect(field).toMatch(/^[\w.:$-]+$/);
    });
  });

  it("has 129 fields of pages and 51 of backlinks", () => {
    expect(CATALOGUES.pages.size).toBe(129);
    expect(CATALOGUES.backlinks.size).toBe(51);
  });

  it.each([
    ["page_summary.referring_links_tld", 1],
    ["page_summary.referring_links_types", 9],
    ["page_summary.referring_links_attributes", 29],
    ["page_summary.referring_links_platform_types", 6],
    ["page_summary.referring_links_semantic_locations", 14],
    ["meta.social_media_tags", 22],
    ["meta.technologies", 3],
  ])("has under %s %i fields", (prefix, count) => {
    expect([...CATALOGUES.pages.keys()].filter((name) => name.startsWith(`${prefix}.`))).toHaveLength(count);
  });

  it.each([
    ["pages", "page", "str"],
    ["pages", "meta.social_media_tags.og:image:secure_url", "str"],
    ["pages", "status_code", "num"],
    ["pages", "page_summary.backlinks", "num"],
    ["pages", "page_summary.referring_links_semantic_locations.$empty", "num"],
    ["pages", "page_summary.lost_date", "time"],
    ["pages", "meta.h1", "array.str"],
    ["backlinks", "dofollow", "bool"],
    ["backlinks", "domain_from_country", "str"],
    ["backlinks", "ranked_keywords_info.page_from_keywords_count_top_100", "num"],
    ["backlinks", "first_seen", "time"],
    ["backlinks", "indirect_link_path.status_code", "array.num"],
  ] as const)("lists among %s the field %s as %s", (catalogue, field, type) => {
    expect(CATALOGUES[catalogue].get(field)).toBe(type);
  });

  it("leaves out what the endpoint cannot filter by", () => {
    expect([...CATALOGUES.pages.keys()].join()).not.toContain("referring_links_countries");
    expect(LINK_MAPS).not.toContain("page_summary.referring_links_countries");
  });
});
