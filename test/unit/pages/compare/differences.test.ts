import fc from "fast-check";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import type { Cell } from "../../../../src/lists/cells.ts";
import type { Filter } from "../../../../src/lists/filters/filter.ts";
import { foldPages } from "../../../../src/pages/answer/fold.ts";
import type { PagesRequest } from "../../../../src/pages/body.ts";
import { buildComparison } from "../../../../src/pages/compare/compare-pages.ts";
import { renderComparisonStructured, renderComparisonText } from "../../../../src/pages/compare/render-comparison.ts";
import type { PagesSnapshot } from "../../../../src/pages/domain-pages.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";
import { changesOf, compare, DAY_MS, FETCHED_AT, listOf } from "./compare.ts";

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

const PATHS = ["/", "/index.html", "/a", "/a/", "/b", "/c?utm_source=x", "/c", "/blog/x", "/blog/y", "/A"];
const HOSTS = ["https://acme.example", "http://acme.example", "https://www.acme.example", "https://blog.acme.example"];

const anyUrl = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(fc.constantFrom(...HOSTS), fc.constantFrom(...PATHS)).map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.constantFrom("", "not a url", "//") },
);
const anyItem = fc.record({
  url: anyUrl,
  status: fc.constantFrom(200, 200, 301, 302, 404, 500, null),
  location: fc.option(anyUrl),
  summary: fc.record(
    { rank: fc.nat(20), backlinks: fc.nat(50), referring_domains: fc.nat(9), backlinks_spam_score: fc.nat(100) },
    { requiredKeys: [] },
  ),
});
const anyRequest: fc.Arbitrary<Partial<PagesRequest>> = fc.record(
  {
    limit: fc.constantFrom(5, 1000),
    offset: fc.constantFrom(0, 3),
    rank_scale: fc.constantFrom("one_thousand", "one_hundred"),
    backlinks_status_type: fc.constantFrom("live", "all"),
    include_subdomains: fc.boolean(),
  },
  { requiredKeys: [] },
);
const anyList: fc.Arbitrary<PagesSnapshot> = fc
  .record({
    items: fc.uniqueArray(anyItem, { maxLength: 14, selector: ({ url }) => url }),
    inOrder: fc.boolean(),
    more: fc.option(fc.nat(5)),
    request: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: anyRequest }),
  })
  .map(({ items, inOrder, more, request }) => {
    const sorted = inOrder ? items.toSorted((a, b) => (b.summary.rank ?? 0) - (a.summary.rank ?? 0)) : items;
    return makeSnapshot({ items: sorted, request, totalCount: more === null ? null : items.length + more });
  });

const at = (snapshot: PagesSnapshot, days: number): PagesSnapshot => ({
  ...snapshot,
  fetchedAt: FETCHED_AT + days * DAY_MS,
});

const MIRRORED: Record<string, string> = {
  new: "lost",
  lost: "new",
  "only before": "only after",
  "only after": "only before",
};

/** `7>9` → `9>7`, `7>` → `>7`. */
const turn = (cell: Cell | undefined): string =>
  String(cell ?? "")
    .split(">")
    .toReversed()
    .join(">");

const toFacts = ({ what, id, http, backlinks, ref_domains, rank, change }: Record<string, Cell>, isTurned: boolean) =>
  JSON.stringify(
    isTurned
      ? [
          MIRRORED[String(what)] ?? what,
          turn(id),
          turn(http),
          turn(backlinks),
          turn(ref_domains),
          turn(rank),
          change && -Number(change),
        ]
      : [
          what,
          String(id ?? ""),
          String(http ?? ""),
          String(backlinks ?? ""),
          String(ref_domains ?? ""),
          String(rank ?? ""),
          change,
        ],
  );

describe("a comparison", () => {
  it("of a snapshot with itself shows no change", () => {
    fc.assert(
      fc.property(anyList, (list) => {
        const comparison = compare(list, at(list, 3));
        const folds = foldPages(list.items).length;
        expect(changesOf(comparison)).toEqual([]);
        expect(comparison.blocks).toEqual([]);
        expect(comparison.limits).toEqual([]);
        expect(comparison.pages).toMatchObject({ inBothBefore: folds, inBothAfter: folds, changed: 0 });
        for (const [, , , change] of comparison.figures.rows) expect([0, null]).toContain(change);
      }),
      { numRuns: 500 },
    );
  });

  it("with before and after swapped is the mirror", () => {
    fc.assert(
      fc.property(anyList, anyList, (a, b) => {
        const [there, back] = [compare(at(a, 0), at(b, 3)), compare(at(b, 0), at(a, 3))];
        const facts = (rows: ReturnType<typeof changesOf>, isTurned: boolean) =>
          rows.map((row) => toFacts(row, isTurned)).sort();
        expect(facts(changesOf(back), true)).toEqual(facts(changesOf(there), false));
        expect(back.pages).toMatchObject({
          inBoth: there.pages?.inBoth,
          changed: there.pages?.changed,
          statusChanges: there.pages?.statusChanges,
          added: { told: there.pages?.removed.told, untold: there.pages?.removed.untold },
          removed: { told: there.pages?.added.told, untold: there.pages?.added.untold },
        });
      }),
      { numRuns: 500 },
    );
  });

  it("puts equals in the same order, whichever list came first", () => {
    const [here, there] = [listOf([{ path: "/b" }, { path: "/d" }]), listOf([{ path: "/c" }, { path: "/a" }], 3)];
    const urlsOf = (rows: ReturnType<typeof changesOf>) => rows.map(({ url }) => url);
    const turned = compare(at(there, 0), at(here, 3));
    expect(urlsOf(changesOf(compare(here, there)))).toEqual(["/a", "/b", "/c", "/d"]);
    expect(urlsOf(changesOf(turned))).toEqual(["/a", "/b", "/c", "/d"]);
  });

  it("tells of a change of status only where one and the same URL answers otherwise", () => {
    fc.assert(
      fc.property(anyList, anyList, (a, b) => {
        for (const { what, id, http } of changesOf(compare(at(a, 0), at(b, 3)))) {
          if (what !== "status") continue;
          const [was, is = was] = String(id).split(">");
          const [earlier, later] = [a.items.find(({ handle }) => handle === was), b.items.find((p) => p.handle === is)];
          expect(earlier?.url).toBe(later?.url);
          expect(earlier?.status).not.toBe(later?.status);
          expect(http).toContain(">");
        }
      }),
      { numRuns: 500 },
    );
  });

  it("accounts for every row of both lists", () => {
    fc.assert(
      fc.property(anyList, anyList, (a, b) => {
        const { pages, first, second } = compare(at(a, 0), at(b, 3));
        if (pages === null) throw new Error("expected pages");
        const { inBoth, inBothBefore, inBothAfter, added, removed } = pages;
        expect(inBothBefore + removed.told + removed.untold).toBe(first.folds);
        expect(inBothAfter + added.told + added.untold).toBe(second.folds);
        expect(inBoth).toBeLessThanOrEqual(Math.min(inBothBefore, inBothAfter));
        expect(pages.changed).toBeLessThanOrEqual(inBoth);
        expect(removed.untold === 0).toBe(removed.why === null);
      }),
      { numRuns: 500 },
    );
  });

  it("keeps within its tokens and counts what is left out, whatever pages are called", () => {
    const hostileItem = fc.record({
      url: fc.oneof(
        hostileText,
        hostileText.map((text) => `https://acme.example/${text}`),
        fc.tuple(fc.string({ unit: "binary" }), hostileText).map((parts) => `https://acme.example/${parts.join("/")}`),
      ),
      title: hostileText,
      status: fc.constantFrom(200, 301, 404),
      location: fc.option(hostileText),
      summary: fc.record({ rank: fc.nat(1000), backlinks: fc.nat(50_000), referring_domains: fc.nat(900) }),
    });
    const hostileList = fc
      .array(hostileItem, { minLength: 5, maxLength: 30 })
      .map((items) => makeSnapshot({ items, request: { limit: 1000 } }));
    const others = fc.constantFrom("acme.example", "example.com");
    fc.assert(
      fc.property(hostileList, hostileList, others, fc.constantFrom(1200, 1500, 3000), (a, b, target, maxTokens) => {
        const other = { ...at(b, 9), request: { ...b.request, target } };
        const comparison = buildComparison(a, other, { maxTokens, surface: "mcp" });
        const whole = compare(a, other, 1e9);
        const text = renderComparisonText(comparison);
        expect(encode(text).length).toBeLessThanOrEqual(maxTokens);
        expect(encode(JSON.stringify(renderComparisonStructured(comparison))).length).toBeLessThanOrEqual(maxTokens);
        for (const [index, { rows, leftOut }] of comparison.blocks.entries()) {
          const all = whole.blocks[index];
          expect(rows.length + leftOut).toBe((all?.rows.length ?? 0) + (all?.leftOut ?? 0));
        }
        expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(comparison.next.length > 0).toBe(comparison.blocks.some(({ leftOut }) => leftOut > 0));
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
