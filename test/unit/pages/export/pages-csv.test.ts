import fc from "fast-check";
import { expect, it } from "vitest";
import { renderPagesCsv } from "../../../../src/pages/export/csv-files.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";
import { readCsv } from "../../../support/read-csv.ts";

const HEADER =
  "id,url,status_code,location,folded_into,rank,backlinks,referring_domains,referring_pages,referring_pages_nofollow," +
  "backlinks_spam_score,lost_date,title";

it("writes every page under a header, unfolded, unknown values empty", () => {
  const items = [
    {
      url: "https://acme.example/",
      status: 200,
      title: 'Say "hi"',
      summary: { rank: 5, backlinks: 0, referring_domains: 2 },
    },
    {
      url: "http://acme.example/",
      status: 301,
      location: "https://acme.example/",
      summary: { lost_date: "2026-05-01 00:00:00 +00:00" },
    },
  ];
  expect(renderPagesCsv(makeSnapshot({ items }))).toBe(
    [
      HEADER,
      'p1,https://acme.example/,200,,,5,0,2,,,,,"Say ""hi"""',
      "p2,http://acme.example/,301,https://acme.example/,p1,,,,,,,2026-05-01 00:00:00 +00:00,",
      "",
    ].join("\n"),
  );
});

it("names the page in whose row each other one is shown", () => {
  const items = [
    { url: "https://acme.example/old", status: 301, location: "/new?utm_source=old" },
    { url: "https://acme.example/", status: 200 },
    { url: "https://acme.example/new/", status: 200 },
    { url: "https://acme.example/?ref=list", status: 200 },
  ];
  const [header = [], ...rows] = readCsv(renderPagesCsv(makeSnapshot({ items })).trimEnd());
  const column = header.indexOf("folded_into");
  expect(rows.map((row) => [row[0], row[column]])).toEqual([
    ["p1", "p3"],
    ["p2", ""],
    ["p3", ""],
    ["p4", "p2"],
  ]);
});

it("writes the header alone for no pages", () => {
  expect(renderPagesCsv(makeSnapshot())).toBe(`${HEADER}\n`);
});

it("has one line a page and thirteen cells a line, whatever the pages hold", () => {
  const text = fc.option(hostileText);
  const item = fc.record({ url: text, location: text, title: text, summary: fc.record({ lost_date: text }) });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 6 }), (items) => {
      const rows = readCsv(renderPagesCsv(makeSnapshot({ items })).trimEnd());
      expect(rows.map((row) => row.length)).toEqual(Array(items.length + 1).fill(13));
      expect(rows.slice(1).map(([handle]) => handle)).toEqual(items.map((_, index) => `p${index + 1}`));
    }),
  );
});
