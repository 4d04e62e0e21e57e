import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldPages } from "../../../../src/pages/answer/fold.ts";
import { toCsvLine, toDisplayUrl, toTable } from "../../../../src/pages/answer/table.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { type ItemFacts, makePages } from "../../../support/make-snapshot.ts";
import { readCsv } from "../../../support/read-csv.ts";

const tableOf = (...items: ItemFacts[]) => {
  const folds = foldPages(makePages(items));
  const { columns, row } = toTable(folds, "acme.example");
  return { columns, rows: folds.map((_, index) => row(index)) };
};

describe("one line", () => {
  it.each([
    [["id", "rank"], ["p1", 5], "p1,5"],
    [["id", "rank"], ["p1", null], "p1,"],
    [["id", "rank"], ["p1", 0], "p1,0"],
    [["id", "url"], ["p1", "/a,b"], 'p1,"/a,b"'],
    [["id", "url"], ["p1", '/a"b'], 'p1,"/a""b"'],
    [["id", "title"], ["p1", "Plain"], 'p1,"Plain"'],
    [["id", "title"], ["p1", 'Say "hi", now'], 'p1,"Say ""hi"", now"'],
    [["id", "title"], ["p1", null], "p1,"],
  ])("of %j is %j → %s", (columns, row, line) => {
    expect(toCsvLine(columns, row)).toBe(line);
  });
});

describe("the table", () => {
  it("leaves out columns that no row fills, and keeps zeros", () => {
    const { columns, rows } = tableOf({ url: "https://acme.example/a", status: 200, summary: { backlinks: 0 } });
    expect(columns).toEqual(["id", "url", "http", "backlinks"]);
    expect(rows).toEqual([["p1", "/a", 200, 0]]);
  });

  it("tells redirects and variants of a row apart, and where a redirect leads", () => {
    const url = "https://acme.example/";
    const http = (...items: ItemFacts[]) => tableOf(...items).rows.map((row) => row[2]);
    expect(http({ url, status: 200 }, { url: "http://acme.example/", status: 301, location: url })).toEqual([
      "200 +1 redirect",
    ]);
    expect(http({ url, status: 200 }, { url: `${url}#a`, status: 200 }, { url: `${url}#b`, status: 200 })).toEqual([
      "200 +2 variants",
    ]);
    expect(http({ url, status: 301, location: "https://other.example/x" })).toEqual([
      "301 to https://other.example/x (not fetched)",
    ]);
  });

  it("writes the day that the last link was lost, whole and without the clock", () => {
    const { columns, rows } = tableOf({
      url: "https://acme.example/",
      summary: { lost_date: "2026-05-01 12:30:00 +00:00" },
    });
    expect(columns).toEqual(["id", "url", "lost"]);
    expect(rows).toEqual([["p1", "/", "2026-05-01"]]);
  });

  it("writes a range where variants overlap", () => {
    const variant = (url: string, referring_domains: number, backlinks_spam_score: number) => ({
      url,
      status: 200,
      summary: { referring_domains, backlinks_spam_score },
    });
    const { rows } = tableOf(variant("https://acme.example/", 801, 10), variant("http://acme.example/", 137, 10));
    expect(rows).toEqual([["p1", "/", "200 +1 variant", "801-938", 10]]);
  });

  it.each([
    ["https://acme.example/a?b#c", "/a?b"],
    ["https://www.acme.example", "/"],
    ["https://shop.acme.example/a", "shop.acme.example/a"],
    ["https://acme.example:8443/a", "acme.example:8443/a"],
    ["no url", "no url"],
    ["", ""],
  ])("shows %s as %s", (url, shown) => {
    expect(toDisplayUrl(url, "acme.example")).toBe(shown);
  });
});

describe("a hostile title, URL, location or date", () => {
  it("adds no row and no column", () => {
    const text = fc.oneof(hostileText, fc.string({ unit: "binary" }));
    const url = fc.oneof(
      text,
      text.map((rest) => `https://acme.example/${rest}`),
      text.map((host) => `//${host}/`),
    );
    const item = fc.record({
      url,
      status: fc.constantFrom(200, 301, 404),
      location: fc.option(url),
      title: fc.option(text),
      summary: fc.record({ lost_date: fc.option(text), backlinks: fc.nat() }),
    });
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), (items) => {
        const { columns, rows } = tableOf(...items);
        const read = readCsv(rows.map((row) => toCsvLine(columns, row)).join("\n"));
        expect(read).toEqual(rows.map((row) => row.map((cell) => String(cell ?? ""))));
        for (const cell of read.flat()) expect(cell).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 500 },
    );
  });
});
