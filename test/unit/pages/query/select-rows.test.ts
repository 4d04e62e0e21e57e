import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { selectRows, startRegexClock } from "../../../../src/lists/query/select-rows.ts";
import { foldPages, foldSome, readFolding } from "../../../../src/pages/answer/fold.ts";
import { rollUpSections } from "../../../../src/pages/answer/sections.ts";
import { toTable } from "../../../../src/pages/answer/table.ts";
import { compilePageFilter } from "../../../../src/pages/field-readers.ts";
import { ASKING_PAGES } from "../../../../src/pages/query/asking-pages.ts";
import { renderQueryStructured, renderQueryText } from "../../../../src/pages/query/query-pages.ts";
import { GROUPINGS } from "../../../../src/pages/query/query-schema.ts";
import { anyFilter } from "../../../support/any-filter.ts";
import { caught } from "../../../support/caught.ts";
import { makePages, makeSnapshot } from "../../../support/make-snapshot.ts";
import { sandboxSnapshot } from "../../../support/sandbox-answer.ts";
import { ask, columnOf, handlesOf } from "./ask.ts";

const page = (path: string, status: number | null, backlinks: number | null, more: object = {}) => ({
  url: `https://acme.example${path}`,
  status,
  summary: { backlinks, referring_domains: backlinks, rank: backlinks },
  ...more,
});

describe("select rows", () => {
  const acme = sandboxSnapshot({ target: "acme.example" });

  const small = makeSnapshot({
    items: [
      page("/", 200, 100, { title: "Acme Anvils" }),
      page("/blog/one", 200, 10, { title: "Caf\u00e9 One" }),
      page("/blog/two", 404, 30),
      page("/blogs", 301, 5, { location: "https://acme.example/blog/one" }),
      page("/b%C3%BCcher/x", 200, null),
      { url: "https://shop.acme.example/p/1", status: null, summary: { backlinks: 7 } },
      { url: "https://shop.acme.example/", status: 200, summary: { backlinks: 3 } },
      { url: "no url at all", status: 200, summary: { backlinks: 1 } },
    ],
  });

  describe("the pages of a question", () => {
    it.each<[string, object, string[]]>([
      ["live ones", { status: "live" }, ["p1", "p2", "p5", "p7", "p8"]],
      ["redirects that are rows", { status: "redirect" }, []],
      ["redirects, folded or not", { status: "redirect", fold: false }, ["p4"]],
      ["redirects by their status", { status: "3xx", fold: false }, ["p4"]],
      ["broken ones", { status: "broken" }, ["p3"]],
      ["dead ones", { status: "dead" }, ["p3"]],
      ["those gone", { status: "gone" }, ["p3"]],
      ["those with one status", { status: 404 }, ["p3"]],
      ["those with a status of a hundred", { status: "4xx" }, ["p3"]],
      ["those of unknown status", { status: "unknown" }, ["p6"]],
      ["a section", { section: "/blog" }, ["p2", "p3"]],
      ["the top level", { section: "/" }, ["p1"]],
      ["a subdomain", { section: "shop.acme.example" }, ["p6", "p7"]],
      ["the top level of a subdomain", { section: "shop.acme.example/" }, ["p7"]],
      ["a section of a subdomain", { section: "shop.acme.example/p" }, ["p6"]],
      ["a section named with the target", { section: "acme.example/blog" }, ["p2", "p3"]],
      ["a deeper folder", { section: "/blog/two" }, ["p3"]],
      ["least backlinks", { min_backlinks: 10 }, ["p1", "p2", "p3"]],
      ["least domains", { min_referring_domains: 30 }, ["p1", "p3"]],
      ["words in the title", { text: "caf\u00c9" }, ["p2"]],
      ["words in either", { text: "acme anvils" }, ["p1"]],
      ["words that a URL encodes", { text: "b\u00fccher" }, ["p5"]],
      ["a filter", { filters: ["page", "like", "%/blog/%"] }, ["p2", "p3"]],
      ["all together", { filters: ["page", "like", "%/blog/%"], status: "broken", min_backlinks: 30 }, ["p3"]],
    ])("are %s", (_what, question, expected) => {
      expect(handlesOf(ask(small, question))).toEqual(expected);
    });

    it("are chosen before they are folded, so that a row counts only what matches", () => {
      // The class of a status is one of the row: what leads to a living page is part of it.
      expect(columnOf(ask(small, { section: "/blog", status: "live" }), "backlinks")).toEqual([15]);
      const all = ask(small, {});
      expect([handlesOf(all)[1], columnOf(all, "backlinks")[1]]).toEqual(["p2", 15]);
      expect(columnOf(ask(small, { section: "/blog", filters: ["status_code", "=", 200] }), "backlinks")).toEqual([10]);
    });

    it("have the figures of their rows held against the least of an argument, as the rows show them", () => {
      expect(handlesOf(ask(small, { min_backlinks: 12 }))).toEqual(["p1", "p2", "p3"]);
      expect(columnOf(ask(small, { min_backlinks: 12 }), "backlinks")).toEqual([100, 15, 30]);
      expect(handlesOf(ask(small, { min_backlinks: 12, fold: false }))).toEqual(["p1", "p3"]);
      expect(handlesOf(ask(small, { min_backlinks: 12, filters: ["status_code", "=", 200] }))).toEqual(["p1"]);
      expect(handlesOf(ask(small, { min_referring_domains: 11 }))).toEqual(["p1", "p3"]);
    });

    it("are told where a row leaves out URLs of its page, which is named", () => {
      const inPart = (question: object) =>
        ask(small, question).notes.filter((note) => note.includes("of the same page"));
      expect(inPart({ filters: ["status_code", "=", 200] })).toEqual([
        "1 row leaves out URLs of the same page (redirects, variants) that do not match, and their links: p2",
      ]);
      expect(inPart({ filters: ["backlinks", "=", 5] })).toEqual([
        "1 row leaves out URLs of the same page (redirects, variants) that do not match, and their links: p4 (a URL of page p2)",
      ]);
      for (const whole of [{}, { section: "/blog" }, { status: "live" }, { min_backlinks: 12 }, { text: "blog" }])
        expect(inPart(whole)).toEqual([]);
      expect(inPart({ filters: ["status_code", "=", 200], fold: false })).toEqual([]);
    });

    it("are each a row of its own without folding", () => {
      const answer = ask(small, { fold: false });
      expect(handlesOf(answer)).toEqual(["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"]);
      expect(columnOf(answer, "url")[3]).toBe("https://acme.example/blogs");
    });

    it("are exactly those that a filter accepts, folded", () => {
      fc.assert(
        fc.property(anyFilter("pages"), (filters) => {
          const accepts = compilePageFilter(filters, { listLimit: 10 });
          const expected = foldSome(
            acme.items.filter(({ raw }) => accepts(raw)),
            readFolding(acme.items),
          );
          expect(selectRows(ASKING_PAGES, acme, { filters }, true).rows).toEqual(expected);
          expect(selectRows(ASKING_PAGES, acme, { filters }, false).itemCount).toBe(
            acme.items.filter(({ raw }) => accepts(raw)).length,
          );
        }),
        { numRuns: 300 },
      );
    });

    it("are the same in a section as in the answer's rollup", () => {
      const { rows } = rollUpSections(foldPages(acme.items), "acme.example");
      expect(rows.length).toBeGreaterThan(3);
      const grouped = new Map(ask(acme, { group_by: "section" }).table?.rows.map((row) => [row[0], row.slice(1, 5)]));
      for (const [section, ...figures] of rows) {
        expect(grouped.get(section ?? null)).toEqual(figures);
        const answer = ask(acme, { section });
        expect([answer.rowsMatched, answer.backlinksMatched]).toEqual(figures.slice(0, 2));
      }
    });

    it("are not looked at forever for the sake of a regex", () => {
      let ms = 0;
      const now = () => (ms += 1000);
      const filters = { kind: "condition", field: "page", type: "str", operator: "regex", value: "a" } as const;
      const error = caught(() =>
        selectRows(ASKING_PAGES, small, { filters }, true, { checkTime: startRegexClock(now, "pages") }),
      );
      expect(error).toMatchObject({ kind: "input", facts: { refused: ["filters"] } });
    });
  });

  it("the default columns are those of the answer's table", () => {
    const full = makeSnapshot({
      items: [
        page("/", 200, 5, {
          title: "t",
          summary: {
            rank: 1,
            backlinks: 1,
            referring_domains: 1,
            referring_pages: 1,
            referring_pages_nofollow: 1,
            backlinks_spam_score: 1,
            lost_date: "2026-01-01 00:00:00 +00:00",
          },
        }),
      ],
    });
    expect(toTable(foldPages(full.items), "acme.example").columns).toEqual(ASKING_PAGES.table.columns);
  });
});

describe("order rows", () => {
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
});

describe("group rows", () => {
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

    describe("by month, of which not all are shown,", () => {
      const months = ["2026-01", "2026-02", "2026-03", "2026-04", null];
      const over = makeSnapshot({
        items: months.map((month, at) =>
          page(`/${at}`, 200, 1, { summary: { backlinks: 1, first_seen: month && `${month}-03 00:00:00 +00:00` } }),
        ),
      });
      const shownOf = (more: object) => {
        const answer = ask(over, { group_by: "month_first_seen", ...more });
        return { answer, names: answer.table?.rows.map(([name]) => name) };
      };

      it("are the newest, in order of time, with all others in one row", () => {
        const { answer, names } = shownOf({ limit: 2 });
        expect(names).toEqual(["2026-03", "2026-04", "(3 others)"]);
        expect(renderQueryText(answer)).toContain("5 groups by month_first_seen; the newest, in order of time");
        expect(renderQueryStructured(answer)).toMatchObject({ order_by: "the newest, in order of time" });
        expect(answer.next.map(({ gain }) => gain)).toContain("groups 3 on, of 5, which are older");
        expect(answer.next.map(({ gain }) => gain)).toContain("the pages of 2026-04");
      });

      it("lead on to those before them, and last to those of unknown time", () => {
        const { answer, names } = shownOf({ limit: 2, offset: 2 });
        expect(names).toEqual(["2026-01", "2026-02", "(3 others)"]);
        expect(renderQueryText(answer)).toContain("2 newer groups skipped");
        expect(answer.next.map(({ gain }) => gain)).toContain("the pages of 2026-02");
        expect(shownOf({ offset: 4 }).names).toEqual(["(unknown)", "(4 others)"]);
        expect(shownOf({ offset: 3 }).names).toEqual(["2026-01", "(unknown)", "(3 others)"]);
      });

      it("stand as asked for where an order is", () => {
        expect(shownOf({ limit: 2, order_by: ["month_first_seen,asc"] }).names).toEqual([
          "2026-01",
          "2026-02",
          "(3 others)",
        ]);
      });

      it("are all there, in order of time, where they fit", () => {
        const { answer, names } = shownOf({});
        expect(names).toEqual(["2026-01", "2026-02", "2026-03", "2026-04", "(unknown)"]);
        expect(renderQueryText(answer)).toContain("5 groups by month_first_seen; in order of time");
      });
    });

    it("by section hold, one row a URL, what their own next call finds", () => {
      const both = makeSnapshot({ items: [page("/b", 200, 2), page("/b/", 200, 1), page("/c", 200, 1)] });
      expect(ask(both, { group_by: "section" }).table?.rows.map((row) => row.slice(0, 2))).toEqual([["/", 2]]);
      expect(ask(both, { group_by: "section", fold: false }).table?.rows.map((row) => row.slice(0, 2))).toEqual([
        ["/b", 2],
        ["/", 1],
      ]);
      expect(ask(both, { section: "/b", fold: false }).rowsMatched).toBe(2);
      expect(ask(both, { filters: ["section", "=", "/b"], fold: false }).rowsMatched).toBe(2);
    });

    it.each(["section", "area"])("by %s hold of redirects alone what their own next call finds", (group_by) => {
      const moved = makeSnapshot({
        items: [
          page("/new", 200, 9),
          page("/new/x", 200, 9),
          page("/old", 301, 2, { location: "/new" }),
          page("/old/x", 301, 1, { location: "/new/x" }),
        ],
      });
      const filters = ["status_code", "=", 301];
      expect(ask(moved, { group_by, filters }).table?.rows.map((row) => row.slice(0, 2))).toEqual([["/old", 2]]);
      expect(ask(moved, { section: "/old", filters }).rowsMatched).toBe(2);
      expect(ask(moved, { group_by }).table?.rows.map((row) => row.slice(0, 2))).toEqual([["/new", 2]]);
    });

    it("by list count links, at least where a list was cut or is not told", () => {
      // The list of a is full, so it may have lost org; that of b is not; c has none.
      expect(rowsOf("tld")).toEqual([
        ["com", 2, "9+", 1, 56.3],
        ["net", 1, "3+", 0, 18.8],
        ["org", 1, "2+", 1, 12.5],
        ["de", 1, "1+", 0, 6.3],
      ]);
      const told = { ...snapshot, items: snapshot.items.slice(0, 2) };
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
      url: fc
        .constantFrom("/", "/blog/a", "/blog/b", "/x?y", "/a/b", "//")
        .map((path) => `https://acme.example${path}`),
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
          const kept = listed.items.map(({ raw }) => raw as { page_summary?: { referring_links_tld?: object } });
          const told = kept.flatMap(({ page_summary }) => Object.values(page_summary?.referring_links_tld ?? {}));
          expect(sum(links.map((row) => row[2]))).toBe(sum(told));
        }),
      );
    });
  });
});
