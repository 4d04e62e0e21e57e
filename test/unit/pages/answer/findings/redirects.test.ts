import { describe, expect, it } from "vitest";
import { describeFinding } from "../../../../../src/pages/findings/finding.ts";
import { type Facts, findIn, item, lineOf } from "./find.ts";

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
