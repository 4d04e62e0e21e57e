import { describe, expect, it } from "vitest";
import { describeFinding } from "../../../../../src/pages/findings/finding.ts";
import { type Facts, findIn, item, lineOf } from "./find.ts";

describe("dead pages", () => {
  const DEAD = "dead pages with links";
  const dead = (items: unknown[]) => lineOf(DEAD, items);
  const ALL = `${DEAD}, gone (http 404, 410)`;
  const TROUBLE = `${DEAD}, in trouble (http 5xx)`;
  const REFUSED = `${DEAD}, refused to the crawler (other http >= 400)`;

  it("finds nothing where every page answers, or tells no status", () => {
    expect(findIn([item("/", { backlinks: 50 }), item("/x", { status: null, backlinks: 9 })])).toEqual([]);
    expect(findIn([])).toEqual([]);
  });

  it.each([
    ["399 is no error", [item("/a", { status: 399, backlinks: 5 })], undefined],
    ["400 is", [item("/a", { status: 400, backlinks: 5 })], `${REFUSED}: 1 page, 5 backlinks; p1 5`],
    ["500 is", [item("/a", { status: 520, backlinks: 5 })], `${TROUBLE}: 1 page, 5 backlinks; p1 5`],
    [
      "its living twin, the cheapest redirect there is",
      [item("http://acme.example/a", { status: 404, backlinks: 1108 }), item("/a", { backlinks: 5 })],
      `${ALL}: 1 page, 1,108 backlinks; p1 1,108, -> p2 (living twin)`,
    ],
    ["without links", [item("/a", { status: 404, backlinks: 0 })], undefined],
    ["links unknown", [item("/a", { status: 404, backlinks: null })], undefined],
    [
      "one domain",
      [item("/a", { status: 404, backlinks: 5, domains: 1 })],
      `${ALL}: 1 page, 5 backlinks; p1 5 from 1 domain`,
    ],
    [
      "most backlinks first, four digits grouped",
      [
        item("/a", { status: 404, backlinks: 5, domains: 3 }),
        item("/b", { status: 410, backlinks: 1070, domains: 38 }),
        item("/c", { status: 404, backlinks: 7, domains: 7 }),
      ],
      `${ALL}: 3 pages, 1,082 backlinks; p2 1,070 from 38 domains; p3 7 from 7 domains; p1 5 from 3 domains`,
    ],
    [
      "variants add up, domains overlap",
      [
        item("/a", { status: 404, backlinks: 10, domains: 4 }),
        item("http://acme.example/a", { status: 404, backlinks: 5, domains: 3 }),
      ],
      `${ALL}: 1 page, 15 backlinks; p1 15 from 4-7 domains`,
    ],
    [
      "a variant's links unknown",
      [
        item("/a", { status: 404, backlinks: 10, domains: 4 }),
        item("http://acme.example/a", { status: 404, backlinks: null }),
      ],
      `${ALL}: 1 page, 10 backlinks; p1 10+ from 4+ domains`,
    ],
    [
      "a redirect that ends on it holds links of its own",
      [
        item("/gone", { status: 404, backlinks: 3 }),
        item("/old", { status: 301, backlinks: 12, location: "https://acme.example/gone" }),
      ],
      `${ALL}: 1 page, 3 backlinks; p1 3`,
    ],
  ])("%s", (_, items, expected) => {
    expect(dead(items)).toBe(expected);
  });

  it("names three pages and counts the rest", () => {
    const items = Array.from({ length: 8 }, (_, index) => item(`/${index}`, { status: 404, backlinks: index + 1 }));
    expect(dead(items)).toBe(`${ALL}: 8 pages, 36 backlinks; p8 8; p7 7; p6 6; 5 more`);
  });

  describe("a suggested target", () => {
    const suggestion = (gone: string, live: string, title: string | null = null, status = 200) =>
      /, like p2 \((.+), suggestion\)$/.exec(
        dead([item(gone, { status: 404, backlinks: 5 }), item(live, { status, title, backlinks: 1 })]) ?? "",
      )?.[1];

    it.each([
      ["a bracket too many, as in the real list", "/dataforseo-bot)", "/dataforseo-bot", null, "0.97"],
      ["another page of the real list", "/dataforseo-butt", "/dataforseo-bot", null, undefined],
      ["another extension", "/guides/anvil-care.html", "/guides/anvil-care", null, "1.00"],
      ["another folder", "/2019/anvil-guide", "/guides/anvil-guide", null, "0.83"],
      ["a typing error in a folder", "/blog/heat-treatmnt", "/blog/heat-treatment", null, "0.80"],
      ["a title that says the slug", "/anvil-size-calculator", "/tools/9", "Anvil Size Calculator | Acme", "1.00"],
      ["one word of a title is chance", "/anvils", "/tools/9", "Anvils | Acme", undefined],
      ["another product number", "/shop/products/item-1234", "/shop/products/item-1235", null, undefined],
      ["another year", "/catalogue-2019.pdf", "/catalogue-2020.pdf", null, undefined],
      ["a short slug", "/a/b/en", "/a/c/en", null, undefined],
      ["the home page has no slug", "/", "/home", null, undefined],
      ["other words", "/press/kit", "/privacy-policy", "Privacy Policy", undefined],
      ["encoded", "/caf%C3%A9-menu/", "/café-menus", null, undefined],
      ["encoded alike", "/caf%C3%A9-menu)", "/café-menu", null, "0.95"],
      ["a broken encoding", "/100%-steel-anvil", "/100%-steel-anvils", null, "0.80"],
    ])("%s: %s and %s", (_, gone, live, title, score) => {
      expect(suggestion(gone, live, title)).toBe(score);
    });

    it("is never a page that is gone, moved or of unknown status", () => {
      for (const status of [404, 301, 500])
        expect(suggestion("/anvil-care)", "/anvil-care", null, status)).toBe(undefined);
    });

    it("is the closest, and of equals the first", () => {
      const items = [
        item("/anvil-cares", { status: 404, backlinks: 5 }),
        item("/anvil-car", { backlinks: 1 }),
        item("/x/anvil-care", { backlinks: 1 }),
        item("/anvil-care", { backlinks: 1 }),
        item("/y/anvil-cares", { backlinks: 1 }),
        item("/z/anvil-cares", { backlinks: 1 }),
      ];
      expect(dead(items)).toMatch(/like p5 \(0\.90/);
    });

    it("survives endless URLs and titles", () => {
      const long = "x-".repeat(50_000);
      const live = Array.from({ length: 300 }, (_, index) => item(`/${long}${index}`, { backlinks: 1, title: long }));
      // Compared whole, they would take minutes, and the test would not end in its time.
      expect(dead([...live, item(`/${long}`, { status: 404, backlinks: 5 })])).toContain("1 page, 5 backlinks");
    });
  });

  it("tells those that are gone from those that refuse and those in trouble", () => {
    const statuses = [401, 403, 404, 405, 406, 410, 429, 451, 500, 503, 527, 999];
    const items = statuses.map((status, index) => item(`/${status}`, { status, backlinks: 2 ** index }));
    const said = findIn(items).map(({ rule, pages, backlinks }) => [rule, pages, backlinks]);
    const sum = (wanted: number[]) => wanted.reduce((total, status) => total + 2 ** statuses.indexOf(status), 0);
    expect(said).toEqual([
      [ALL, 2, sum([404, 410])],
      [TROUBLE, 3, sum([500, 503, 527])],
      [REFUSED, 7, sum([401, 403, 405, 406, 429, 451, 999])],
    ]);
  });

  it("tells redirects that end on a dead page, by URL, whatever folds", () => {
    const items = [
      item("/gone", { status: 404, backlinks: 3 }),
      item("/old", { status: 301, backlinks: 12, location: "https://acme.example/gone" }),
      item("http://acme.example/old", { status: 301, backlinks: 5, location: "https://acme.example/gone" }),
    ];
    expect(lineOf("redirects that end", items)).toBe(
      "redirects that end on a dead page (3xx to a fetched 4xx or 5xx): 2 URLs, 17 backlinks; p2 12, to p1 (http 404); p3 5, to p1 (http 404)",
    );
  });
});

const to = (location: string, facts: Facts = {}): Facts => ({ status: 301, location, backlinks: 12, ...facts });

describe("redirects with links", () => {
  const RULE = "redirects with links (http 3xx)";

  it("are told by their whole URL where no row tells it", () => {
    const items = [
      item("/", { backlinks: 50 }),
      item("http://acme.example/", to("https://acme.example/", { domains: 6 })),
    ];
    expect(findIn(items).map(describeFinding)).toEqual([
      `${RULE}: 1 URL, 12 backlinks; p2 "http://acme.example/" 12 from 6 domains`,
    ]);
  });

  it.each([
    ["300", { status: 300 }, `${RULE}: 1 URL, 12 backlinks; p1 12`],
    ["299 is none", { status: 299 }, undefined],
    ["400 is none", { status: 400 }, undefined],
    ["without links", { backlinks: 0 }, undefined],
    ["links unknown", { backlinks: null }, undefined],
    ["status unknown", { status: null }, undefined],
  ])("%s", (_, facts, expected) => {
    expect(lineOf(RULE, [item("/old", to("https://else.example/", facts))])).toBe(expected);
  });
});

describe("redirect chains", () => {
  const RULE = "redirect chains (3xx to a fetched 3xx)";
  const chain = (...items: unknown[]) => lineOf("redirect chains", items);

  it.each([
    ["one hop", [item("/a", to("/b")), item("/b", { backlinks: 1 })], undefined],
    ["to a page not fetched", [item("/a", to("/b"))], undefined],
    ["no location", [item("/a", { status: 301, backlinks: 5 }), item("/b", to("/c"))], undefined],
    [
      "two hops, one of them relative",
      [item("/a", to("/b")), item("/b", to("https://acme.example/c")), item("/c", {})],
      `${RULE}: 1 URL, 12 backlinks; p1 12, via p2`,
    ],
    [
      "from http to https to www",
      [
        item("http://acme.example/", to("https://acme.example")),
        item("https://acme.example/", to("https://www.acme.example/")),
        item("https://www.acme.example/", { backlinks: 1 }),
      ],
      `${RULE}: 1 URL, 12 backlinks; p1 12, via p2`,
    ],
    [
      "five hops",
      ["/a", "/b", "/c", "/d", "/e", "/f"].map((path, index, all) =>
        item(path, to(all[index + 1] ?? "/end", { backlinks: index === 0 ? 9 : 0 })),
      ),
      `${RULE}: 1 URL, 9 backlinks; p1 9, via p2, p3, p4, 2 more`,
    ],
    [
      "a loop",
      [item("/a", to("/b")), item("/b", to("/a", { backlinks: 5 }))],
      `${RULE}: 2 URLs, 17 backlinks; p1 12, loop via p2; p2 5, loop via p1`,
    ],
    ["on itself", [item("/a", to("/a#top"))], `${RULE}: 1 URL, 12 backlinks; p1 12, loop on itself`],
    [
      "into a loop",
      [item("/a", to("/b")), item("/b", to("/b", { backlinks: 0 }))],
      `${RULE}: 1 URL, 12 backlinks; p1 12, loop via p2`,
    ],
    ["a location that is no URL", [item("/a", to("http://[")), item("/b", to("/c"))], undefined],
  ])("%s", (_, items, expected) => {
    expect(chain(...items)).toBe(expected);
  });

  it("end after twenty hops", () => {
    const items = Array.from({ length: 40 }, (_, index) =>
      item(`/${index}`, to(`/${index + 1}`, { backlinks: index === 0 ? 9 : 0 })),
    );
    expect(chain(...items)).toBe(`${RULE}: 1 URL, 9 backlinks; p1 9, via p2, p3, p4, 17 more`);
  });
});

describe("links that are redirects", () => {
  const RULE = "links mostly redirects (> 50%)";
  const find = (...facts: Facts[]) =>
    lineOf(
      "links mostly",
      facts.map((each, index) => item(`/${index}`, { backlinks: 90, ...each })),
    );

  it.each([
    ["more than half", { pages: 40, types: { redirect: 21 } }, `${RULE}: 1 page, 90 backlinks; p1 21 of 40`],
    [
      "the whole map told",
      { pages: 40, types: { redirect: 21, anchor: 19 } },
      `${RULE}: 1 page, 90 backlinks; p1 21 of 40`,
    ],
    ["half", { pages: 40, types: { redirect: 20 } }, undefined],
    ["too few pages", { pages: 19, types: { redirect: 19 } }, undefined],
    ["just enough", { pages: 20, types: { redirect: 20 } }, `${RULE}: 1 page, 90 backlinks; p1 20 of 20`],
    ["pages unknown", { pages: null, types: { redirect: 30 } }, undefined],
    ["map unknown", { pages: 40, types: null }, undefined],
    ["map empty", { pages: 40, types: {} }, undefined],
    ["no map", { pages: 40, types: [21, "redirect"] }, undefined],
    ["a count that is none", { pages: 40, types: { redirect: "30" } }, undefined],
    ["more than there are", { pages: 40, types: { redirect: 41 } }, undefined],
    ["links unknown", { pages: 40, types: { redirect: 30 }, backlinks: null }, undefined],
  ])("%s", (_, facts, expected) => {
    expect(find(facts)).toBe(expected);
  });

  it("adds variants up, and marks what a cut map may hide", () => {
    const variants = (types: object) => [
      item("/a", { backlinks: 60, pages: 40, types: { redirect: 30, anchor: 10 } }),
      item("http://acme.example/a", { backlinks: 9, pages: 10, types }),
    ];
    expect(lineOf("links mostly", variants({ redirect: 2, anchor: 8 }))).toMatch(/; p1 32 of 50$/);
    expect(lineOf("links mostly", variants({ anchor: 10 }))).toMatch(/; p1 30 of 50$/);
    expect(lineOf("links mostly", variants({ anchor: 8 }))).toMatch(/; p1 30\+ of 50$/);
    expect(lineOf("links mostly", variants({}))).toMatch(/; p1 30 of 50$/);
  });
});

describe("canonical", () => {
  const RULE = "canonical elsewhere (meta.canonical names another page; a hint, not folded)";
  const find = (canonical: unknown, ...others: unknown[]) =>
    lineOf("canonical elsewhere", [item("/a?p=2", { backlinks: 10, meta: { canonical } }), ...others]);

  it.each([
    ["to another page", "https://acme.example/a", `${RULE}: 1 page, 10 backlinks; p1 10, to "/a"`],
    ["relative", "/b", `${RULE}: 1 page, 10 backlinks; p1 10, to "/b"`],
    ["to another site", "https://else.example/a", `${RULE}: 1 page, 10 backlinks; p1 10, to "else.example/a"`],
    ["to itself", "https://acme.example/a?p=2", undefined],
    ["to a variant of itself", "http://www.acme.example/a?p=2#top", undefined],
    ["none", null, undefined],
    ["a number", 7, undefined],
    [
      "text that would part the line",
      'https://acme.example/x"; p9 9,999 from 1 domain\n- none',
      `${RULE}: 1 page, 10 backlinks; p1 10, to "/x\\";%20p9 9,999 from 1 domain - none"`,
    ],
  ])("%s", (_, canonical, expected) => {
    expect(find(canonical)).toBe(expected);
  });

  it("names the row of a fetched page", () => {
    expect(find("https://acme.example/a", item("/a", { backlinks: 1 }))).toBe(
      `${RULE}: 1 page, 10 backlinks; p1 10, to p2`,
    );
  });
});
