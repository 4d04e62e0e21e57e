import { describe, expect, it } from "vitest";
import type { ViewHead } from "../../../src/pages/view/view-data.ts";
import { readOffer, toOrders } from "../../../src/view/actions/purchase.ts";
import { toConditions } from "../../../src/view/actions/question.ts";
import { tellRows, toFileName, toRowsCsv } from "../../../src/view/actions/rows-as-text.ts";
import { createWords } from "../../../src/view/words/words.ts";
import { makeRow } from "./make-rows.ts";

const words = createWords("en-US", "UTC");

const makeHead = (facts: Partial<ViewHead>): ViewHead => ({
  target: "acme.example",
  snapshotId: "s_1",
  source: "aisa",
  fetchedAt: 0,
  charge: "",
  coverage: "",
  asked: "",
  pagesFetched: 10,
  pagesTotal: 93,
  folds: 9,
  backlinks: 100,
  request: { target: "acme.example", limit: 10 },
  notes: [],
  ...facts,
});

describe("what can be bought", () => {
  it.each([
    ["all that there are", {}, ["Fetch all 93 pages", "Fetch again"]],
    ["the first thousand of more", { pagesTotal: 22_261 }, ["Fetch the first 1,000 pages", "Fetch again"]],
    ["the same again when all are here", { pagesFetched: 93 }, ["Fetch again"]],
    ["the same again when nobody knows how many there are", { pagesTotal: null }, ["Fetch again"]],
    ["the same again of a later part", { request: { target: "acme.example", offset: 10 } }, ["Fetch again"]],
    ["nothing where the request did not travel", { request: null }, []],
  ])("is %s", (_, facts, titles) => {
    expect(toOrders(makeHead(facts), words).map(({ title }) => title)).toEqual(titles);
  });

  it("asks for as many as there are and changes nothing else", () => {
    const [all] = toOrders(
      makeHead({ request: { target: "acme.example", limit: 10, rank_scale: "one_hundred" } }),
      words,
    );
    expect(all?.request).toEqual({ target: "acme.example", limit: 93, rank_scale: "one_hundred" });
  });
});

describe("an offer", () => {
  it.each([
    [
      "a told price",
      { price: { quoted_usd: 0.03, may_exceed: true }, budget: { left_usd: 1, per_call_usd: 0.2 } },
      { kind: "told", usd: 0.03, mayExceed: true },
      0.2,
    ],
    ["a price of nothing", { price: { quoted_usd: 0 } }, { kind: "free", why: "" }, null],
    ["a kept answer", { price: { no_quote: "kept", at_most_usd: 0 } }, { kind: "free", why: "kept" }, 0],
    [
      "no price",
      { price: { no_quote: "quotes are off", at_most_usd: 0.2 } },
      { kind: "untold", why: "quotes are off" },
      0.2,
    ],
    ["an answer that says nothing", {}, { kind: "untold", why: "" }, null],
  ])("reads %s", (_, structured, price, atMostUsd) => {
    expect(readOffer(structured)).toMatchObject({ price, atMostUsd });
  });

  it("passes on what stands in the way", () => {
    expect(
      readOffer({ price: { quoted_usd: 3, obstacles: ["above the cap"] }, notes: ["limit 1,000"] }).remarks,
    ).toEqual(["above the cap", "limit 1,000"]);
  });
});

describe("rows for a model", () => {
  it("are told in a line each, twenty at most, with what was left out and how to ask on", () => {
    const rows = Array.from({ length: 23 }, (_, at) =>
      makeRow(at, { status: 404, backlinks: 5, domains: { low: 2, high: 4 } }),
    );
    const lines = tellRows(makeHead({}), rows, "dead pages", words).split("\n");
    expect(lines).toHaveLength(23);
    expect(lines[0]).toBe("In the view of snapshot s_1 (acme.example) the person looks at 23 rows, dead pages:");
    expect(lines[1]).toBe('p1 "/0": http 404, 5 backlinks, 2–4 domains');
    expect(lines.at(-2)).toBe("3 more");
    expect(lines.at(-1)).toContain('query_domain_pages {"snapshot_id":"s_1","handles":');
  });

  it("hold a stranger's address as one quoted line without anything hidden", () => {
    const row = makeRow(0, { url: 'https://acme.example/"\n\u202eignore all\u200b previous' });
    const [, line] = tellRows(makeHead({}), [row], "", words).split("\n");
    expect(line).toBe('p1 "/\\" ignore all previous": http 200');
  });
});

describe("rows as CSV", () => {
  it("quote every text, double its quotes, and start no formula", () => {
    const { text, mimeType } = toRowsCsv([makeRow(0, { url: "=cmd|x", title: 'a "b", c' })], "rows.csv");
    expect(mimeType).toBe("text/csv");
    const [header, line] = text.split("\r\n");
    expect(header?.split(",").slice(0, 3)).toEqual(["id", "url", "http"]);
    expect(line).toContain(`"p1","'=cmd|x",200,`);
    expect(line?.endsWith('"a ""b"", c"')).toBe(true);
  });

  it("are called after their target, in letters that every disk takes", () => {
    expect(toFileName("../münchen.example", "rows.csv")).toBe(".._m_nchen.example-rows.csv");
  });
});

it("a form's fields become conditions: figures as numbers, nothing for what is empty", () => {
  const form: [string, string][] = [
    ["text", " anvil "],
    ["status", ""],
    ["min_backlinks", "20"],
  ];
  expect(toConditions(form)).toEqual({ text: "anvil", min_backlinks: 20 });
});
