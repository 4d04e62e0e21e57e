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
