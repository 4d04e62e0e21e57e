import { describe, expect, it } from "vitest";
import { listReclaims } from "../../../../src/pages/redirects/reclaim.ts";
import { renderRedirectsCsv } from "../../../../src/pages/redirects/redirects-csv.ts";
import { type ItemFacts, makeSnapshot } from "../../../support/make-snapshot.ts";

const page = (url: string, status: number, backlinks: number | null, more: ItemFacts = {}): ItemFacts => ({
  url: url.startsWith("/") ? `https://acme.example${url}` : url,
  status,
  summary: { backlinks, referring_domains: 2 },
  ...more,
});
const moved = (url: string, location: string, backlinks = 5) => page(url, 301, backlinks, { location });

/** What is to be done about whom, where it leads, and why. */
const reclaimsOf = (items: ItemFacts[]) =>
  listReclaims(makeSnapshot({ items })).reclaims.map(({ page: { handle }, verdict, to, why }) => [
    handle,
    verdict,
    to?.url.replace("https://acme.example", "") ?? null,
    why,
  ]);

describe("a page that is gone", () => {
  it.each<[string, ItemFacts[], unknown[]]>([
    [
      "leads to the live page that is the same one elsewhere",
      [page("/news/hammer-care", 404, 9), page("/", 200, 1), page("/blog/hammer-care", 200, 1)],
      ["p1", "redirect", "/blog/hammer-care", "similar page"],
    ],
    [
      "leads to its living twin",
      [page("/Hammer/", 404, 9), page("/", 200, 1), page("/hammer", 200, 1)],
      ["p1", "redirect", "/hammer", "similar page"],
    ],
    [
      "is for a person where two pages are the same elsewhere",
      [page("/news/hammer-care", 404, 9), page("/blog/hammer-care", 200, 1), page("/faq/hammer-care", 200, 1)],
      ["p1", "review", "/blog/hammer-care", "similar page, not certain"],
    ],
    [
      "is not sent to a page of the same path that another query names",
      [page("/product-page?id=1", 404, 9), page("/product-page?id=2", 200, 1)],
      ["p1", "review", null, "no live page is like it"],
    ],
    [
      "is for a person where the same path without its query lives",
      [page("/search-tool?q=a%26b", 404, 9), page("/search-tool", 200, 1)],
      ["p1", "review", "/search-tool", "similar page, not certain"],
    ],
    [
      "is for a person where a page is only much alike",
      [page("/blog/heat-treatmnt", 404, 9), page("/blog/heat-treatment", 200, 1)],
      ["p1", "review", "/blog/heat-treatment", "similar page, not certain"],
    ],
    [
      "is for a person where a title is alike",
      [page("/anvil-size-calculator", 404, 9), page("/tools/9", 200, 1, { title: "Anvil Size Calculator | Acme" })],
      ["p1", "review", "/tools/9", "similar page, not certain"],
    ],
    [
      "is for a person where the nearest folder above it lives",
      [page("/shop/axes/x9", 404, 9), page("/", 200, 1), page("/shop", 200, 1), page("/shop/axes/", 200, 1)],
      ["p1", "review", "/shop/axes/", "its section"],
    ],
    [
      "is sent neither to a folder that is dead too nor to the home page",
      [page("/shop/axes/x9", 410, 9), page("/", 200, 1), page("/shop", 404, null)],
      ["p1", "review", null, "no live page is like it"],
    ],
    [
      "never leads to a page of another site",
      [page("/news/hammer-care", 404, 9), page("https://evil.example/hammer-care", 200, 1), page("/", 200, 1)],
      ["p1", "review", null, "no live page is like it"],
    ],
    [
      "is to be repaired where it is refused",
      [page("/news/hammer-care", 403, 9), page("/blog/hammer-care", 200, 1)],
      ["p1", "repair", null, "refuses crawlers"],
    ],
    [
      "is to be repaired where its server fails",
      [page("/news/hammer-care", 523, 9), page("/blog/hammer-care", 200, 1)],
      ["p1", "repair", null, "in trouble"],
    ],
  ])("%s", (_what, items, expected) => {
    expect(reclaimsOf(items)).toEqual([expected]);
  });

  it.each([
    ["years", "/2019/anvil-guide", "/2021/anvil-guide"],
    ["years in a slug", "/anvil-show-2019", "/events/anvil-show-2020"],
    ["versions", "/docs/v1/hammer-setup", "/docs/v2/hammer-setup"],
    ["versions with points", "/docs/1.2/hammer-setup", "/docs/1.10/hammer-setup"],
    ["digits in another order", "/notes/release-3.0.2", "/release/release-2.0.3"],
    ["languages", "/hr/nacin-placanja", "/si/nacin-placanja"],
    ["languages of subdomains", "https://de.acme.example/hammer-care", "https://fr.acme.example/hammer-care"],
    ["languages at the end", "/kako-do-nas_hr.htm", "/kako-do-nas_de.htm"],
    ["languages as words", "/english/hammer-care", "/deutsch/hammer-care"],
    ["regions", "/en-us/hammer-care", "/en-gb/hammer-care"],
    ["genders", "/shop/mens-work-boots", "/shop/womens-work-boots"],
    ["genders in a folder", "/men/work-boots", "/women/work-boots"],
    ["genders in German", "/herren/arbeitsschuhe", "/damen/arbeitsschuhe"],
    ["ages", "/kids/work-boots", "/adults/work-boots"],
    ["opposites", "/docs/install-hammer-app", "/docs/uninstall-hammer-app"],
    ["opposites in a folder", "/install/hammer-app", "/uninstall/hammer-app"],
    ["enabling and disabling", "/help/enable-two-factor", "/help/disable-two-factor"],
    ["prefixes that no list has", "/help/muted/hammer-noise", "/help/unmuted/hammer-noise"],
    ["import and export", "/import/price-list", "/export/price-list"],
    ["months", "/blog/update-july-2024", "/blog/update-june-2024"],
    ["systems", "/windows/hammer-app", "/linux/hammer-app"],
    ["programming languages", "/sdks/python/hammer-client", "/sdks/java/hammer-client"],
    ["product numbers in a folder", "/item/1234/anvil-specs", "/item/1235/anvil-specs"],
    ["colours", "/shop/red/work-boots", "/shop/blue/work-boots"],
  ])("is like no page across %s: %s and %s", (_what, gone, live) => {
    for (const [from, to] of [
      [gone, live],
      [live, gone],
    ] as const) {
      expect(reclaimsOf([page(from, 404, 9), page(to, 200, 1)])).toEqual([
        ["p1", "review", null, "no live page is like it"],
      ]);
    }
  });

  it.each([
    ["a version that one alone has", "/docs/hammer-setup", "/docs/v2/hammer-setup"],
    ["a gender that one alone has", "/shop/work-boots", "/shop/women/work-boots"],
    ["a list of pages about something, and a page", "/tags/anvil-safety", "/blog/anvil-safety"],
    ["a page, and a list of pages about something", "/guides/anvil-safety", "/category/anvil-safety"],
    ["a topic below a folder", "/blog/topics/anvil-safety", "/guides/anvil-safety"],
    ["a date that the living one has", "/topics/mobile-first", "/2013/09/30/mobile-first"],
  ])("is for a person with %s: %s and %s", (_what, gone, live) => {
    expect(reclaimsOf([page(gone, 404, 9), page(live, 200, 1)])[0]?.[1]).toBe("review");
  });

  it.each([
    ["a blog that gave up its dates", "/2014/04/21/anvil-safety", "/blog/anvil-safety"],
    ["an extension", "/guides/anvil-care.html", "/guides/anvil-care"],
    ["a list that stays one", "/tag/anvil-safety", "/topics/anvil-safety"],
    ["punctuation", "/guides/anvil_care)", "/guides/anvil-care"],
    ["the only language of a site", "/docs/hammer-setup", "/en/docs/hammer-setup"],
  ])("is certain with %s: %s and %s", (_what, gone, live) => {
    expect(reclaimsOf([page(gone, 404, 9), page(live, 200, 1)])[0]?.slice(1, 3)).toEqual(["redirect", live]);
  });
});

describe("redirect chains", () => {
  it.each<[string, ItemFacts[], unknown[][]]>([
    [
      "lead to their end",
      [moved("/a", "/b"), moved("/b", "/c", 0), page("/c", 200, 1)],
      [["p1", "redirect", "/c", "end of its redirect chain"]],
    ],
    [
      "lead to an end that was not fetched",
      [moved("/a", "/b"), moved("/b", "https://shop.acme.example/c?x=1", 0)],
      [["p1", "redirect", "https://shop.acme.example/c?x=1", "end of its redirect chain"]],
    ],
    [
      "are for a person where a part of the way is temporary",
      [moved("/a", "/b"), page("/b", 302, 0, { location: "/c" }), page("/c", 200, 1)],
      [["p1", "review", "/c", "temporary redirect on the way (neither http 301 nor 308)"]],
    ],
    [
      "are for a person where they end at a log-in",
      [moved("/a", "/b"), moved("/b", "/users/sign_in", 0)],
      [["p1", "review", "/users/sign_in", "leads to a log-in"]],
    ],
    [
      "have no end in a loop",
      [moved("/a", "/b", 7), moved("/b", "/a", 6)],
      [
        ["p1", "review", null, "redirects without an end"],
        ["p2", "review", null, "redirects without an end"],
      ],
    ],
    ["have no end on themselves", [moved("/a", "/a")], [["p1", "review", null, "redirects without an end"]]],
    ["are more than one redirect", [moved("/a", "/c"), page("/c", 200, 1)], []],
    [
      "lead past a dead end to where its visitors are sent",
      [
        moved("/a", "/b", 7),
        moved("/b", "/x/anvil-care", 6),
        page("/x/anvil-care", 404, 5),
        page("/y/anvil-care", 200, 1),
      ],
      [
        ["p1", "redirect", "/y/anvil-care", "similar page"],
        ["p2", "redirect", "/y/anvil-care", "similar page"],
        ["p3", "redirect", "/y/anvil-care", "similar page"],
      ],
    ],
  ])("%s", (_what, items, expected) => {
    expect(reclaimsOf(items)).toEqual(expected);
  });

  it("come to nothing within reason", () => {
    const items = Array.from({ length: 60 }, (_, index) => moved(`/${index}`, `/${index + 1}`, index === 0 ? 1 : 0));
    expect(reclaimsOf(items)).toEqual([["p1", "review", null, "redirects without an end"]]);
  });
});

it("counts URL variants of a dead page once, and passes over pages without known links", () => {
  const items = [
    page("/old", 404, 3),
    page("http://www.acme.example/old?utm_source=x", 404, 8),
    page("/unknown", 404, null),
    page("/none", 404, 0),
    page("/closed", 403, 2),
    page("/busy", 502, 1),
  ];
  const { reclaims, ...counts } = listReclaims(makeSnapshot({ items }));
  expect(counts).toEqual({ gonePages: 1, refusedPages: 1, troublePages: 1, deadEnds: 0, chains: 0, deadChains: 0 });
  expect(reclaims.map((each) => [each.page.handle, each.of])).toEqual([
    ["p2", "p1"],
    ["p1", "p1"],
    ["p5", "p5"],
    ["p6", "p6"],
  ]);
});

it("writes the whole list as CSV, with what no map can hold", () => {
  const items = [
    page("/news/hammer-care", 404, 9),
    page("/blog/hammer-care", 200, 1),
    moved("/a", "/a", 4),
    page("/q\n,\"'x", 500, 3),
    page("/", 200, 1),
    page("/gone", 404, 2),
  ];
  expect(renderRedirectsCsv(makeSnapshot({ items }))).toBe(
    [
      "id,from,http,backlinks,ref_domains,verdict,to,to_id,why,similarity",
      "p1,https://acme.example/news/hammer-care,404,9,2,redirect,https://acme.example/blog/hammer-care,p2,similar page,0.83",
      "p3,https://acme.example/a,301,4,2,review,,,redirects without an end,",
      'p4,"https://acme.example/q,%22%27x",500,3,2,repair,,,in trouble,',
      "p6,https://acme.example/gone,404,2,2,review,,,no live page is like it,",
      "",
    ].join("\n"),
  );
});
