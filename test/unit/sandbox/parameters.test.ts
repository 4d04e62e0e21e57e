import { describe, expect, it } from "vitest";
import type { Backlink } from "../../../src/sandbox/links.ts";
import { ask, askTask, type Item, urlsOf, WORLD } from "./ask.ts";

const ALL = ask({ limit: 1000 });
const sumOf = (items: readonly Item[]) => items.reduce((sum, { page_summary }) => sum + page_summary.backlinks, 0);
const backlinksByUrl = (body: Record<string, unknown>) =>
  new Map(ask({ limit: 1000, ...body }).items.map(({ page, page_summary }) => [page, page_summary.backlinks]));

describe("target", () => {
  it("takes a domain with its subdomains", () => {
    expect(new Set(ALL.items.map(({ domain }) => domain))).toEqual(
      new Set(["acme.example", "www.acme.example", "shop.acme.example", "docs.acme.example", "forum.acme.example"]),
    );
  });

  it("takes a subdomain alone", () => {
    const { items, target } = ask({ target: "shop.acme.example", limit: 1000 });
    expect(new Set(items.map(({ domain }) => domain))).toEqual(new Set(["shop.acme.example"]));
    expect(target).toBe("shop.acme.example");
  });

  it.each(["unknown.example", "forbes.com", "nothing.acme.example"])("answers %s honestly with no data", (target) => {
    const task = askTask({ target });
    expect(task.status_code).toBe(20000);
    expect(task.result).toEqual([{ target, total_count: 0, items_count: 0, items: null }]);
  });
});

describe("limit and offset", () => {
  it("fetches 100 pages unless asked otherwise, and counts all", () => {
    const { items, items_count, total_count } = ask({});
    expect({ shown: items.length, items_count, total_count }).toEqual({
      shown: Math.min(100, ALL.total_count),
      items_count: items.length,
      total_count: ALL.items.length,
    });
  });

  // Hundreds of answers: on a busy machine that takes longer than a test usually may.
  it.each([1, 7, 50])("shows every page exactly once when paged by %i", { timeout: 30_000 }, (limit) => {
    const pages = [];
    for (let offset = 0; offset < ALL.total_count; offset += limit) pages.push(...urlsOf(ask({ limit, offset })));
    expect(pages).toEqual(urlsOf(ALL));
    expect(new Set(pages).size).toBe(ALL.total_count);
  });

  it("has nothing beyond the end, and still counts", () => {
    expect(ask({ offset: 100_000 })).toMatchObject({ items: [], items_count: 0, total_count: ALL.total_count });
  });
});

describe("internal_list_limit", () => {
  const mapsOf = (body: Record<string, unknown>) =>
    ask({ limit: 5, ...body }).items.flatMap(({ page_summary }) =>
      Object.entries(page_summary).filter(([name]) => name.startsWith("referring_links_")),
    );
  const whole = mapsOf({ internal_list_limit: 1000 });

  it.each([
    ["10 unless asked otherwise", {}, 10],
    ["2 when asked", { internal_list_limit: 2 }, 2],
  ])("cuts every map to its largest entries: %s", (_what, body, limit) => {
    const cut = mapsOf(body);
    expect(cut).toHaveLength(30);
    expect(cut).toEqual(
      whole.map(([name, map]) => [name, Object.fromEntries(Object.entries(map as object).slice(0, limit))]),
    );
  });

  it("lists the largest first", () => {
    for (const [, map] of whole) {
      const counts = Object.values(map as Record<string, number>);
      expect(counts).toEqual([...counts].sort((a, b) => b - a));
    }
  });
});

describe("backlinks_status_type", () => {
  it("counts live backlinks unless asked otherwise", () => {
    expect(ask({ limit: 1000, backlinks_status_type: "live" })).toEqual(ALL);
  });

  it("adds up: live and lost make all, page by page", () => {
    const [live, lost, all] = ["live", "lost", "all"].map((backlinks_status_type) =>
      backlinksByUrl({ backlinks_status_type }),
    );
    expect(all?.size).toBeGreaterThan(live?.size ?? 0);
    for (const [page, count] of all ?? []) {
      expect((live?.get(page) ?? 0) + (lost?.get(page) ?? 0)).toBe(count);
    }
  });

  it("dates the loss of pages that have lost every backlink counted", () => {
    const dates = ask({ backlinks_status_type: "lost" }).items.map(({ page_summary }) => page_summary["lost_date"]);
    expect(dates.every((date) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+00:00$/.test(String(date)))).toBe(true);
    expect(ALL.items.every(({ page_summary }) => page_summary["lost_date"] === null)).toBe(true);
  });
});

describe("filters and order_by", () => {
  it("selects pages, and nothing of what is counted on them", () => {
    const { items, total_count } = ask({ limit: 1000, filters: ["status_code", ">=", 400] });
    expect(items).toEqual(ALL.items.filter(({ status_code }) => status_code >= 400));
    expect(total_count).toBe(items.length);
  });

  it("joins conditions as they are nested", () => {
    const filters = [
      ["status_code", "=", 404],
      "and",
      [["page", "like", "%/news/%"], "or", ["page_summary.backlinks", ">", 200]],
    ];
    expect(ask({ limit: 1000, filters }).items).toEqual(
      ALL.items.filter(
        ({ status_code, page, page_summary }) =>
          status_code === 404 && (page.includes("/news/") || page_summary.backlinks > 200),
      ),
    );
  });

  it("takes numbers as text, as the documentation's own examples write them", () => {
    const numbers = ask({ filters: [["page_summary.backlinks", ">", 10]] });
    expect(ask({ filters: [["page_summary.backlinks", ">", "10"]] })).toEqual(numbers);
  });

  it("orders by rank unless asked otherwise", () => {
    const ranks = ALL.items.map(({ page_summary }) => page_summary.rank);
    expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
  });

  it("orders by several rules, unknown values last", () => {
    const { items } = ask({ limit: 1000, order_by: ["meta.title,desc", "page_summary.backlinks,asc"] });
    const titles = items.map(({ meta }) => meta.title);
    const known = titles.filter((title) => title !== null);
    expect(titles.slice(known.length).every((title) => title === null)).toBe(true);
    expect(known).toEqual([...known].sort().reverse());
    const untitled = items.slice(known.length).map(({ page_summary }) => page_summary.backlinks);
    expect(untitled).toEqual([...untitled].sort((a, b) => a - b));
  });
});

describe("which backlinks are counted", () => {
  it("is narrowed by backlinks_filters", () => {
    const nofollow = backlinksByUrl({ backlinks_filters: ["dofollow", "=", false] });
    const dofollow = backlinksByUrl({ backlinks_filters: ["dofollow", "=", true] });
    for (const { page, page_summary } of ALL.items) {
      expect((dofollow.get(page) ?? 0) + (nofollow.get(page) ?? 0)).toBe(page_summary.backlinks);
    }
    const { items } = ask({ backlinks_filters: ["dofollow", "=", true] });
    expect(items.every(({ page_summary }) => page_summary["referring_pages_nofollow"] === 0)).toBe(true);
  });

  it("leaves out pages that no counted backlink points to", () => {
    const body = { backlinks_filters: ["domain_from_country", "=", "UA"], limit: 1000 };
    const { items, total_count } = ask(body);
    expect(total_count).toBeLessThan(ALL.total_count);
    expect(items.every(({ page_summary }) => page_summary.backlinks > 0)).toBe(true);
  });

  it("holds links between the target's own hosts only when they are asked for", () => {
    const own = { limit: 1000, backlinks_filters: ["domain_from", "like", "%acme.example"] };
    expect(ask(own).items).toEqual([]);
    expect(sumOf(ask({ ...own, exclude_internal_backlinks: false }).items)).toBeGreaterThan(0);
  });

  it("treats every host under the target's domain as its own, also where other sites live there", () => {
    const own = { target: "example.com", limit: 1000, backlinks_filters: ["domain_from", "like", "%.example.com"] };
    expect(ask(own).items).toEqual([]);
    expect(sumOf(ask({ ...own, exclude_internal_backlinks: false }).items)).toBeGreaterThan(0);
  });
});

describe("include_subdomains", () => {
  it("leaves the domain itself, www included, when false", () => {
    const { items } = ask({ limit: 1000, include_subdomains: false });
    expect(items).toEqual(ALL.items.filter(({ domain }) => /^(?:www\.)?acme\.example$/.test(domain)));
    expect(items.length).toBeLessThan(ALL.items.length);
  });
});

describe("rank_scale", () => {
  it("converts by the data provider's formula and changes nothing else", () => {
    const hundred = new Map(ask({ limit: 1000, rank_scale: "one_hundred" }).items.map((item) => [item.page, item]));
    for (const { page, page_summary, ...rest } of ALL.items) {
      const rank = Math.round(Math.sin(page_summary.rank / 636.62) * 100);
      expect(hundred.get(page)).toEqual({ page, ...rest, page_summary: { ...page_summary, rank } });
    }
  });

  it("rules the ranks that backlinks_filters speaks of", () => {
    const strong = (rank_scale: string, least: number) =>
      sumOf(ask({ limit: 1000, rank_scale, backlinks_filters: ["domain_from_rank", ">", least] }).items);
    expect(strong("one_hundred", 100)).toBe(0);
    expect(strong("one_thousand", 100)).toBeGreaterThan(0);
    expect(strong("one_hundred", 50)).toBeGreaterThan(0);
  });
});

describe("tag", () => {
  it("comes back in the task's data beside everything that was sent", () => {
    const sent = { target: "acme.example", limit: 1, tag: "March – ☃" };
    expect(askTask(sent).data).toEqual({ api: "backlinks", function: "domain_pages", ...sent });
  });
});

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
