import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldPages } from "../../../../../src/pages/answer/fold.ts";
import { findFacts } from "../../../../../src/pages/findings/find-facts.ts";
import { describeFinding, type Finding, MAX_EVIDENCE } from "../../../../../src/pages/findings/finding.ts";
import { readPages } from "../../../../../src/pages/page.ts";
import { findIn, item } from "./find.ts";

const rules = (items: unknown[]) => findIn(items).map(({ rule, backlinks }) => [rule.replace(/ \(.*/, ""), backlinks]);

describe("the order", () => {
  const both = (dead: number, moved: number) =>
    rules([item("/a", { status: 404, backlinks: dead }), item("/b", { status: 301, backlinks: moved })]);

  it("is that of what can be won by acting, whatever its size", () => {
    for (const [dead, moved] of [
      [5, 9],
      [9, 5],
    ] as const) {
      expect(both(dead, moved)).toEqual([
        ["dead pages with links, gone", dead],
        ["redirects with links", moved],
      ]);
    }
    const items = [
      item("/403", { status: 403, backlinks: 900 }),
      item("/lost", { backlinks: 800, lost: "2026-01-01" }),
      item("/moved", { status: 301, backlinks: 700, location: "/elsewhere" }),
      item("/old", { status: 301, backlinks: 600, location: "https://acme.example/503" }),
      item("/503", { status: 503, backlinks: 500 }),
      item("/404", { status: 404, backlinks: 1 }),
    ];
    expect(rules(items)).toEqual([
      ["dead pages with links, gone", 1],
      ["dead pages with links, in trouble", 500],
      ["redirects that end on a dead page", 600],
      ["redirects with links", 1300],
      ["links lost", 800],
      ["dead pages with links, refused to the crawler", 900],
    ]);
  });

  it("puts hints last: of pages, of old figures, of where links come from", () => {
    const all = item("/a", {
      status: 404,
      backlinks: 500,
      domains: 2,
      pages: 100,
      nofollow: 100,
      spam: 99,
      lost: "2026-01-01",
      types: { redirect: 100 },
      attributes: { ugc: 100 },
      places: { footer: 100 },
      tld: { org: 100 },
      countries: { US: 100 },
      item: { fetch_time: "2026-01-01", prev_visited: "2020-01-01" },
    });
    expect(rules([all]).map(([rule]) => rule)).toEqual([
      "dead pages with links, gone",
      "links lost",
      "high spam score",
      "few domains, many links",
      "links mostly redirects",
      "mostly nofollow",
      "ugc or sponsored links",
      "links mostly in footer, nav, header or aside",
      "rarely crawled, figures may be old",
      "one TLD but com links most",
      "one country links most",
    ]);
  });
});

it("tells the URL, quoted, of a page without a row", () => {
  const [finding] = findIn([item(`/${"x".repeat(500)}\n\u202e"; p9 `, { status: 404, backlinks: 5 })]);
  expect(finding?.top[0]?.url).toMatch(/^\/x{118}…$/);
  const [hostile] = findIn([item('/"; p9 9,999\n- none: 1 page', { status: 404, backlinks: 5 })]);
  expect(hostile && describeFinding(hostile)).toBe(
    'dead pages with links, gone (http 404, 410): 1 page, 5 backlinks; p1 "/\\";%20p9 9,999 - none: 1 page" 5',
  );
});

describe("whatever the items hold", () => {
  const count = fc.oneof(fc.nat(60), fc.constantFrom(null, -3, 0.5, "12", "x", Number.MAX_VALUE, {}, []));
  const key = fc.constantFrom(
    "redirect",
    "ugc",
    "sponsored",
    "footer",
    "nav",
    "org",
    "US",
    "WW",
    "",
    "__proto__",
    "a\n- b",
  );
  const map = fc.oneof(fc.dictionary(fc.oneof(key, fc.string()), count, { maxKeys: 12 }), fc.anything());
  const time = fc.constantFrom(null, "2026-01-01 00:00:00 +00:00", "2020-13-99", "never", 7);
  const url = fc.oneof(
    fc.constantFrom(
      "https://acme.example/",
      "http://acme.example/",
      "/x",
      "https://acme.example/anvil-care",
      "https://acme.example/anvil-care)",
    ),
    fc.webUrl(),
    fc.string(),
  );
  const anItem = fc.record({
    page: fc.oneof(url, fc.constant(null)),
    status_code: fc.constantFrom(200, 301, 302, 404, 500, null),
    location: fc.oneof(url, fc.constant(null)),
    media_type: fc.constantFrom("text/html", null, 3),
    first_visited: time,
    prev_visited: time,
    fetch_time: time,
    meta: fc.oneof(
      fc.record({ title: fc.oneof(fc.string(), fc.constant(null)), words_count: count, canonical: url }),
      fc.anything(),
    ),
    page_summary: fc.oneof(
      fc.record({
        backlinks: count,
        referring_domains: count,
        referring_pages: count,
        referring_pages_nofollow: count,
        backlinks_spam_score: count,
        lost_date: time,
        referring_links_types: map,
        referring_links_attributes: map,
        referring_links_semantic_locations: map,
        referring_links_tld: map,
        referring_links_countries: map,
      }),
      fc.anything(),
    ),
  });

  it("findings hold together", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 9, arbitrary: anItem }, fc.anything()), { maxLength: 30 }), (items) => {
        const { items: pages } = readPages(JSON.parse(JSON.stringify(items) ?? "[]"));
        const handles = new Set(pages.map(({ handle }) => handle));
        const findings = findFacts(foldPages(pages), "acme.example");
        for (const finding of findings) {
          expect(finding.pages).toBeLessThanOrEqual(pages.length);
          expect(finding.handles).toHaveLength(finding.pages);
          expect(finding.pages).toBeGreaterThan(0);
          expect(finding.backlinks).toBeGreaterThan(0);
          expect(finding.top.length).toBe(Math.min(MAX_EVIDENCE, finding.pages));
          expect(new Set(finding.top.map(({ handle }) => handle)).size).toBe(finding.top.length);
          for (const { handle } of finding.top) expect(handles.has(handle)).toBe(true);
          const words = describeFinding(finding);
          expect(words).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
          // A page may be called "null".
          expect(words.replace(/"[^"]*"/g, "")).not.toMatch(/NaN|undefined|null|\[object/);
        }
        const isHint = ({ rule }: Finding) =>
          /^(?:thin|canonical elsewhere|rarely crawled|one TLD|one country)/.test(rule);
        const hints = findings.filter(isHint);
        const rest = findings.filter((finding) => !isHint(finding));
        expect(findings).toEqual([...rest, ...hints]);
        expect(new Set(findings.map(({ rule }) => rule)).size).toBe(findings.length);
      }),
      { numRuns: 400 },
    );
  });
});
