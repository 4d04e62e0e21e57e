import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toCsvTable } from "../../../../src/lists/query/render-query.ts";
import { buildAnswer } from "../../../../src/pages/answer/answer.ts";
import { foldPages } from "../../../../src/pages/answer/fold.ts";
import { renderStructured, renderText } from "../../../../src/pages/answer/render-answer.ts";
import { renderSections, rollUpSections } from "../../../../src/pages/answer/sections.ts";
import { renderComparisonText } from "../../../../src/pages/compare/render-comparison.ts";
import { SNAPSHOT_FILES } from "../../../../src/pages/export/snapshot-files.ts";
import { readPages } from "../../../../src/pages/page.ts";
import { renderQueryStructured, renderQueryText } from "../../../../src/pages/query/query-pages.ts";
import { type ItemFacts, makePages, makeSnapshot } from "../../../support/make-snapshot.ts";
import { compare } from "../compare/compare.ts";
import { ask } from "../query/ask.ts";

const page = (path: string, backlinks: number | null, more: ItemFacts = {}): ItemFacts => ({
  url: path.startsWith("/") ? `https://acme.example${path}` : path,
  status: 200,
  summary: { backlinks, referring_domains: backlinks },
  ...more,
});
const sections = (items: ItemFacts[]) => rollUpSections(foldPages(makePages(items)), "acme.example");
const posts = (count: number) => Array.from({ length: count }, (_, index) => page(`/blog/${index}`, 1));

it("rolls up by first path segment and host, most backlinks first", () => {
  const items = [
    page("/", 100),
    page("/pricing", 20),
    page("/blog", 30),
    page("/blog/a", 5, { status: 404 }),
    page("/blog/b/c?x=1", 4),
    page("/tag/", 2),
    page("/?p=7", 1),
    page("https://shop.acme.example/", 50),
    page("https://shop.acme.example/p/1", 3, { status: 410 }),
    page("https://www.acme.example/blog/d", 1),
  ];
  expect(renderSections(sections(items))).toBe(
    [
      "sections",
      "section,pages,backlinks,ref_domains,dead",
      "/ (top-level pages),3,121,100-121,0",
      "shop.acme.example/ (top-level pages),1,50,50,0",
      "/blog,4,40,30-40,1",
      "shop.acme.example/p,1,3,3,1",
      "/tag,1,2,2,0",
    ].join("\n"),
  );
});

describe("says nothing", () => {
  it("of fewer than ten rows", () => {
    expect(sections([page("/", 1), ...posts(8)]).rows).toEqual([]);
    expect(sections([page("/", 1), ...posts(9)]).rows).toHaveLength(2);
  });

  it("of one section", () => {
    expect(sections(posts(20)).rows).toEqual([]);
    expect(renderSections(sections(posts(20)))).toBe("");
  });
});

it("shows six and counts the rest", () => {
  const items = Array.from({ length: 20 }, (_, index) => page(`/s${index}/a`, 100 - index));
  const { rows, leftOut } = sections(items);
  expect(rows.map(([name]) => name)).toEqual(["/s0", "/s1", "/s2", "/s3", "/s4", "/s5"]);
  expect(leftOut).toBe(14);
  expect(renderSections(sections(items))).toMatch(/\n14 more$/);
});

it("keeps unknown apart from zero", () => {
  const items = [
    ...posts(8),
    page("/blog/x", null),
    page("/none/a", null, { status: null }),
    page("/none/b", null, { status: null }),
    page("/half/a", 3, { status: null }),
    page("/half/b", 0, { status: 404 }),
  ];
  expect(sections(items).rows).toEqual([
    ["/blog", 9, "8+", "1+", 0],
    ["/half", 2, 3, 3, 1],
    ["/none", 2, null, null, null],
  ]);
});

it("keeps hostile segments on one short line, and what is no URL apart", () => {
  const items = [
    ...posts(8),
    page('/a",9,9\n- none\u202e/x', 9),
    page(`/${"y".repeat(5000)}/x`, 8),
    page("", 7, { url: "not a url" }),
  ];
  const text = renderSections(sections(items));
  expect(text.split("\n")).toHaveLength(6);
  expect(text).toContain('\n"/a"",9,9 - none",1,9,9,0\n');
  expect(text).toMatch(/\n\/y{58}…,1,8,8,0\n/);
  expect(text).toContain("\n(no URL),1,7,7,0");
});

it("counts every row once, whatever the items hold", () => {
  const anItem = fc.record({
    page: fc.oneof(
      fc.webUrl({ withQueryParameters: true }),
      fc.string(),
      fc.constantFrom("https://acme.example/a/b", "//"),
    ),
    status_code: fc.constantFrom(200, 404, null),
    page_summary: fc.record({ backlinks: fc.oneof(fc.nat(), fc.constant(null)) }),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(anItem, fc.anything()), { minLength: 10, maxLength: 40 }), (items) => {
      const folds = foldPages(readPages(JSON.parse(JSON.stringify(items))).items);
      const { rows, leftOut } = rollUpSections(folds, "acme.example");
      const counted = rows.reduce((sum, row) => sum + Number(row[1]), 0);
      if (rows.length > 0 && leftOut === 0) expect(counted).toBe(folds.length);
      expect(counted).toBeLessThanOrEqual(folds.length);
    }),
  );
});

describe("the section of what stands directly under a root", () => {
  const items = [...posts(12), page("/", 9), page("/pricing", 8), page("https://shop.acme.example/", 7)];
  const snapshot = makeSnapshot({ items });

  it("is named in every text, so that nobody takes it for the home page", async () => {
    const answer = buildAnswer(snapshot, { maxTokens: 5000, surface: "mcp" });
    expect(renderText(answer)).toContain("\n/ (top-level pages),2,17,9-17,0\n/blog,");
    expect(renderText(answer)).toContain("\nshop.acme.example/ (top-level pages),1,7,7,0");
    expect(renderQueryText(ask(snapshot, { group_by: "section" }))).toContain('"/ (top-level pages)",2,17,9-17,0');
    expect(renderQueryText(ask(snapshot, { section: "/" }))).toContain("\nwhere section / (top-level pages)\n");
    expect(await SNAPSHOT_FILES["report.md"].render(snapshot)).toContain("| / (top-level pages) | 2 | 17 |");
    const beside = compare(snapshot, { ...snapshot, source: "sandbox" });
    expect(renderComparisonText(beside)).toContain(",/ (top-level pages),2,17,");
  });

  it("keeps its value in data, in CSV and in arguments, which take its name too", () => {
    const grouped = ask(snapshot, { group_by: "section" });
    const values = (renderQueryStructured(grouped)["rows"] as unknown[][]).map(([name]) => name);
    expect(values).toEqual(["/", "/blog", "shop.acme.example/"]);
    expect(renderStructured(buildAnswer(snapshot, { maxTokens: 5000, surface: "mcp" }))["sections"]).toMatchObject({
      rows: [
        ["/", 2, 17, "9-17", 0],
        ["/blog", 12, 12, "1+", 0],
        ["shop.acme.example/", 1, 7, 7, 0],
      ],
    });
    expect(renderQueryText(grouped, toCsvTable)).toContain("\n/,2,17,9-17,0,");
    expect(ask(snapshot, { section: "/ (top-level pages)" }).rowsMatched).toBe(2);
    expect(ask(snapshot, { section: "shop.acme.example/ (top-level pages)" }).rowsMatched).toBe(1);
  });
});
