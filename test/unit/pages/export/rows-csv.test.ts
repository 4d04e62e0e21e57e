import { expect, it } from "vitest";
import { renderRowsCsv } from "../../../../src/pages/export/csv-files.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";

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
