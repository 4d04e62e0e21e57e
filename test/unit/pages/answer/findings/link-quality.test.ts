import { describe, expect, it } from "vitest";
import { type Facts, item, lineOf } from "./find.ts";

describe("nofollow", () => {
  const RULE = "mostly nofollow (> 50%)";
  const find = (...items: unknown[]) => lineOf("mostly nofollow", items);

  it.each([
    ["more than half", { pages: 229, nofollow: 167 }, `${RULE}: 1 page, 90 backlinks; p1 167 of 229`],
    ["half", { pages: 40, nofollow: 20 }, undefined],
    ["too few pages", { pages: 19, nofollow: 19 }, undefined],
    ["pages unknown", { nofollow: 30 }, undefined],
    ["nofollow unknown", { pages: 30 }, undefined],
    ["more than there are", { pages: 30, nofollow: 31 }, undefined],
  ])("%s", (_, facts, expected) => {
    expect(find(item("/a", { backlinks: 90, ...facts }))).toBe(expected);
  });

  it("counts over the variants that tell both figures", () => {
    const variant = (facts: Facts) =>
      find(
        item("/a", { backlinks: 90, pages: 60, nofollow: 40 }),
        item("http://acme.example/a", { backlinks: 9, ...facts }),
      );
    expect(variant({ pages: 9, nofollow: 1 })).toBe(`${RULE}: 1 page, 99 backlinks; p1 41 of 69`);
    expect(variant({ pages: 90, nofollow: 1 })).toBe(undefined);
    expect(variant({ pages: 90 })).toBe(`${RULE}: 1 page, 99 backlinks; p1 40 of 60`);
  });
});

describe("ugc and sponsored", () => {
  const RULE = "ugc or sponsored links (> 10%)";
  const find = (...items: unknown[]) => lineOf("ugc or", items);

  it.each([
    ["ugc", { ugc: 21, nofollow: 90 }, `${RULE}: 1 page, 300 backlinks; p1 ugc 21 of 200`],
    ["sponsored", { sponsored: 30 }, `${RULE}: 1 page, 300 backlinks; p1 sponsored 30 of 200`],
    ["both", { ugc: 50, sponsored: 30 }, `${RULE}: 1 page, 300 backlinks; p1 ugc 50, sponsored 30 of 200`],
    ["only the notable one", { ugc: 50, sponsored: 20 }, `${RULE}: 1 page, 300 backlinks; p1 ugc 50 of 200`],
    ["just below, each", { ugc: 20, sponsored: 20 }, undefined],
    ["empty", {}, undefined],
    ["unknown", null, undefined],
    ["a text", "ugc", undefined],
    ["no numbers", { ugc: true, sponsored: [99] }, undefined],
    ["more than there are", { ugc: 201 }, undefined],
  ])("%s", (_, attributes, expected) => {
    expect(find(item("/a", { backlinks: 300, pages: 200, attributes }))).toBe(expected);
  });

  it("is not read off too few pages", () => {
    expect(find(item("/a", { backlinks: 30, pages: 19, attributes: { ugc: 19 } }))).toBe(undefined);
  });

  it("counts at least, where a variant's map may hide it", () => {
    const variant = (attributes: unknown) =>
      find(
        item("/a", { backlinks: 90, pages: 60, attributes: { ugc: 40 } }),
        item("http://acme.example/a", { backlinks: 9, pages: 10, attributes }),
      );
    expect(variant({ ugc: 3 })).toMatch(/; p1 ugc 43 of 70$/);
    expect(variant({ noopener: 3 })).toMatch(/; p1 ugc 40\+ of 70$/);
    expect(variant({})).toMatch(/; p1 ugc 40 of 70$/);
    expect(variant(null)).toMatch(/; p1 ugc 40 of 60$/);
  });
});

describe("link places", () => {
  const RULE = "links mostly in footer, nav, header or aside (> 50%)";
  const find = (...items: unknown[]) => lineOf("links mostly in", items);

  it.each([
    ["a footer", { footer: 114, "": 22, nav: 5 }, `${RULE}: 1 page, 150 backlinks; p1 119 of 141, footer 114`],
    [
      "together more than half",
      { nav: 30, aside: 21, header: 20, main: 70 },
      `${RULE}: 1 page, 150 backlinks; p1 71 of 141, nav 30`,
    ],
    ["just not", { nav: 30, aside: 20, header: 20, main: 71 }, undefined],
    ["unknown places count in the whole", { footer: 60, "": 81 }, undefined],
    ["a map cut to its first key", { footer: 80 }, `${RULE}: 1 page, 150 backlinks; p1 80+ of 141, footer 80`],
    ["empty", {}, undefined],
    ["unknown", undefined, undefined],
    ["hostile keys", JSON.parse('{"__proto__": 141, "constructor": 141, "footer\\n- dead": 141}'), undefined],
    ["more than there are", { footer: 100, nav: 42 }, undefined],
  ])("%s", (_, places, expected) => {
    expect(find(item("/a", { backlinks: 150, pages: 141, places }))).toBe(expected);
  });

  it("is not read off too few pages, and off those that tell", () => {
    expect(find(item("/a", { backlinks: 30, pages: 19, places: { footer: 19 } }))).toBe(undefined);
    expect(find(item("/a", { backlinks: 30, places: { footer: 190 } }))).toBe(undefined);
    const untold = item("http://acme.example/a", { backlinks: 1, pages: 99 });
    expect(find(item("/a", { backlinks: 30, pages: 20, places: { footer: 20 } }), untold)).toBe(
      `${RULE}: 1 page, 31 backlinks; p1 20 of 20, footer 20`,
    );
  });
});

describe("spam", () => {
  const RULE = "high spam score (> 60)";
  const find = (...facts: Facts[]) =>
    lineOf(
      "high spam",
      facts.map((each, index) => item(index === 0 ? "/a" : `http://acme.example/a`, { backlinks: 10, ...each })),
    );

  it.each([
    ["above", [{ spam: 61 }], `${RULE}: 1 page, 10 backlinks; p1 spam score 61`],
    ["at the threshold", [{ spam: 60 }], undefined],
    ["unknown", [{}], undefined],
    ["without links", [{ spam: 99, backlinks: 0 }], undefined],
    ["a spammy variant with few links", [{ spam: 10, backlinks: 90 }, { spam: 90 }], undefined],
    [
      "a spammy variant with most links",
      [{ spam: 10 }, { spam: 90, backlinks: 90 }],
      `${RULE}: 1 page, 100 backlinks; p2 spam score 82`,
    ],
    ["a variant whose score is unknown", [{ spam: 70 }, {}], `${RULE}: 1 page, 20 backlinks; p1 spam score 70`],
    [
      "a mean just above, rounded down to the threshold",
      [
        { spam: 60, backlinks: 5 },
        { spam: 61, backlinks: 5 },
      ],
      undefined,
    ],
  ])("%s", (_, facts, expected) => {
    expect(find(...facts)).toBe(expected);
  });
});
