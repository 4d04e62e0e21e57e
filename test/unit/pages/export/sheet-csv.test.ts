import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderPagesCsv, renderRowsCsv, toSheetCsv } from "../../../../src/pages/export/csv-files.ts";
import { SNAPSHOT_FILE_NAMES, SNAPSHOT_FILES } from "../../../../src/pages/export/snapshot-files.ts";
import { toRowsCsv } from "../../../../src/view/actions/rows-as-text.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";
import { readCsv } from "../../../support/read-csv.ts";
import { makeRow } from "../../view/make-rows.ts";

/** What a spreadsheet takes for the beginning of a formula, blanks before it or not. */
const FORMULA = /^\s*[=+\-@＝＋－＠]/;

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
