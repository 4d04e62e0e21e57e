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

  it("puts the finding first that has more backlinks at stake", () => {
    expect(both(5, 9)).toEqual([
      ["redirects with links", 9],
      ["dead pages with links", 5],
    ]);
    expect(both(9, 5)).toEqual([
      ["dead pages with links", 9],
      ["redirects with links", 5],
    ]);
  });

  it("puts what can be won back first among equals", () => {
    expect(both(5, 5)[0]).toEqual(["dead pages with links", 5]);
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
      "dead pages with links",
      "links lost",
      "few domains, many links",
      "high spam score",
      "links mostly redirects",
      "mostly nofollow",
      "ugc or sponsored links",
      "links mostly in footer, nav, header or aside",
      "one TLD but com links most",
      "one country links most",
      "may be fading",
    ]);
  });
});

it("tells the URL, quoted, of a page without a row", () => {
  const [finding] = findIn([item(`/${"x".repeat(500)}\n\u202e"; p9 `, { status: 404, backlinks: 5 })]);
  expect(finding?.top[0]?.url).toMatch(/^\/x{118}…$/);
  const [hostile] = findIn([item('/"; p9 9,999\n- none: 1 page', { status: 404, backlinks: 5 })]);
  expect(hostile && describeFinding(hostile)).toBe(
    'dead pages with links (http >= 400): 1 page, 5 backlinks; p1 "/\\";%20p9 9,999 - none: 1 page" 5',
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
        const { pages } = readPages(JSON.parse(JSON.stringify(items) ?? "[]"));
        const handles = new Set(pages.map(({ handle }) => handle));
        const findings = findFacts(foldPages(pages), "acme.example");
        for (const finding of findings) {
          expect(finding.pages).toBeLessThanOrEqual(pages.length);
          expect(finding.pages).toBeGreaterThan(0);
          expect(finding.backlinks).toBeGreaterThan(0);
          expect(finding.top.length).toBe(Math.min(MAX_EVIDENCE, finding.pages));
          expect(new Set(finding.top.map(({ handle }) => handle)).size).toBe(finding.top.length);
          for (const { handle } of finding.top) expect(handles.has(handle)).toBe(true);
          expect(describeFinding(finding)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]|NaN|undefined|null|\[object/u);
        }
        const isHint = ({ rule }: Finding) => /^(?:thin|canonical elsewhere|may be fading)/.test(rule);
        const hints = findings.filter(isHint);
        const rest = findings.filter((finding) => !isHint(finding));
        expect(findings).toEqual([...rest, ...hints]);
        for (const part of [rest, hints]) {
          const stakes = part.map(({ backlinks }) => backlinks);
          expect(stakes).toEqual([...stakes].sort((a, b) => b - a));
        }
        expect(new Set(findings.map(({ rule }) => rule)).size).toBe(findings.length);
      }),
      { numRuns: 400 },
    );
  });
});
