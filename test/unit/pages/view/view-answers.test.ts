import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildComparison } from "../../../../src/pages/compare/compare-pages.ts";
import { createQueryPages } from "../../../../src/pages/query/query-pages.ts";
import { MAX_VIEW_BYTES, toQueryView } from "../../../../src/pages/view/snapshot-view.ts";
import type { SnapshotView } from "../../../../src/pages/view/view-data.ts";
import { fillPage, toComparisonFile, toComparisonView, toSnapshotFile } from "../../../../src/pages/view/view-file.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";
import { matchHere } from "../../../support/match-here.ts";
import { sandboxSnapshot } from "../../../support/sandbox-answer.ts";

const day = (number: number) => Date.UTC(2026, 6, number);
const list = (count: number, backlinks: (index: number) => number, path = "https://acme.example/page") =>
  Array.from({ length: count }, (_, index) => ({
    url: `${path}-${index}/${"x".repeat(60)}`,
    status: 200,
    summary: { backlinks: backlinks(index), referring_domains: 1, rank: 5 },
  }));
const before = makeSnapshot({ items: list(1000, (index) => index), fetchedAt: day(1) });
const after = makeSnapshot({ items: list(1000, (index) => 2 * index + 1), fetchedAt: day(2) });

describe("the view of two snapshots", () => {
  it("holds far more rows than an answer, within its bytes, and counts the rest", () => {
    const view = toComparisonView(before, after);
    const [changes] = view.comparison.blocks;
    const [answered] = buildComparison(before, after, { maxTokens: 1500, surface: "mcp" }).blocks;
    expect(changes?.rows.length).toBeGreaterThan(5 * (answered?.rows.length ?? Infinity));
    expect((changes?.rows.length ?? 0) + (changes?.leftOut ?? 0)).toBe(1000);
    expect(changes?.leftOutAre).toMatch(/changed/);
    const bytes = Buffer.byteLength(JSON.stringify(view));
    expect(bytes).toBeLessThanOrEqual(MAX_VIEW_BYTES);
    expect(bytes).toBeGreaterThan(0.95 * MAX_VIEW_BYTES);
  });

  it("is whole in a file, and then names commands", () => {
    const { comparison } = toComparisonView(before, after, { maxBytes: Infinity, surface: "cli" });
    expect(comparison.blocks[0]?.rows).toHaveLength(1000);
    expect(comparison.blocks[0]?.leftOut).toBe(0);
    expect(JSON.stringify(comparison.next)).not.toContain("get_domain_pages");
  });

  it("says the same as the comparison, but for the rows", () => {
    const {
      blocks: _some,
      next: _calls,
      ...told
    } = buildComparison(before, after, { maxTokens: 1500, surface: "mcp" });
    expect(toComparisonView(before, after).comparison).toMatchObject(told);
  });

  it("sets two targets side by side", () => {
    const other = makeSnapshot({
      items: list(3, () => 4, "https://other.example/p"),
      request: { target: "other.example" },
    });
    expect(toComparisonView(before, other).comparison.kind).toBe("side_by_side");
  });
});

const item = (path: string, status: number, backlinks: number) => ({
  url: `https://acme.example${path}`,
  status,
  summary: { backlinks },
});
const snapshot = makeSnapshot({
  items: [
    item("/", 200, 9),
    { ...item("/old", 301, 3), location: "https://acme.example/" },
    item("/a", 404, 1),
    item("/b", 404, 8),
    item("/c", 200, 5),
  ],
});

/** The view of a question, as a tool makes it. */
async function viewOf(question: object): Promise<SnapshotView> {
  let view: SnapshotView | undefined;
  const queryPages = createQueryPages({ findSnapshot: async () => snapshot, maxTokens: 400, matchTexts: matchHere });
  await queryPages(
    { snapshot_id: snapshot.id, ...question },
    {
      surface: "mcp",
      onSelected: (found, selected) => {
        view = toQueryView(found, selected);
      },
    },
  );
  if (view === undefined) throw new Error("the question told nothing of what it selected");
  return view;
}

describe("the view of a question", () => {
  it.each([
    ["everything", {}, null, 0],
    ["the next rows", { offset: 2 }, null, 2],
    ["groups of everything", { group_by: "section", offset: 1 }, null, 0],
    ["conditions", { status: "broken" }, { where: ["status broken"], handles: ["p3", "p4"] }, 0],
    ["an order", { order_by: ["backlinks,desc"] }, { where: [], handles: ["p1", "p4", "p5", "p3"] }, 0],
    [
      "conditions and an order",
      { status: "broken", order_by: ["backlinks,desc"] },
      { where: ["status broken"], handles: ["p4", "p3"] },
      0,
    ],
    ["a part", { limit: 2, offset: 1 }, { where: [], handles: ["p3", "p4"] }, 0],
    [
      "groups of some",
      { status: "broken", group_by: "section" },
      { where: ["status broken"], handles: ["p3", "p4"] },
      0,
    ],
    ["opened pages", { handles: ["p4", "p2"] }, { where: [], handles: ["p4", "p2"] }, 0],
    ["what nothing meets", { text: "zebra" }, { where: ['text "zebra"'], handles: [] }, 0],
    ["single URLs", { fold: false, status: "redirect" }, { where: ["status redirect"], handles: ["p2"] }, 0],
  ])("of %s shows what was selected", async (_what, question, selection, from) => {
    const view = await viewOf(question);
    expect(view.selection).toEqual(selection && { ...selection, total: selection.handles.length });
    expect(view.rows).toMatchObject({ from, total: 4 });
    expect(view.rows.cells).toHaveLength(4 - from);
  });

  it("costs nothing now", async () => {
    expect((await viewOf({})).head.charge).toBe("free now, charged $0.012 when fetched; upstream cost $0.02436");
  });
});

const PAGE = '<!doctype html><script type="application/json" id="view-file">null</script><script>go()</script>';
const MARKUP = /[<>&\u2028\u2029]/;

/** What stands in the page's element, as a browser reads it. */
function dataIn(html: string): string {
  const [, rest = ""] = html.split('<script type="application/json" id="view-file">');
  return rest.slice(0, rest.toLowerCase().indexOf("</script"));
}

describe("a file for people", () => {
  it("holds every row, and every page's record in words", () => {
    const snapshot = sandboxSnapshot({ target: "acme.example" });
    const { view, records } = toSnapshotFile(snapshot);
    if (view.kind !== "snapshot") throw new Error("not a snapshot's view");
    expect(view.rows.cells).toHaveLength(view.rows.total);
    expect(Object.keys(records)).toEqual(snapshot.items.map(({ handle }) => handle));
    expect(records["p2"]?.url).toBe(snapshot.items[1]?.url);
    expect(records["p2"]?.fields.map(({ name }) => name)).toContain("status_code");
  });

  it("has no records of a comparison", () => {
    const snapshot = makeSnapshot({ items: [{ url: "https://acme.example/" }] });
    expect(toComparisonFile(snapshot, snapshot)).toMatchObject({ view: { kind: "comparison" }, records: {} });
  });

  it("stands in the page as data that cannot become markup, whatever pages hold", () => {
    const bad = fc.oneof(
      hostileText,
      fc.constantFrom("</script><script>x()</script>", "<!--<script>", "$& $` $1", "&lt;"),
    );
    fc.assert(
      fc.property(bad, bad, (title, path) => {
        const items = [{ url: `https://acme.example/${path}`, title, status: 200, summary: { backlinks: 3 } }];
        const file = toSnapshotFile(makeSnapshot({ items }));
        const html = fillPage(PAGE, file);
        const data = dataIn(html);
        expect(data).not.toMatch(MARKUP);
        expect(JSON.parse(data)).toEqual(JSON.parse(JSON.stringify(file)));
        expect(html.replace(data, "null")).toBe(PAGE);
      }),
      { numRuns: 80 },
    );
  });

  it.each(["<html></html>", PAGE + PAGE])("is refused by a page without exactly one place for it", (html) => {
    expect(() => fillPage(html, toSnapshotFile(makeSnapshot()))).toThrow(/exactly one place/);
  });
});
