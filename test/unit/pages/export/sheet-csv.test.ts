import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderPagesCsv, renderRowsCsv } from "../../../../src/pages/export/csv-files.ts";
import { renderRedirectsCsv } from "../../../../src/pages/redirects/redirects-csv.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";
import { readCsv } from "../../../support/read-csv.ts";

/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;

const cellsOf = (csv: string): string[] => readCsv(csv.trimEnd()).slice(1).flat();

describe("a stranger's text in a file for spreadsheets", () => {
  it.each(["=HYPERLINK(A1)", "+1", "-2+3", "@SUM(A1)"])("that begins as %s is a text, and else as it came", (title) => {
    const snapshot = makeSnapshot({ items: [{ url: "https://acme.example/", status: 200, title }] });
    expect(cellsOf(renderPagesCsv(snapshot))).toContain(`'${title}`);
    expect(cellsOf(renderRowsCsv(snapshot))).toContain(`'${title}`);
  });

  it("stays as it came where it is no formula", () => {
    const title = "Anvils = heavy + hot";
    const snapshot = makeSnapshot({ items: [{ url: "https://acme.example/", status: 200, title }] });
    expect(cellsOf(renderPagesCsv(snapshot))).toContain(title);
  });

  it("is never a formula, in any cell of any file, whatever the pages hold", () => {
    const text = fc.oneof(hostileText, fc.constantFrom("=1+1", "+1", "-1", "@a", "\t=1", "\r=1"));
    const item = fc.record({ url: text, location: text, title: text, status: fc.constantFrom(200, 301, 404) });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), (items) => {
        const snapshot = makeSnapshot({ items: items.map((each) => ({ ...each, summary: { backlinks: 5 } })) });
        for (const render of [renderPagesCsv, renderRowsCsv, renderRedirectsCsv]) {
          expect(cellsOf(render(snapshot)).filter((cell) => FORMULA.test(cell))).toEqual([]);
        }
      }),
    );
  });
});
