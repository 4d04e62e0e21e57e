import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldPages, foldSome, readFolding } from "../../../../src/pages/answer/fold.ts";
import { rollUpSections } from "../../../../src/pages/answer/sections.ts";
import { toTable } from "../../../../src/pages/answer/table.ts";
import { compilePageFilter } from "../../../../src/pages/field-readers.ts";
import { DEFAULT_COLUMNS } from "../../../../src/pages/query/parse-query.ts";
import { selectRows, startRegexClock } from "../../../../src/pages/query/select-rows.ts";
import { anyFilter } from "../../../support/any-filter.ts";
import { caught } from "../../../support/caught.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";
import { sandboxSnapshot } from "../../../support/sandbox-answer.ts";
import { ask, columnOf, handlesOf } from "./ask.ts";

const acme = sandboxSnapshot({ target: "acme.example" });

const page = (path: string, status: number | null, backlinks: number | null, more: object = {}) => ({
  url: `https://acme.example${path}`,
  status,
  summary: { backlinks, referring_domains: backlinks, rank: backlinks },
  ...more,
});

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
    const inPart = (question: object) => ask(small, question).notes.filter((note) => note.includes("of the same page"));
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
          acme.pages.filter(({ raw }) => accepts(raw)),
          readFolding(acme.pages),
        );
        expect(selectRows(acme, { filters }, true).rows).toEqual(expected);
        expect(selectRows(acme, { filters }, false).urls).toBe(acme.pages.filter(({ raw }) => accepts(raw)).length);
      }),
      { numRuns: 300 },
    );
  });

  it("are the same in a section as in the answer's rollup", () => {
    const { rows } = rollUpSections(foldPages(acme.pages), "acme.example");
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
    const error = caught(() => selectRows(small, { filters }, true, { checkTime: startRegexClock(now) }));
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
  expect(toTable(foldPages(full.pages), "acme.example").columns).toEqual(DEFAULT_COLUMNS);
});
