import { describe, expect, it } from "vitest";
import { createQueryPages } from "../../../../src/pages/query/query-pages.ts";
import { toQueryView } from "../../../../src/pages/view/snapshot-view.ts";
import type { SnapshotView } from "../../../../src/pages/view/view-data.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";
import { matchHere } from "../../../support/match-here.ts";

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
