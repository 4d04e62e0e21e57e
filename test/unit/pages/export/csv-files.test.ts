import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toSheetCsv } from "../../../../src/lists/export-lines.ts";
import { renderPagesCsv, renderRowsCsv } from "../../../../src/pages/export/csv-files.ts";
import { SNAPSHOT_FILE_NAMES, SNAPSHOT_FILES } from "../../../../src/pages/export/snapshot-files.ts";
import { toRowsCsv } from "../../../../src/view/actions/rows-as-text.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";
import { readCsv } from "../../../support/read-csv.ts";
import { makeRow } from "../../view/make-rows.ts";

describe("pages csv", () => {
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
    const noUrl = { url: null, location: null, title: null, summary: { lost_date: null } };
    const unseen = { ...noUrl, url: "\u200b" };
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), (items) => {
        const rows = readCsv(renderPagesCsv(makeSnapshot({ items })).trimEnd());
        // The very same URL twice is one page, also where nobody can see it; items without any are pages each.
        const pages = items.filter(({ url }, at) => !url || items.findIndex((each) => each.url === url) === at);
        expect(rows.map((row) => row.length)).toEqual(Array(pages.length + 1).fill(13));
        expect(rows.slice(1).map(([handle]) => handle)).toEqual(pages.map((_, index) => `p${index + 1}`));
      }),
      { examples: [[[unseen, unseen]], [[unseen, { ...unseen, url: "\u200b\u200b" }]], [[noUrl, noUrl]]] },
    );
  });
});

describe("rows csv", () => {
  const variant = (url: string, figures: [number, number, number, number | null], more: object = {}) => {
    const [backlinks, referring_pages, referring_ips, referring_subnets] = figures;
    return { url, status: 200, summary: { backlinks, referring_pages, referring_ips, referring_subnets }, ...more };
  };

  it("holds every row with its sums, its ranges and the handles folded into it", () => {
    const snapshot = makeSnapshot({
      items: [
        variant("https://acme.example/", [20, 18, 9, 8]),
        variant("http://acme.example/", [5, 4, 3, 2], { status: 301, location: "https://acme.example/" }),
        variant("https://acme.example/?utm_source=x", [1, 1, 1, 1]),
        variant("https://acme.example/b", [7, 6, 5, 4], { title: "B, or not" }),
      ],
    });
    expect(renderRowsCsv(snapshot)).toBe(
      [
        "id,url,http,backlinks,title,ref_pages,ref_ips,ref_subnets,folded",
        "p1,/,200 +1 redirect +1 variant,26,,23,9-13,8-11,p2 p3",
        'p4,/b,200,7,"B, or not",6,5,4,',
        "",
      ].join("\n"),
    );
  });

  it("marks a figure that one of the variants does not tell", () => {
    const snapshot = makeSnapshot({
      items: [
        variant("https://acme.example/", [20, 18, 9, 8]),
        { url: "http://acme.example/", status: 200, summary: { backlinks: 3, referring_ips: 2 } },
      ],
    });
    expect(renderRowsCsv(snapshot)).toContain("p1,/,200 +1 variant,23,18+,9-11,8+,p2");
  });

  it("is a header line alone for an empty snapshot", () => {
    expect(renderRowsCsv(makeSnapshot())).toBe("id,url,ref_pages,ref_ips,ref_subnets,folded\n");
  });
});

/** What a spreadsheet takes for the beginning of a formula, blanks before it or not. */
const FORMULA = /^\s*[=+\-@＝＋－＠﹦﹢﹣﹫]/;

/**
 * The cells as a spreadsheet sees them that parts lists otherwise than by commas: quotes count where a cell begins with
 * them, and anywhere else they are text.
 */
function splitAt(separator: string, text: string): string[] {
  const cells: string[] = [];
  let [cell, isQuoted, isFirst] = ["", false, true];
  for (let at = 0; at < text.length; at += 1) {
    const mark = text.charAt(at);
    if (isQuoted && mark === '"' && text.charAt(at + 1) === '"') {
      cell += mark;
      at += 1;
    } else if (isQuoted) {
      if (mark === '"') isQuoted = false;
      else cell += mark;
    } else if (mark === separator || mark === "\n" || mark === "\r") {
      cells.push(cell);
      [cell, isFirst] = ["", true];
      continue;
    } else if (mark === '"' && isFirst) isQuoted = true;
    else cell += mark;
    isFirst = false;
  }
  return [...cells, cell];
}

const SIGNS = ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠a"];

const cellsOf = (csv: string): string[] => readCsv(csv.trimEnd()).slice(1).flat();

describe("a stranger's text in a file for spreadsheets", () => {
  it.each(["=HYPERLINK(A1)", "+1", "-2+3", "@SUM(A1)"])("that begins as %s is a text, and else as it came", (title) => {
    const snapshot = makeSnapshot({ items: [{ url: "https://acme.example/", status: 200, title }] });
    expect(cellsOf(renderPagesCsv(snapshot))).toContain(`'${title}`);
    expect(cellsOf(renderRowsCsv(snapshot))).toContain(`'${title}`);
  });

  it.each([
    ["anvils;=1+1", "anvils;'=1+1"],
    ['anvils;"=1+1"', 'anvils;\'"=1+1"'],
    ["anvils; @a;+b", "anvils;' @a;'+b"],
    ["＝1+1", "'＝1+1"],
    ["a;＠SUM(1)", "a;'＠SUM(1)"],
    ["  －1", "'－1"],
    ["﹦1", "'﹦1"],
    ["a;﹢1", "a;'﹢1"],
    ["﹣1", "'﹣1"],
    ["﹫a", "'﹫a"],
    ['"=1"', '\'"=1"'],
  ])("that reads %s could become a formula elsewhere, and is a text as %s", (title, told) => {
    const snapshot = makeSnapshot({ items: [{ url: "https://acme.example/", status: 200, title }] });
    expect(cellsOf(renderPagesCsv(snapshot))).toContain(told);
    expect(cellsOf(renderRowsCsv(snapshot))).toContain(told);
  });

  it("keeps its tabs and line breaks inside quotes, with no formula behind them", () => {
    const text = toSheetCsv(
      ["id", "words"],
      [
        ["p1", "a\t=1"],
        ["p2", "b\r\n+2\n@x"],
        ["p3", "\r=1"],
      ],
    );
    expect(text).toBe(`id,words\np1,"a\t'=1"\np2,"b\r'\n'+2\n'@x"\np3,"'\r'=1"\n`);
  });

  it.each(["Anvils = heavy + hot", "Anvils; hot - and heavy", "a_b-c@d"])(
    "stays %s where it is no formula",
    (title) => {
      const snapshot = makeSnapshot({ items: [{ url: "https://acme.example/", status: 200, title }] });
      expect(cellsOf(renderPagesCsv(snapshot))).toContain(title);
    },
  );

  it("is never a formula, in any cell of any file, whatever the pages hold", async () => {
    const text = fc.oneof(
      hostileText,
      fc.constantFrom(...SIGNS),
      fc
        .array(
          fc.oneof(fc.constantFrom(";", '"', "'", ",", " ", "\t", "\r", "\n", ...SIGNS), fc.string({ maxLength: 2 })),
        )
        .map((all) => all.join("")),
    );
    const item = fc.record({ url: text, location: text, title: text, status: fc.constantFrom(200, 301, 404) });
    const files = SNAPSHOT_FILE_NAMES.filter((name) => SNAPSHOT_FILES[name].mimeType === "text/csv");
    expect(files).toContain("redirects.csv");
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 6 }), async (items) => {
        const snapshot = makeSnapshot({ items: items.map((each) => ({ ...each, summary: { backlinks: 5 } })) });
        for (const name of files) {
          const csv = await SNAPSHOT_FILES[name].render(snapshot);
          expect(cellsOf(csv).filter((cell) => FORMULA.test(cell))).toEqual([]);
          for (const separator of [",", ";", "\t"]) {
            expect(splitAt(separator, csv).filter((cell) => FORMULA.test(cell) && !/^-?[\d.]+$/.test(cell))).toEqual(
              [],
            );
          }
        }
      }),
    );
  });

  it("is none in the file that the view writes by itself either", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(";", '"', " ", "\t", "\n", "a", ...SIGNS)).map((all) => all.join("")),
        (title) => {
          const { text } = toRowsCsv([makeRow(0, { title })], "rows.csv");
          for (const separator of [",", ";", "\t"]) {
            expect(splitAt(separator, text).filter((cell) => FORMULA.test(cell))).toEqual([]);
          }
        },
      ),
    );
  });
});
