import { describe, expect, it } from "vitest";
import type { Filter } from "../../../../src/lists/filters/filter.ts";
import type { PagesRequest } from "../../../../src/pages/request.ts";
import { changesOf, compare, listOf } from "./compare.ts";

const filter = (value: number): Filter => ({
  kind: "condition",
  field: "page_summary.backlinks",
  type: "num",
  operator: ">",
  value,
});
const both = (join: "and" | "or", ...members: Filter[]): Filter => ({ kind: "group", join, members });

/** Two complete lists: one page gained links and rank, one died, one is missing. */
function compareUnder(before: Partial<PagesRequest>, after: Partial<PagesRequest>) {
  const first = listOf(
    [
      { path: "/up", rank: 50, backlinks: 10 },
      { path: "/dead", rank: 40, backlinks: 5 },
      { path: "/gone", rank: 30, backlinks: 3 },
    ],
    0,
    { request: before },
  );
  const second = listOf(
    [
      { path: "/up", rank: 60, backlinks: 20 },
      { path: "/dead", rank: 40, backlinks: 5, status: 404 },
    ],
    9,
    { request: after },
  );
  return compare(first, second);
}

const changeIn = ({ figures }: ReturnType<typeof compare>, name: string) =>
  figures.rows.find(([figure]) => figure === name)?.at(3);

describe("two lists that were asked for differently", () => {
  it.each<[string, Partial<PagesRequest>, Partial<PagesRequest>, string, string[], string[]]>([
    [
      "by filters",
      {},
      { filters: filter(2) },
      'other filters (before none, after ["page_summary.backlinks",">",2]): only pages in both lists are compared, and no totals',
      ["status /dead", "changed /up"],
      ["backlinks", "change", "rank"],
    ],
    [
      "by subdomains",
      { include_subdomains: false },
      {},
      "other include_subdomains (before false, after true): only pages in both lists are compared, and no totals",
      ["status /dead", "changed /up"],
      ["backlinks", "change", "rank"],
    ],
    [
      "by backlinks_filters",
      { backlinks_filters: filter(1) },
      { backlinks_filters: filter(2) },
      'other backlinks_filters (before ["page_summary.backlinks",">",1], after ["page_summary.backlinks",">",2]): other links are counted, so only the status of pages in both lists is compared',
      ["status /dead"],
      [],
    ],
    [
      "by status type",
      {},
      { backlinks_status_type: "lost" },
      "other backlinks_status_type (before live, after lost): other links are counted, so only the status of pages in both lists is compared",
      ["status /dead"],
      [],
    ],
    [
      "by internal links",
      {},
      { exclude_internal_backlinks: false },
      "other exclude_internal_backlinks (before true, after false): other links are counted, so only the status of pages in both lists is compared",
      ["status /dead"],
      [],
    ],
    [
      "by rank scale",
      {},
      { rank_scale: "one_hundred" },
      "other rank_scale (before one_thousand, after one_hundred): ranks are not compared",
      ["status /dead", "changed /up", "lost /gone"],
      ["backlinks", "change"],
    ],
    [
      "by the length of breakdowns",
      {},
      { internal_list_limit: 100 },
      "other internal_list_limit (before 10, after 100): breakdowns by TLD, country and the like are cut at other lengths; nothing compared here rests on them",
      ["status /dead", "changed /up", "lost /gone"],
      ["backlinks", "change", "rank"],
    ],
  ])("%s are compared as far as that goes", (_what, before, after, limit, changes, columns) => {
    const comparison = compareUnder(before, after);
    expect(comparison.limits).toEqual([limit]);
    expect(changesOf(comparison).map(({ what, url }) => `${what} ${url}`)).toEqual(changes);
    for (const each of ["backlinks", "change", "rank"]) {
      expect([each, comparison.blocks[0]?.columns.includes(each)]).toEqual([each, columns.includes(each)]);
    }
    const comparesTotals = changes.includes("lost /gone");
    expect(changeIn(comparison, "backlinks")).toBe(comparesTotals ? 7 : null);
    expect(changeIn(comparison, "URLs in all")).toBe(comparesTotals ? -1 : null);
    if (!comparesTotals) expect(comparison.pages?.removed).toMatchObject({ told: 0, untold: 1 });
  });

  it.each<[string, Partial<PagesRequest>, Partial<PagesRequest>]>([
    ["defaults written out", {}, { limit: 100, offset: 0, rank_scale: "one_thousand", include_subdomains: true }],
    [
      "another order of conditions",
      { filters: both("and", filter(1), filter(2)) },
      { filters: both("and", filter(2), filter(1)) },
    ],
    ["a label", { tag: "a" }, { tag: "b" }],
    ["another limit, both complete", { limit: 500 }, { limit: 1000 }],
  ])("only in spelling are the same: %s", (_what, before, after) => {
    expect(compareUnder(before, after).limits).toEqual([]);
  });

  it("are told apart by a filter that means something else", () => {
    const comparison = compareUnder(
      { filters: both("and", filter(1), filter(2)) },
      { filters: both("or", filter(1), filter(2)) },
    );
    expect(comparison.limits).toHaveLength(1);
  });

  it("are under the same filters: a page may just match no more", () => {
    expect(compareUnder({ filters: filter(1) }, { filters: filter(1) }).notes).toEqual([
      "both lists are filtered: a page that is new or lost may just match now, or no more",
    ]);
  });

  it.each<[string, number | null, Partial<PagesRequest>, number | null, Partial<PagesRequest>, string | undefined]>([
    ["both complete", 1, {}, 1, { limit: 5 }, undefined],
    ["both cut alike", 9, { limit: 1 }, 7, { limit: 1 }, undefined],
    ["one complete", 1, {}, 7, { limit: 1 }, "before holds all 1 URL, after holds 1 of 7 by rank"],
    [
      "cut at another length",
      9,
      { limit: 1 },
      null,
      { limit: 3 },
      "before holds 1 of 9 by rank, after holds 1 of an unknown number by rank",
    ],
    [
      "cut in another order",
      9,
      { order_by: [{ field: "page_summary.backlinks", direction: "desc" }] },
      9,
      { offset: 4 },
      "before holds 1 of 9 by backlinks, after holds 1 of 9 from offset 4 by rank",
    ],
  ])("have sums that compare when they are %s", (_what, totalA, requestA, totalB, requestB, told) => {
    const [a, b] = [
      listOf([{ backlinks: 5 }], 0, { totalCount: totalA, request: requestA }),
      listOf([{ backlinks: 9 }], 3, { totalCount: totalB, request: requestB }),
    ];
    const comparison = compare(a, b);
    const expected = told && `other parts of the list (${told}): sums are of what was fetched and do not compare`;
    expect(comparison.limits).toEqual(expected === undefined ? [] : [expected]);
    expect(changeIn(comparison, "backlinks")).toBe(told === undefined ? 4 : null);
  });

  it("are set side by side where one is generated data", () => {
    const [real, generated] = [listOf([{}]), listOf([{}], 3, { source: "sandbox" })];
    const comparison = compare(real, generated);
    expect(comparison).toMatchObject({ kind: "side_by_side", pages: null });
    expect(comparison.limits).toEqual([
      "one of them is generated data of the sandbox: nothing in it is about the real site",
    ]);
  });
});
