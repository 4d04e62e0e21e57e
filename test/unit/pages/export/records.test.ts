import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderPagesJsonl } from "../../../../src/pages/export/csv-files.ts";
import { renderPageRecord } from "../../../../src/pages/export/report.ts";
import { createSnapshot, type Snapshot } from "../../../../src/pages/snapshot.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";

/** Characters that break lines, hide text or turn its direction, but for the line feed that is layout. */
const HIDDEN = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

const snapshotOf = (items: unknown[]): Snapshot => {
  const answer = { taskId: "1", version: null, echo: null, target: null, upstreamCostUsd: null, totalCount: 1, items };
  const { request, requestKey, source, fetchedAt, charge } = makeSnapshot();
  return createSnapshot(answer, { request, requestKey, source, fetchedAt, charge });
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
        const text = renderPagesJsonl(snapshotOf(came));
        const lines = text.split("\n");
        expect(lines.pop()).toBe("");
        expect(lines.map((line) => JSON.parse(line))).toEqual(came);
        expect(text).not.toMatch(HIDDEN);
      }),
    );
  });
});
