import { expect, it } from "vitest";
import { buildAnswer } from "../../../../src/pages/answer/answer.ts";
import { renderStructured, renderText } from "../../../../src/pages/answer/render-answer.ts";
import { SNAPSHOT_FILES } from "../../../../src/pages/export/snapshot-files.ts";
import { renderQueryText } from "../../../../src/pages/query/render-query.ts";
import { type ItemFacts, makeSnapshot } from "../../../support/make-snapshot.ts";
import { ask, columnOf, handlesOf } from "../query/ask.ts";

const page = (url: string, domains: number, status = 200): ItemFacts => ({
  url,
  status,
  title: null,
  summary: { backlinks: 10 * domains, referring_domains: domains },
});

/** As many spellings of one page, of which each is linked from so many domains. */
const spellings = (path: string, count: number, domains: number, status = 200): ItemFacts[] =>
  Array.from({ length: count }, (_, at) => page(`https://acme.example${path}?utm_source=${at}`, domains, status));

const WIDE = spellings("/wide", 5, 329);
const NARROW = spellings("/narrow", 3, 40);
const snapshot = makeSnapshot({
  items: [...WIDE, ...NARROW, page("https://acme.example/one", 100), ...spellings("/gone", 4, 7, 404)],
});

it("tells a range that is too wide to mean anything by its lower bound, in both forms, in findings too", () => {
  const answer = buildAnswer(snapshot, { maxTokens: 5000, surface: "mcp" });
  const domains = answer.columns.indexOf("ref_domains");
  expect(answer.rows.map((row) => row[domains])).toEqual(["329+", "40-120", 100, "7+"]);
  expect(renderText(answer)).toContain("280 from 7+ domains");
  expect(`${renderText(answer)}${JSON.stringify(renderStructured(answer))}`).not.toMatch(/329-1,?645|7-28/);
});

it("tells a section and a group likewise, and sorts rows and groups by the lower bound all the same", () => {
  const items = [
    ...Array.from({ length: 30 }, (_, at) => page(`https://acme.example/many/${at}`, 50)),
    ...Array.from({ length: 4 }, (_, at) => page(`https://acme.example/few/${at}`, 90)),
    page("https://acme.example/one/a", 60),
    page("https://acme.example/small/a", 2),
  ];
  const sections = makeSnapshot({ items });
  const grouped = (direction: string) => {
    const answer = ask(sections, { group_by: "section", order_by: [`ref_domains,${direction}`] });
    return [columnOf(answer, "section"), columnOf(answer, "ref_domains")];
  };
  expect(grouped("desc")).toEqual([
    ["/few", "/one", "/many", "/small"],
    ["90+", 60, "50+", 2],
  ]);
  expect(grouped("asc")[0]).toEqual(["/small", "/many", "/one", "/few"]);
  expect(renderText(buildAnswer(sections, { maxTokens: 5000, surface: "mcp" }))).toContain("\n/many,30,15000,50+,0");
  expect(handlesOf(ask(snapshot, { order_by: ["ref_domains,desc"] }))).toEqual(["p1", "p9", "p6", "p10"]);
  expect(renderQueryText(ask(snapshot, { columns: ["referring_domains"] }))).toContain("329+");
});

it("keeps both bounds in the file that leaves nothing out", async () => {
  const csv = await SNAPSHOT_FILES["rows.csv"].render(snapshot);
  expect(csv).toContain(",329-1645,");
});
