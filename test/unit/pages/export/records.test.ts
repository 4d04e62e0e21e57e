import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderJsonLines } from "../../../../src/lists/export-lines.ts";
import { createSnapshot } from "../../../../src/lists/snapshot.ts";
import { cutPart, MAX_READ_BYTES, type Part, toPieces } from "../../../../src/mcp/read-part.ts";
import { DOMAIN_PAGES, type PagesSnapshot } from "../../../../src/pages/domain-pages.ts";
import { renderPageRecord } from "../../../../src/pages/export/report.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";

/** Characters that break lines, hide text or turn its direction, but for the line feed that is layout. */
const HIDDEN = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

const snapshotOf = (items: unknown[]): PagesSnapshot => {
  const answer = { taskId: "1", version: null, echo: null, target: null, upstreamCostUsd: null, totalCount: 1, items };
  const { request, requestKey, source, fetchedAt, charge } = makeSnapshot();
  return createSnapshot(DOMAIN_PAGES, answer, { request, requestKey, source, fetchedAt, charge });
};
const anyItem = fc.dictionary(hostileText, fc.oneof(hostileText, fc.jsonValue({ maxDepth: 3 })), { maxKeys: 5 });

describe("the record of one page", () => {
  it("holds everything that came, laid out to be read", () => {
    const snapshot = snapshotOf([{ page: "https://acme.example/", meta: { h1: ["A", "B"], empty: {}, none: [] } }]);
    expect(renderPageRecord(snapshot, "p1")).toBe(
      [
        "{",
        `  "snapshot_id": "${snapshot.id}",`,
        '  "id": "p1",',
        '  "item": {',
        '    "page": "https://acme.example/",',
        '    "meta": {',
        '      "h1": [',
        '        "A",',
        '        "B"',
        "      ],",
        '      "empty": {},',
        '      "none": []',
        "    }",
        "  }",
        "}",
        "",
      ].join("\n"),
    );
  });

  it("names the page in whose row it is shown", () => {
    const items = [
      { url: "https://acme.example/", status: 200 },
      { url: "http://acme.example/", status: 301, location: "https://acme.example/" },
    ];
    const snapshot = makeSnapshot({ items });
    expect(JSON.parse(renderPageRecord(snapshot, "p2") ?? "")).toMatchObject({ id: "p2", folded_into: "p1" });
    expect(JSON.parse(renderPageRecord(snapshot, "p1") ?? "")).not.toHaveProperty("folded_into");
  });

  it.each(["p2", "p0", "", "P1", "__proto__"])("is not there for the handle %j", (handle) => {
    expect(renderPageRecord(makeSnapshot({ items: [{ url: "https://acme.example/" }] }), handle)).toBeUndefined();
  });

  it("means the same as what came and hides nothing, whatever that was", () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        const came = JSON.parse(JSON.stringify(item));
        const text = renderPageRecord(snapshotOf([came]), "p1") ?? "";
        expect(JSON.parse(text).item).toEqual(came);
        expect(text).not.toMatch(HIDDEN);
      }),
    );
  });
});

describe("all pages as JSON lines", () => {
  it("are one line an item, in order, and nothing for none", () => {
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 5 }), (items) => {
        const came = JSON.parse(JSON.stringify(items));
        const text = renderJsonLines(snapshotOf(came));
        const lines = text.split("\n");
        expect(lines.pop()).toBe("");
        expect(lines.map((line) => JSON.parse(line))).toEqual(came);
        expect(text).not.toMatch(HIDDEN);
      }),
    );
  });
});

describe("part", () => {
  it.each<[string, string, number, number, Partial<Part>]>([
    ["is the whole text where that fits", "a\nb\n", 0, 4, { text: "a\nb\n", lines: 2, of: 2, next: null }],
    ["ends before the line that does not fit", "aa\nbb\ncc\n", 0, 7, { text: "aa\nbb\n", next: 2 }],
    ["begins at the offset", "aa\nbb\ncc\n", 1, 99, { text: "bb\ncc\n", offset: 1, lines: 2, of: 3, next: null }],
    ["is empty behind the end", "aa\n", 7, 99, { text: "", offset: 1, lines: 0, next: null }],
    ["is empty for an empty text", "", 0, 99, { text: "", lines: 0, of: 0, next: null }],
    ["counts bytes, not letters", "ää\nb\n", 0, 5, { text: "ää\n", next: 1 }],
    [
      "leaves out and names a line that no part can hold",
      "a\nbbbbbb\nc\n",
      0,
      4,
      { text: "a\nc\n", tooLong: [2], next: null },
    ],
    ["takes a last line that is not closed", "a\nb", 1, 4, { text: "b", lines: 1, of: 2 }],
  ])("a part %s", (_what, text, offset, maxBytes, expected) => {
    expect(cutPart(text, offset, maxBytes)).toMatchObject(expected);
  });

  it("makes no other lines than those of the part, and the first that has no place in it", () => {
    const made: number[] = [];
    const at = (index: number) => {
      made.push(index);
      return `${"x".repeat(index === 3 ? 99 : 3)}\n`;
    };
    expect(cutPart({ count: 1000, at }, 2, 10)).toMatchObject({ lines: 2, of: 1000, tooLong: [4], next: 5 });
    expect(made).toEqual([2, 3, 4, 5]);
  });

  it.each([
    ["short lines", "a\n\nb", 3],
    ["nothing", "", 0],
    ["one line of letters that take four bytes", "😀".repeat(200_000), 4],
    ["a long line before another", `${"ä".repeat(60_001)}\nb\n`, 3],
  ])("pieces of %s are the text, and none is too long for a read", (_what, text, count) => {
    const pieces = toPieces(text);
    const all = Array.from({ length: pieces.count }, (_, index) => pieces.at(index));
    expect(all).toHaveLength(count);
    expect(all.join("")).toBe(text);
    for (const piece of all) expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(MAX_READ_BYTES);
  });

  it("gives the text back when all parts are put together, none longer than allowed", () => {
    fc.assert(
      fc.property(fc.array(hostileText), fc.integer({ min: 200, max: 400 }), (lines, maxBytes) => {
        // A lone surrogate has no bytes of its own.
        const text = lines
          .map(
            (line) =>
              `${Array.from(line.replace(/\p{Cs}/gu, ""))
                .slice(0, 40)
                .join("")}\n`,
          )
          .join("");
        const parts: string[] = [];
        let offset: number | null = 0;
        while (offset !== null) {
          const part: Part = cutPart(text, offset, maxBytes);
          expect(Buffer.byteLength(part.text)).toBeLessThanOrEqual(maxBytes);
          parts.push(part.text);
          offset = part.next;
        }
        expect(parts.join("")).toBe(text);
      }),
    );
  });
});
