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

/** Who leads where, and why. */
const reclaimsOf = (items: ItemFacts[]) =>
  listReclaims(makeSnapshot({ items })).reclaims.map(({ page: { handle }, to, why }) => [handle, to?.url ?? null, why]);

describe("the target of a dead page", () => {
  it.each<[string, ItemFacts[], unknown[]]>([
    [
      "is the live page that is much alike",
      [page("/news/hammer-care", 404, 9), page("/", 200, 1), page("/blog/hammer-care", 200, 1)],
      ["p1", "https://acme.example/blog/hammer-care", "similar page"],
    ],
    [
      "is the nearest folder above it that is live",
      [page("/shop/axes/x9", 404, 9), page("/", 200, 1), page("/shop", 200, 1), page("/shop/axes/", 200, 1)],
      ["p1", "https://acme.example/shop/axes/", "its section"],
    ],
    [
      "is no folder that is dead too",
      [page("/shop/axes/x9", 410, 9), page("/", 200, 1), page("/shop", 404, null)],
      ["p1", "https://acme.example/", "home page"],
    ],
    [
      "is the home page of its own host",
      [page("https://shop.acme.example/x9", 404, 9), page("/", 200, 1), page("https://shop.acme.example/", 200, 1)],
      ["p1", "https://shop.acme.example/", "home page"],
    ],
    [
      "is what the home page redirects to",
      [page("/x9", 404, 9), moved("/", "/en/", 0), page("/en/", 200, 1)],
      ["p1", "https://acme.example/en/", "home page"],
    ],
    [
      "is a home page that was not fetched, and says so",
      [page("/x9", 404, 9)],
      ["p1", "https://acme.example/", "home page (not fetched)"],
    ],
    [
      "is nowhere when the home page is dead itself",
      [page("/x9", 404, 9), page("/", 500, null)],
      ["p1", null, "no live page to point to"],
    ],
    [
      "is never a page of another site",
      [page("/news/hammer-care", 404, 9), page("https://evil.example/hammer-care", 200, 1), page("/", 200, 1)],
      ["p1", "https://acme.example/", "home page"],
    ],
  ])("%s", (_what, items, expected) => {
    expect(reclaimsOf(items)).toEqual([expected]);
  });
});

describe("redirect chains", () => {
  it.each<[string, ItemFacts[], unknown[][]]>([
    [
      "lead to their end",
      [moved("/a", "/b"), moved("/b", "/c", 0), page("/c", 200, 1)],
      [["p1", "https://acme.example/c", "end of its redirect chain"]],
    ],
    [
      "lead to an end that was not fetched",
      [moved("/a", "/b"), moved("/b", "https://shop.acme.example/c?x=1", 0)],
      [["p1", "https://shop.acme.example/c?x=1", "end of its redirect chain"]],
    ],
    [
      "have no end in a loop",
      [moved("/a", "/b", 7), moved("/b", "/a", 6)],
      [
        ["p1", null, "redirects without an end"],
        ["p2", null, "redirects without an end"],
      ],
    ],
    ["have no end on themselves", [moved("/a", "/a")], [["p1", null, "redirects without an end"]]],
    ["are more than one redirect", [moved("/a", "/c"), page("/c", 200, 1)], []],
    [
      "lead past a dead end to where its visitors are sent",
      [moved("/a", "/b", 7), moved("/b", "/c", 6), page("/c", 404, 5), page("/", 200, 1)],
      [
        ["p1", "https://acme.example/", "home page"],
        ["p2", "https://acme.example/", "home page"],
        ["p3", "https://acme.example/", "home page"],
      ],
    ],
  ])("%s", (_what, items, expected) => {
    expect(reclaimsOf(items)).toEqual(expected);
  });

  it("come to nothing within reason", () => {
    const items = Array.from({ length: 60 }, (_, index) => moved(`/${index}`, `/${index + 1}`, index === 0 ? 1 : 0));
    expect(reclaimsOf(items)).toEqual([["p1", null, "redirects without an end"]]);
  });
});

it("counts URL variants of a dead page once, and passes over pages without known links", () => {
  const items = [
    page("/old", 404, 3),
    page("http://www.acme.example/old?utm_source=x", 404, 8),
    page("/unknown", 404, null),
    page("/none", 404, 0),
  ];
  const { reclaims, deadPages, chains } = listReclaims(makeSnapshot({ items }));
  expect({ deadPages, chains }).toEqual({ deadPages: 1, chains: 0 });
  expect(reclaims.map((each) => [each.page.handle, each.of])).toEqual([
    ["p2", "p1"],
    ["p1", "p1"],
  ]);
});

it("writes the whole list as CSV, with what no map can hold", () => {
  const items = [
    page("/news/hammer-care", 404, 9),
    page("/blog/hammer-care", 200, 1),
    moved("/a", "/a", 4),
    page("/q\n,\"'x", 500, 3),
    page("/", 200, 1),
  ];
  expect(renderRedirectsCsv(makeSnapshot({ items }))).toBe(
    [
      "id,from,http,backlinks,ref_domains,to,to_id,why,similarity",
      "p1,https://acme.example/news/hammer-care,404,9,2,https://acme.example/blog/hammer-care,p2,similar page,0.83",
      "p3,https://acme.example/a,301,4,2,,,redirects without an end,",
      'p4,"https://acme.example/q,%22%27x",500,3,2,https://acme.example/,p5,home page,',
      "",
    ].join("\n"),
  );
});
