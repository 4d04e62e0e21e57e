import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldPages } from "../../../../src/pages/answer/fold.ts";
import { GROUPINGS } from "../../../../src/pages/query/query-schema.ts";
import { makePages, makeSnapshot } from "../../../support/make-snapshot.ts";
import { sandboxSnapshot } from "../../../support/sandbox-answer.ts";
import { ask } from "./ask.ts";

const acme = sandboxSnapshot({ target: "acme.example" });

const snapshot = makeSnapshot({
  request: { internal_list_limit: 3 },
  items: [
    {
      url: "https://acme.example/a",
      status: 200,
      summary: {
        backlinks: 10,
        referring_domains: 4,
        referring_pages: 10,
        first_seen: "2026-02-03 00:00:00 +00:00",
        referring_links_tld: { com: 5, net: 3, de: 1 },
        referring_links_semantic_locations: { "": 6, article: 4 },
      },
    },
    {
      url: "https://acme.example/b",
      status: 404,
      summary: {
        backlinks: 6,
        referring_domains: 3,
        referring_pages: 6,
        first_seen: "2026-01-03 00:00:00 +00:00",
        referring_links_tld: { com: 4, org: 2 },
      },
    },
    { url: "https://shop.acme.example/c", status: null, summary: { referring_domains: 2 } },
  ],
});

const rowsOf = (group_by: string, more: object = {}) => ask(snapshot, { group_by, ...more }).table?.rows;

describe("groups", () => {
  it("by status count pages, backlinks, domains and dead pages", () => {
    expect(rowsOf("status")).toEqual([
      ["200 live", 1, 10, 4, 0, 62.5],
      ["404 gone", 1, 6, 3, 1, 37.5],
      ["(unknown)", 1, null, 2, null, null],
    ]);
  });

  it("by subdomain and month", () => {
    expect(rowsOf("subdomain")?.map(([name]) => name)).toEqual(["acme.example", "shop.acme.example"]);
    expect(rowsOf("month_first_seen")?.map(([name]) => name)).toEqual(["2026-01", "2026-02", "(unknown)"]);
  });

  it("by list count links, at least where a list was cut or is not told", () => {
    // The list of a is full, so it may have lost org; that of b is not; c has none.
    expect(rowsOf("tld")).toEqual([
      ["com", 2, "9+", 1, 56.3],
      ["net", 1, "3+", 0, 18.8],
      ["org", 1, "2+", 1, 12.5],
      ["de", 1, "1+", 0, 6.3],
    ]);
    const told = { ...snapshot, pages: snapshot.pages.slice(0, 2) };
    expect(ask(told, { group_by: "tld" }).table?.rows.map((row) => row[2])).toEqual([9, 3, "2+", 1]);
    expect(ask(told, { group_by: "tld" }).notes.join()).toContain("+ means at least");
  });

  it("by list are exact where a full list comes to all referring pages", () => {
    const item = (tlds: object) => ({
      url: `https://acme.example/${Object.keys(tlds).join("-")}`,
      summary: { referring_pages: 9, referring_links_tld: tlds },
    });
    const whole = makeSnapshot({
      request: { internal_list_limit: 3 },
      items: [item({ com: 5, net: 3, de: 1 }), item({ com: 9 })],
    });
    expect(ask(whole, { group_by: "tld" }).table?.rows.map((row) => row[2])).toEqual([14, 3, 1]);
  });

  it("name the empty key of a list", () => {
    expect(rowsOf("semantic_location")?.[0]?.[0]).toBe("(none)");
  });

  it("without a row are counted and summed in one", () => {
    expect(rowsOf("status", { limit: 1 })).toEqual([
      ["200 live", 1, 10, 4, 0, 62.5],
      ["(2 others)", 2, "6+", "3-5", 1, 37.5],
    ]);
    expect(rowsOf("status", { limit: 1, offset: 1 })?.map(([name]) => name)).toEqual(["404 gone", "(2 others)"]);
  });

  it.each(GROUPINGS)("by %s hold every row and lead on to calls that are understood", (group_by) => {
    const answer = ask(acme, { group_by });
    expect(answer.table?.rows.length).toBeGreaterThan(0);
    for (const { call } of answer.next.filter(({ cost }) => cost === "free")) {
      const next = ask(acme, JSON.parse(call.slice(call.indexOf("{"))));
      expect(next.rowsMatched).toBe(answer.table?.rows[0]?.[1]);
    }
  });

  const figure = fc.option(fc.nat(500));
  const item = fc.record({
    url: fc.constantFrom("/", "/blog/a", "/blog/b", "/x?y", "/a/b", "//").map((path) => `https://acme.example${path}`),
    status: fc.constantFrom(200, 301, 404, null),
    backlinks: figure,
    tlds: fc.option(fc.dictionary(fc.constantFrom("com", "net", "de"), fc.integer({ min: 1, max: 50 }))),
  });

  it("add up to what the rows hold", () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 12 }), fc.nat(4), (items, limit) => {
        const facts = items.map(({ backlinks, tlds, ...more }) => ({
          ...more,
          summary: { backlinks, referring_links_tld: tlds },
        }));
        const folds = foldPages(makePages(facts));
        const listed = makeSnapshot({ items: facts });
        const sum = (rows: readonly unknown[]) =>
          rows.reduce((total: number, cell) => total + (Number.parseInt(String(cell), 10) || 0), 0);
        for (const group_by of ["section", "status", "subdomain"]) {
          const rows = ask(listed, { group_by, limit: limit + 1 }).table?.rows ?? [];
          expect(sum(rows.map((row) => row[1]))).toBe(folds.length);
          expect(sum(rows.map((row) => row[2]))).toBe(sum(folds.map(({ backlinks }) => backlinks)));
        }
        const links = ask(listed, { group_by: "tld", limit: limit + 1 }).table?.rows ?? [];
        // A URL that comes twice is one page, with the links of one of its items.
        const kept = listed.pages.map(({ raw }) => raw as { page_summary?: { referring_links_tld?: object } });
        const told = kept.flatMap(({ page_summary }) => Object.values(page_summary?.referring_links_tld ?? {}));
        expect(sum(links.map((row) => row[2]))).toBe(sum(told));
      }),
    );
  });
});
