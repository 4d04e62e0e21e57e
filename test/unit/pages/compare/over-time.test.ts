import { describe, expect, it } from "vitest";
import type { PagesRequest } from "../../../../src/pages/body.ts";
import { renderComparisonStructured, renderComparisonText } from "../../../../src/pages/compare/render-comparison.ts";
import { changesOf, compare, listOf, type PageFacts, rowsOf } from "./compare.ts";

/** What became of one page in two complete lists; the home page stands in both. */
function changeOf(before: PageFacts | PageFacts[], after: PageFacts | PageFacts[]) {
  const home = { path: "/", rank: 300, backlinks: 100, domains: 50 };
  return changesOf(compare(listOf([home, before].flat()), listOf([home, after].flat(), 30)));
}

const page = { path: "/a", rank: 90, backlinks: 10, domains: 5 };

describe("a page of two complete lists", () => {
  it.each<[string, PageFacts | PageFacts[], PageFacts | PageFacts[], object[]]>([
    ["is not told of when nothing changed", page, page, []],
    ["is not told of under another spelling", page, { ...page, url: "http://www.acme.example/a/?utm_source=x" }, []],
    ["is new", [], page, [{ what: "new", id: ">p2", backlinks: ">10", change: 10, rank: ">90" }]],
    ["is lost", page, [], [{ what: "lost", id: "p2>", http: "200>", backlinks: "10>", change: -10 }]],
    [
      "is dead now",
      page,
      { ...page, status: 404 },
      [{ what: "status", url: "/a", http: "200>404", backlinks: 10, change: 0 }],
    ],
    [
      "redirects now, off the list",
      page,
      { ...page, status: 301, location: "https://acme.example/b" },
      [{ what: "status", http: "200>301 to /b" }],
    ],
    ["answers otherwise in its kind", { ...page, status: 404 }, { ...page, status: 410 }, []],
    ["has unknown status now", page, { ...page, status: null }, []],
    ["gained links", page, { ...page, backlinks: 17 }, [{ what: "changed", backlinks: "10>17", change: 7, rank: 90 }]],
    [
      "gained domains and rank",
      page,
      { ...page, domains: 6, rank: 95 },
      [{ ref_domains: "5>6", rank: "90>95", change: 0 }],
    ],
    ["has unknown links now", page, { ...page, backlinks: null }, [{ backlinks: "10>?", change: null }]],
  ])("%s", (_what, before, after, expected) => {
    const rows = changeOf(before, after);
    expect(rows).toHaveLength(expected.length);
    expect(rows).toMatchObject(expected);
  });

  it("that redirects now to another row is a change of status, and that row's links are compared as a sum", () => {
    const moved = { ...page, path: "/b", backlinks: 40 };
    const gone = { ...page, status: 301, location: "https://acme.example/b" };
    expect(changeOf([page, moved], [gone, moved])).toMatchObject([
      { what: "status", url: "/a", http: "200>301 to /b", backlinks: 10 },
    ]);
    expect(changeOf([page, moved], [gone, { ...moved, backlinks: 45 }])).toMatchObject([
      { what: "status", url: "/a" },
      { what: "changed", url: "/b", backlinks: "50>55", change: 5 },
    ]);
    expect(compare(listOf([page, moved]), listOf([gone, moved], 1)).pages).toMatchObject({
      inBoth: 1,
      inBothBefore: 2,
      inBothAfter: 1,
    });
  });

  it("that answered and leads to a new page now is one page, not a lost and a new one", () => {
    const gone = { ...page, status: 301, location: "https://acme.example/new" };
    const rows = changeOf(page, [gone, { path: "/new", rank: 90, backlinks: 3, domains: 2 }]);
    expect(rows.map(({ what }) => what)).toEqual(["status", "changed"]);
  });

  it("moves from http to https without being told of as a redirect", () => {
    const [http, https] = ["http://acme.example/a", "https://acme.example/a"];
    const rows = changeOf({ ...page, url: http }, [
      { ...page, url: https, backlinks: 4 },
      { ...page, url: http, status: 301, location: https, backlinks: 6 },
    ]);
    expect(rows).toMatchObject([{ what: "changed", http: 200, backlinks: 10 }]);
  });

  describe("that the lists name by two of its URLs", () => {
    const [plain, www] = ["https://acme.example/a", "https://www.acme.example/a"];
    const both = (plainStatus: number, wwwStatus: number): PageFacts[] => [
      { url: www, status: wwwStatus, backlinks: 3 },
      { url: plain, status: plainStatus, backlinks: 4 },
    ];

    it.each<[string, PageFacts[], PageFacts[], string[], number]>([
      ["is told by the one that changed", both(200, 404), both(301, 500), ["p3 200>301"], 4],
      ["is told by the one that changed, the other way round", both(301, 500), both(200, 404), ["p3 301>200"], 4],
      ["is told by the one that changed as it did", both(200, 200), both(301, 404), ["p2 200>404"], 3],
      ["is told by both of them where one died", both(200, 301), both(301, 404), ["p3 200>301", "p2 301>404"], 4],
      ["is told by the one that died with it", both(200, 404), both(500, 404), ["p3 200>500"], 4],
      ["is told by the one that died beside its living twin", both(200, 200), both(200, 404), ["p2 200>404"], 3],
      ["is told by the one that came back to its living twin", both(200, 404), both(200, 200), ["p2 404>200"], 3],
      [
        "is not told of where each is in one list only",
        [{ url: plain, backlinks: 7 }],
        [{ url: www, status: 404, backlinks: 7 }],
        [],
        0,
      ],
    ])("%s", (_what, before, after, expected, backlinks) => {
      const rows = changeOf(before, after);
      expect(rows.map(({ id, http }) => `${id} ${http}`)).toEqual(expected);
      // Its own links: what another row holds is no part of what it has at stake.
      if (expected.length > 0) expect(rows[0]).toMatchObject({ what: "status", backlinks, change: 0 });
    });
  });
});

describe("the changes", () => {
  it("stand in the order of what is at stake: status, then links, then what is not known", () => {
    const before = [
      { path: "/big", backlinks: 500 },
      { path: "/small-flip", backlinks: 2 },
      { path: "/big-flip", backlinks: 30 },
      { path: "/lost", backlinks: 20 },
      { path: "/up", backlinks: 10 },
    ];
    const after = [
      { path: "/big", backlinks: 501 },
      { path: "/small-flip", backlinks: 2, status: 404 },
      { path: "/big-flip", backlinks: 30, status: 500 },
      { path: "/up", backlinks: 70 },
      { path: "/new", backlinks: 5 },
    ];
    const rows = changesOf(compare(listOf(before), listOf(after, 1)));
    expect(rows.map(({ url }) => url)).toEqual(["/big-flip", "/small-flip", "/up", "/lost", "/new", "/big"]);
  });

  it("are counted, with the totals of both lists", () => {
    const before = listOf([page, { path: "/b", backlinks: 7 }, { path: "/c", backlinks: 5, status: 404 }]);
    const after = listOf(
      [
        { ...page, status: 404 },
        { path: "/c", backlinks: 5, status: 404 },
      ],
      85,
    );
    const { pages, figures } = compare(before, after);
    expect(pages).toMatchObject({
      inBoth: 2,
      changed: 1,
      statusChanges: 1,
      added: { told: 0 },
      removed: { told: 1, untold: 0 },
    });
    expect(figures.rows).toEqual(
      expect.arrayContaining([
        ["backlinks", 22, 15, -7],
        ["dead pages", 1, 2, 1],
        ["links to dead pages", 5, 15, 10],
      ]),
    );
  });

  it("are told by section", () => {
    const blog = (name: string, backlinks: number) => ({ path: `/blog/${name}`, backlinks });
    const comparison = compare(
      listOf([page, blog("a", 5), blog("b", 5), { path: "/docs/x", backlinks: 3 }]),
      listOf([page, blog("a", 9), { path: "/docs/x", backlinks: 3 }], 1),
    );
    expect(rowsOf(comparison, "sections that moved")).toEqual([
      { section: "/blog", pages: "2>1", backlinks: "10>9", change: -1 },
    ]);
  });
});

describe("pages that were not crawled again between the two", () => {
  const at = (day: string) => `2026-${day} 10:00:00 +00:00`;
  const seen = (path: string, day: string | null): PageFacts => ({
    path,
    backlinks: 5,
    fetchTime: day === null ? null : at(day),
  });
  const told = (before: PageFacts[], after: PageFacts[]) => compare(listOf(before), listOf(after, 40));

  it("are counted and warned of, since that they did not change says nothing", () => {
    const { pages: counts, notes } = told(
      [seen("/same", "06-01"), seen("/again", "06-01"), seen("/back", "06-02"), seen("/gone", "06-01")],
      [seen("/same", "06-01"), seen("/again", "08-01"), seen("/back", "06-01"), seen("/new", "06-01")],
    );
    expect(counts).toMatchObject({ inBoth: 3, notCrawledAgain: 2 });
    expect(notes).toEqual([
      "2 of 3 pages were not crawled again between the two: that their status did not change says nothing",
    ]);
  });

  it.each<[string, PageFacts[], PageFacts[]]>([
    ["every page was crawled again", [seen("/a", "06-01")], [seen("/a", "08-01")]],
    ["no time is told", [seen("/a", null)], [seen("/a", null)]],
    ["a time is told once", [seen("/a", "06-01")], [seen("/a", null)]],
    ["a time is no time", [{ ...seen("/a", null), fetchTime: "soon" }], [{ ...seen("/a", null), fetchTime: "soon" }]],
    ["a time lies ahead of its list", [seen("/a", "12-30")], [seen("/a", "12-30")]],
    ["the page is in one list only", [seen("/a", "06-01")], [seen("/b", "06-01")]],
  ])("are none where %s", (_when, before, after) => {
    const { pages: counts, notes } = told(before, after);
    expect(counts).toMatchObject({ notCrawledAgain: 0 });
    expect(notes).toEqual([]);
  });

  it("are those of which no variant was", () => {
    const [plain, www] = ["https://acme.example/a", "https://www.acme.example/a"];
    const both = (first: string, second: string): PageFacts[] => [
      { url: plain, backlinks: 5, fetchTime: at(first) },
      { url: www, backlinks: 4, fetchTime: at(second) },
    ];
    expect(told(both("06-01", "06-01"), both("06-01", "08-01")).pages).toMatchObject({ notCrawledAgain: 0 });
    const { notes } = told(both("06-01", "06-01"), both("06-01", "06-01"));
    expect(notes).toEqual([
      "1 of 1 page was not crawled again between the two: that its status did not change says nothing",
    ]);
  });

  it("are not spoken of where both are one snapshot", () => {
    const list = listOf([seen("/a", "06-01")]);
    expect(compare(list, list).notes).toEqual(["both are the same snapshot"]);
  });

  it("are told in both forms", () => {
    const comparison = told([seen("/a", "06-01")], [seen("/a", "06-01")]);
    expect(renderComparisonText(comparison)).toContain("note: 1 of 1 page was not crawled again between the two");
    expect(renderComparisonStructured(comparison)).toMatchObject({
      pages: { in_both: 1, not_crawled_again: 1 },
      notes: [expect.stringContaining("1 of 1 page was not crawled again between the two")],
    });
  });
});

describe("the order of the arguments", () => {
  const [older, newer] = [listOf([page]), listOf([], 10)];

  it("does not matter, and turning it around is said", () => {
    const turned = compare(newer, older);
    expect(turned.first.snapshotId).toBe(older.id);
    expect(turned.notes).toEqual(["turned around: the one named first is the later one"]);
    expect({ ...turned, notes: [] }).toEqual({ ...compare(older, newer), notes: [] });
  });

  it("is all there is where a time is not known", () => {
    const timeless = { ...older, source: "import" as const, fetchedAt: null };
    expect(compare(newer, timeless)).toMatchObject({
      first: { snapshotId: newer.id },
      notes: [`the time of ${older.id} is not known: taken in the order given`],
    });
  });

  it("is nothing for a snapshot beside itself, in which all pages are in both and none has changed", () => {
    expect(compare(older, older).notes).toEqual(["both are the same snapshot"]);
    const list = listOf([page, { path: "/other", status: 404 }]);
    const beside = compare(list, list);
    expect(beside.pages).toMatchObject({ inBoth: 2, inBothBefore: 2, inBothAfter: 2, changed: 0 });
    expect(changesOf(beside)).toEqual([]);
    expect(renderComparisonText(beside)).toContain("pages: 2 in both, 0 of them changed");
  });
});

describe("a page that is missing from a list", () => {
  const ranked = [300, 200, 150, 100].map((rank) => ({ path: `/r${rank}`, rank, backlinks: rank }));
  const cut = (pages: PageFacts[], request: Partial<PagesRequest> = {}) =>
    listOf(pages, 5, { totalCount: 900, request: { limit: 2, ...request } });
  const whats = (rows: ReturnType<typeof changesOf>) => rows.map(({ what, url }) => `${what} ${url}`);

  it("is lost where the list would have shown it, and else may still be there", () => {
    const comparison = compare(listOf(ranked), cut([ranked[0] ?? {}, ranked[2] ?? {}]));
    expect(whats(changesOf(comparison))).toEqual(["lost /r200", "only before /r100"]);
    expect(comparison.pages?.removed).toEqual({
      told: 1,
      untold: 1,
      why: "which ends at rank 150 (default order)",
    });
    expect(comparison.next.map(({ cost }) => cost)).toEqual(["paid"]);
  });

  it("is new by the same rule", () => {
    const earlier = listOf([ranked[0] ?? {}, ranked[2] ?? {}], 0, { totalCount: 900, request: { limit: 2 } });
    const comparison = compare(earlier, listOf(ranked, 5));
    expect(whats(changesOf(comparison))).toEqual(["new /r200", "only after /r100"]);
    expect(comparison.pages?.added.why).toBe("which ends at rank 150 (default order)");
  });

  it.each<[string, Partial<PagesRequest>, PageFacts[], string]>([
    ["begins at an offset", { offset: 100 }, [{ rank: 150 }, { path: "/x", rank: 120 }], "which begins at offset 100"],
    ["is in no order", {}, [{ rank: 10 }, { path: "/x", rank: 150 }], "which lacks 898 URLs"],
    [
      "has another rank scale",
      { rank_scale: "one_hundred" },
      [{ rank: 15 }, { path: "/x", rank: 12 }],
      "which lacks 898 URLs",
    ],
  ])("may still be there where the list %s", (_what, request, pages, why) => {
    const { pages: counts } = compare(listOf([{ path: "/lost", rank: 500 }]), cut(pages, request));
    expect(counts?.removed).toEqual({ told: 0, untold: 1, why });
  });

  it("is judged by the order that was asked for", () => {
    const byLinks: Partial<PagesRequest> = { order_by: [{ field: "page_summary.backlinks", direction: "asc" }] };
    const later = cut(
      [
        { path: "/x", backlinks: 1 },
        { path: "/y", backlinks: 4 },
      ],
      byLinks,
    );
    const comparison = compare(
      listOf([
        { path: "/three", backlinks: 3 },
        { path: "/five", backlinks: 5 },
      ]),
      later,
    );
    expect(whats(changesOf(comparison))).toEqual(expect.arrayContaining(["lost /three", "only before /five"]));
    expect(comparison.pages?.removed.why).toBe("which ends at backlinks 4");
  });

  it("leaves its links out of its page's change where it is but a variant", () => {
    const redirect = {
      url: "http://acme.example/",
      status: 301,
      location: "https://acme.example/",
      rank: 20,
      backlinks: 30,
    };
    const [home, b] = [
      { path: "/", rank: 300, backlinks: 100 },
      { path: "/b", rank: 100, backlinks: 9 },
    ];
    const comparison = compare(listOf([home, b, redirect]), cut([home, b]));
    expect(changesOf(comparison)).toEqual([]);
    expect(comparison.limits.at(-1)).toContain("URL variants that the other list may just not reach");
    const whole = compare(listOf([home, b, redirect]), listOf([home, b], 5));
    expect(changesOf(whole)).toMatchObject([{ what: "changed", backlinks: "130>100" }]);
  });
});
