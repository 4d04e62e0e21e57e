import { describe, expect, it } from "vitest";
import { makeSnapshot } from "../../../support/make-snapshot.ts";
import { ask, columnOf, handlesOf } from "./ask.ts";

const snapshot = makeSnapshot({
  items: [
    {
      url: "https://acme.example/a",
      status: 200,
      title: "b",
      summary: { backlinks: 5, rank: 10, referring_domains: 4 },
    },
    {
      url: "https://acme.example/b",
      status: 404,
      title: "a",
      summary: { backlinks: 9, rank: 20, referring_domains: 9 },
    },
    { url: "https://acme.example/c", status: 200, summary: { rank: 20, lost_date: "2026-01-02 00:00:00 +00:00" } },
    // Folds into p1: 5 + 6 backlinks, 4 to 10 domains, rank 30.
    { url: "http://acme.example/a/", status: 200, summary: { backlinks: 6, rank: 30, referring_domains: 6 } },
  ],
});

describe("the order of rows", () => {
  it.each<[string[], string[]]>([
    [[], ["p4", "p2", "p3"]],
    [["backlinks,desc"], ["p4", "p2", "p3"]],
    [["backlinks,asc"], ["p2", "p4", "p3"]],
    [
      ["rank,desc", "backlinks,desc"],
      ["p4", "p2", "p3"],
    ],
    [["referring_domains,desc"], ["p2", "p4", "p3"]],
    [["title,asc"], ["p2", "p4", "p3"]],
    [
      ["status_code,desc", "rank,asc"],
      ["p2", "p3", "p4"],
    ],
    [["lost_date,desc"], ["p3", "p4", "p2"]],
    [["page_summary.referring_links_tld.de,desc"], ["p4", "p2", "p3"]],
  ])("follows %j, what is unknown last", (order_by, expected) => {
    expect(handlesOf(ask(snapshot, { order_by }))).toEqual(expected);
  });

  it("is by the figures that the rows show", () => {
    const answer = ask(snapshot, { order_by: ["backlinks,desc"], columns: ["backlinks", "ref_domains", "rank"] });
    expect(columnOf(answer, "backlinks")).toEqual([11, 9, null]);
    expect(columnOf(answer, "ref_domains")).toEqual(["6-10", 9, null]);
    expect(columnOf(answer, "rank")).toEqual([30, 20, 20]);
  });
});

describe("asked-for columns", () => {
  it("add up, overlap or are the main page's own", () => {
    const columns = ["page_summary.backlinks", "page_summary.referring_domains", "status_code", "lost_date"];
    const answer = ask(snapshot, { columns });
    expect(answer.table?.columns).toEqual(["id", "url", ...columns]);
    expect(answer.table?.rows).toEqual([
      ["p4", "/a/", 11, "6-10", 200, null],
      ["p2", "/b", 9, 9, 404, null],
      ["p3", "/c", null, null, 200, "2026-01-02"],
    ]);
  });

  it("stay when no row fills them", () => {
    expect(columnOf(ask(snapshot, { columns: ["spam"] }), "spam")).toEqual([null, null, null]);
  });
});
