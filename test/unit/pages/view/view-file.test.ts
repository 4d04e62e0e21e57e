import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillPage, toComparisonFile, toSnapshotFile } from "../../../../src/pages/view/view-file.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";
import { sandboxSnapshot } from "../../../support/sandbox-answer.ts";

const PAGE = '<!doctype html><script type="application/json" id="view-file">null</script><script>go()</script>';
const MARKUP = /[<>&\u2028\u2029]/;

/** What stands in the page's element, as a browser reads it. */
function dataIn(html: string): string {
  const [, rest = ""] = html.split('<script type="application/json" id="view-file">');
  return rest.slice(0, rest.toLowerCase().indexOf("</script"));
}

describe("a file for people", () => {
  it("holds every row, and every page's record in words", () => {
    const snapshot = sandboxSnapshot({ target: "acme.example" });
    const { view, records } = toSnapshotFile(snapshot);
    if (view.kind !== "snapshot") throw new Error("not a snapshot's view");
    expect(view.rows.cells).toHaveLength(view.rows.total);
    expect(Object.keys(records)).toEqual(snapshot.pages.map(({ handle }) => handle));
    expect(records["p2"]?.url).toBe(snapshot.pages[1]?.url);
    expect(records["p2"]?.fields.map(({ name }) => name)).toContain("status_code");
  });

  it("has no records of a comparison", () => {
    const snapshot = makeSnapshot({ items: [{ url: "https://acme.example/" }] });
    expect(toComparisonFile(snapshot, snapshot)).toMatchObject({ view: { kind: "comparison" }, records: {} });
  });

  it("stands in the page as data that cannot become markup, whatever pages hold", () => {
    const bad = fc.oneof(
      hostileText,
      fc.constantFrom("</script><script>x()</script>", "<!--<script>", "$& $` $1", "&lt;"),
    );
    fc.assert(
      fc.property(bad, bad, (title, path) => {
        const items = [{ url: `https://acme.example/${path}`, title, status: 200, summary: { backlinks: 3 } }];
        const file = toSnapshotFile(makeSnapshot({ items }));
        const html = fillPage(PAGE, file);
        const data = dataIn(html);
        expect(data).not.toMatch(MARKUP);
        expect(JSON.parse(data)).toEqual(JSON.parse(JSON.stringify(file)));
        expect(html.replace(data, "null")).toBe(PAGE);
      }),
      { numRuns: 80 },
    );
  });

  it.each(["<html></html>", PAGE + PAGE])("is refused by a page without exactly one place for it", (html) => {
    expect(() => fillPage(html, toSnapshotFile(makeSnapshot()))).toThrow(/exactly one place/);
  });
});
