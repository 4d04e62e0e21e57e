import { describe, expect, it } from "vitest";
import { buildComparison } from "../../../../src/pages/compare/compare-pages.ts";
import { MAX_VIEW_BYTES } from "../../../../src/pages/view/snapshot-view.ts";
import { toComparisonView } from "../../../../src/pages/view/view-file.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";

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
