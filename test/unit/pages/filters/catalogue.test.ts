import { describe, expect, it } from "vitest";
import { CATALOGUES, type CatalogueName, LINK_MAPS } from "../../../../src/pages/catalogue.ts";

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
