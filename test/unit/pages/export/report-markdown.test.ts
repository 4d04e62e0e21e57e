import fc from "fast-check";
import { expect, it } from "vitest";
import { renderReportMarkdown } from "../../../../src/pages/export/report.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";

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
