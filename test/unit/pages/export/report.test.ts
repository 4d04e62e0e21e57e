import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderSnapshotList } from "../../../../src/lists/export-lines.ts";
import { OPERATORS } from "../../../../src/lists/filters/filter.ts";
import { parseFilter } from "../../../../src/lists/filters/parse-filter.ts";
import type { SnapshotInfo } from "../../../../src/lists/snapshot.ts";
import { CATALOGUES, type CatalogueName } from "../../../../src/pages/catalogue.ts";
import { FILTER_EXAMPLES, renderFieldGuide } from "../../../../src/pages/export/field-guide.ts";
import { renderReportMarkdown } from "../../../../src/pages/export/report.ts";
import { compilePageFilter } from "../../../../src/pages/field-readers.ts";
import { FIELDS } from "../../../../src/pages/page-fields.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";
import { readCsv } from "../../../support/read-csv.ts";

const guide = renderFieldGuide();

/** The names that a line of the guide stands for, its braces opened. */
function namesIn(section: string): string[] {
  return [...section.matchAll(/`([^`]+)`/g)].flatMap(([, code = ""]) => {
    const [, stem, inner] = /^([^{]*)\{(.*)\}$/.exec(code) ?? [];
    return inner === undefined ? code.split(", ") : inner.split(", ").map((name) => stem + name);
  });
}

const sectionOf = (heading: string): string => guide.split(`## ${heading}`)[1]?.split("\n\n")[1] ?? "";

describe("the guide to filters", () => {
  it.each([
    ["pages", "Fields of filters and order_by (pages)"],
    ["backlinks", "Fields of backlinks_filters (backlinks)"],
  ] as const)("names every field of the catalogue of %s, each under its type", (catalogue, heading) => {
    const found = sectionOf(heading)
      .split("\n")
      .flatMap((line) => namesIn(line).map((name) => [name, line.slice(2, line.indexOf(":"))]));
    expect(new Map(found as [string, string][])).toEqual(new Map(CATALOGUES[catalogue]));
  });

  it("names the operators of every type", () => {
    for (const [type, operators] of Object.entries(OPERATORS)) {
      if (type === "any") continue;
      expect(guide).toContain(`): ${operators.map((operator) => `\`${operator}\``).join(" ")}`);
      expect(guide).toContain(`- ${type} (`);
    }
  });

  const examples = Object.entries(FILTER_EXAMPLES).flatMap(([catalogue, list]) =>
    list.map(({ filter, finds }) => [finds, filter, catalogue as CatalogueName] as const),
  );

  it.each(examples)(
    "shows an example that passes every check and can be evaluated: %s",
    (_finds, filter, catalogue) => {
      const rules = { argument: "filters", fields: FIELDS[catalogue], mapBareNames: false, allowUnknown: false };
      const parsed = parseFilter(filter, rules);
      expect(parsed.notes).toEqual([]);
      if (parsed.filter === undefined) throw new Error("no filter");
      expect(compilePageFilter(parsed.filter)({})).toBe(false);
      expect(guide).toContain(JSON.stringify(filter));
    },
  );

  it("is small enough to read", () => {
    expect(guide.length).toBeLessThan(10_000);
  });
});

describe("report markdown", () => {
  it("is a report with findings and the whole table", () => {
    const items = [
      {
        url: "https://acme.example/",
        status: 200,
        title: "Acme | Anvils",
        summary: { backlinks: 12, referring_domains: 3 },
      },
      { url: "https://acme.example/old_page", status: 404, summary: { backlinks: 7, referring_domains: 2 } },
    ];
    expect(renderReportMarkdown(makeSnapshot({ items }))).toBe(
      [
        "# Pages with backlinks: acme.example",
        "acme.example: 2 of 2 URLs fetched; by rank; live backlinks, subdomains included",
        `snapshot s\\_${makeSnapshot({ items }).id.slice(2)} of 2026-07-08 14:46 UTC; charged \\$0.012; upstream cost \\$0.02436`,
        "coverage: the rows hold all 19 backlinks fetched",
        "## Findings",
        "- **dead pages with links, gone (http 404, 410)**: 1 page, 7 backlinks\n  - p2 7 from 2 domains",
        "## Pages",
        [
          "| id | url | http | backlinks | ref\\_domains | title |",
          "| --- | --- | --: | --: | --: | --- |",
          "| p1 | / | 200 | 12 | 3 | Acme \\| Anvils |",
          "| p2 | /old\\_page | 404 | 7 | 2 |  |",
          "",
        ].join("\n"),
      ].join("\n\n"),
    );
  });

  it("says that there are no pages, without a table", () => {
    const text = renderReportMarkdown(makeSnapshot());
    expect(text).toContain("acme.example: no pages found");
    expect(text).not.toContain("|");
  });

  it("leaves no mark of Markdown or HTML to a stranger, nor a line", () => {
    const item = fc.record({
      url: fc.oneof(
        hostileText,
        hostileText.map((rest) => `https://acme.example/${rest}`),
      ),
      status: fc.constantFrom(200, 404),
      title: fc.oneof(
        hostileText,
        fc.constantFrom("<script>", "![x](http://evil.example/)", "`a` | **b** &lt; [c]", "# d"),
      ),
      summary: fc.record({ backlinks: fc.nat(9) }),
    });
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), (items) => {
        const lines = renderReportMarkdown(makeSnapshot({ items })).split("\n");
        const rows = lines.filter((line) => /^\| p\d/.test(line));
        const head = lines.find((line) => line.startsWith("| id")) ?? "";
        for (const row of rows) {
          const unescaped = row.replace(/\\[!-~]/g, "");
          expect(unescaped.match(/\|/g)).toHaveLength(head.match(/\|/g)?.length ?? 0);
          expect(unescaped).not.toMatch(/[\\`*_[\]<#!~&$@]/);
        }
        const known =
          /^(?:# Pages|## (?:Findings|Sections|Pages)$|acme\.example: |snapshot |coverage: |note: |Percentages |\||- \*\*| {2}- |$)/;
        expect(lines.filter((line) => !known.test(line))).toEqual([]);
      }),
    );
  });
});

describe("snapshot list", () => {
  const infoOf = (facts: Parameters<typeof makeSnapshot>[0], more: Partial<SnapshotInfo> = {}): SnapshotInfo => {
    const { items: pages, ...rest } = makeSnapshot(facts);
    return { ...rest, id: "s_00000001", itemCount: pages.length, ...more };
  };

  it("tells of every snapshot what one is chosen by", () => {
    const infos = [
      infoOf({ items: [{}], totalCount: 9, request: { limit: 1 } }),
      infoOf({ charge: { kind: "not_reported" }, totalCount: null }),
      infoOf({ charge: { kind: "none" }, source: "import" }, { fetchedAt: null }),
    ];
    expect(renderSnapshotList(infos)).toBe(
      [
        "snapshot_id,target,fetched_at,urls,urls_total,source,charge_usd,request",
        's_00000001,acme.example,2026-07-08T14:46:00.000Z,1,9,aisa,0.012,"{""target"":""acme.example"",""limit"":1}"',
        's_00000001,acme.example,2026-07-08T14:46:00.000Z,0,,aisa,not reported,"{""target"":""acme.example""}"',
        's_00000001,acme.example,,0,0,import,,"{""target"":""acme.example""}"',
        "",
      ].join("\n"),
    );
  });

  it("keeps to one short line a snapshot, however long the request", () => {
    const text = renderSnapshotList([infoOf({ request: { tag: `a\nb"\u202e${"x".repeat(10_000)}` } })]);
    const [, row] = readCsv(text.trimEnd());
    expect(row).toHaveLength(8);
    expect(row?.[7]).toMatch(/^\{"target":"acme.example","tag":"a\\nb\\"\\u202ex+…$/);
    expect(text.length).toBeLessThan(600);
  });
});
