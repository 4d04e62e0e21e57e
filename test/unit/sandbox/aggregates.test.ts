import { describe, expect, it } from "vitest";
import type { Backlink } from "../../../src/sandbox/links.ts";
import { ask, WORLD } from "./ask.ts";

const WORLD_PAGES = new Map(
  WORLD.targets.flatMap((target) => WORLD.pagesOf(target)).map((page) => [page.facts["page"], page]),
);

const count = (values: Iterable<unknown>) => new Set(values).size;
const field = (name: string) => (link: Backlink) => link.fields[name];

/** How many referring pages show each key, when a page may show several. */
function pagesByKey(
  links: readonly Backlink[],
  keysOf: (link: Backlink) => readonly unknown[],
): Record<string, number> {
  const pages = new Map<string, Set<string>>();
  for (const link of links) {
    for (const key of keysOf(link)) {
      pages.set(String(key), (pages.get(String(key)) ?? new Set()).add(link.urlFrom));
    }
  }
  return Object.fromEntries([...pages].map(([key, urls]) => [key, urls.size]));
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const sum = (map: unknown) => Object.values(map as Record<string, number>).reduce((total, each) => total + each, 0);

describe.each(["live", "lost", "all"] as const)("page_summary of %s backlinks", (status) => {
  const items = WORLD.targets.flatMap(
    (target) =>
      ask({
        target,
        limit: 1000,
        internal_list_limit: 1000,
        backlinks_status_type: status,
        exclude_internal_backlinks: false,
      }).items,
  );
  const cases = items.map((item) => {
    const page = WORLD_PAGES.get(item.page);
    const links = page?.backlinks.filter(({ isLost }) => status === "all" || isLost === (status === "lost")) ?? [];
    return { item, summary: item.page_summary, links };
  });

  it("covers most of the world", () => {
    expect(cases.length).toBeGreaterThan(100);
    expect(cases.every(({ links }) => links.length > 0)).toBe(true);
  });

  it("counts backlinks, pages, domains, addresses and networks", () => {
    for (const { summary, links } of cases) {
      const nofollow = links.filter((link) => field("dofollow")(link) === false);
      expect(summary).toMatchObject({
        backlinks: links.length,
        referring_pages: count(links.map(field("url_from"))),
        referring_pages_nofollow: count(nofollow.map(field("url_from"))),
        referring_domains: count(links.map(field("domain_from"))),
        referring_domains_nofollow: count(nofollow.map(field("domain_from"))),
        referring_main_domains: count(links.map(({ referrer }) => referrer.mainDomain)),
        referring_main_domains_nofollow: count(nofollow.map(({ referrer }) => referrer.mainDomain)),
        referring_ips: count(links.map(field("domain_from_ip"))),
        referring_subnets: count(
          links.map((link) => String(field("domain_from_ip")(link)).split(".").slice(0, 3).join(".")),
        ),
      });
    }
  });

  it("averages spam and marks every backlink of a broken page as broken", () => {
    for (const { item, summary, links } of cases) {
      const spam = links.map((link) => Number(field("backlink_spam_score")(link)));
      const isBroken = item.status_code >= 400;
      expect(summary).toMatchObject({
        backlinks_spam_score: Math.round(spam.reduce((total, each) => total + each, 0) / spam.length),
        broken_backlinks: isBroken ? links.length : 0,
        broken_pages: isBroken ? 1 : 0,
      });
    }
  });

  it("dates the last loss of a page whose backlinks are all lost", () => {
    for (const { summary, links } of cases) {
      const lost = links.every(({ isLost }) => isLost) ? links.map(field("last_seen")).sort().at(-1) : null;
      expect(summary["lost_date"]).toBe(lost);
    }
  });

  it("counts each referring page once in the maps of what a page has one of", () => {
    for (const { summary } of cases) {
      for (const name of ["tld", "types", "semantic_locations", "countries"]) {
        expect(sum(summary[`referring_links_${name}`])).toBe(summary.referring_pages);
      }
    }
  });

  it("maps TLDs, platforms, countries and attributes to referring pages", () => {
    for (const { summary, links } of cases) {
      expect(summary).toMatchObject({
        referring_links_tld: pagesByKey(links, (link) => [field("tld_from")(link)]),
        referring_links_platform_types: pagesByKey(links, (link) => listOf(field("domain_from_platform_type")(link))),
        referring_links_countries: pagesByKey(links, (link) => [field("domain_from_country")(link) ?? ""]),
        referring_links_attributes: pagesByKey(links, (link) => listOf(field("attributes")(link))),
      });
    }
  });

  it("agrees with itself on nofollow, as real answers do", () => {
    for (const { summary } of cases) {
      const attributes = summary["referring_links_attributes"] as Record<string, number>;
      expect(attributes["nofollow"] ?? 0).toBe(summary["referring_pages_nofollow"]);
    }
  });

  it("ranks within the scale, in whole numbers", () => {
    for (const { summary } of cases) {
      expect(summary.rank).toBeGreaterThanOrEqual(0);
      expect(summary.rank).toBeLessThanOrEqual(1000);
      expect(Number.isInteger(summary.rank)).toBe(true);
    }
  });
});
