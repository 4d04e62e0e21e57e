import { expect, it } from "vitest";
import { type Facts, item, lineOf } from "./find.ts";

const RULE = "thin or untitled (HTTP 200 HTML; < 100 words or no title)";
const HTML = { media_type: "text/html" };
const find = (facts: Facts) => lineOf("thin or", [item("/a", { backlinks: 10, title: "A", item: HTML, ...facts })]);

it.each([
  ["few words", { meta: { words_count: 99, title: "A" } }, `${RULE}: 1 page, 10 backlinks; p1 10, 99 words`],
  ["one word", { meta: { words_count: 1, title: "A" } }, `${RULE}: 1 page, 10 backlinks; p1 10, 1 word`],
  ["no word", { meta: { words_count: 0, title: "A" } }, `${RULE}: 1 page, 10 backlinks; p1 10, 0 words`],
  ["enough words", { meta: { words_count: 100, title: "A" } }, undefined],
  ["words unknown", {}, undefined],
  ["words as text", { meta: { words_count: "9", title: "A" } }, undefined],
  ["no title", { title: null }, `${RULE}: 1 page, 10 backlinks; p1 10, no title`],
  ["an empty title", { title: " \n" }, `${RULE}: 1 page, 10 backlinks; p1 10, no title`],
  ["a title of another type", { meta: { title: 7 } }, undefined],
  [
    "both, and domains",
    { title: null, domains: 1, meta: { words_count: 12 } },
    `${RULE}: 1 page, 10 backlinks; p1 10 from 1 domain, 12 words, no title`,
  ],
  ["not found", { status: 404, title: null }, undefined],
  ["no HTML", { title: null, item: { media_type: "application/pdf" } }, undefined],
  ["type unknown", { title: null, item: {} }, undefined],
  [
    "with a charset",
    { title: null, item: { media_type: "text/html; charset=utf-8" } },
    `${RULE}: 1 page, 10 backlinks; p1 10, no title`,
  ],
  ["without links", { title: null, backlinks: 0 }, undefined],
  // Of such a page the upstream counts nothing: its zero words are no figure.
  [
    "zeroed, for it names another page",
    { meta: { words_count: 0, title: "A", canonical: "https://acme.example/b" } },
    undefined,
  ],
  [
    "zeroed, for it names another host",
    { meta: { words_count: 0, title: "A", canonical: "https://www.acme.example/a" } },
    undefined,
  ],
  ["zeroed, by a relative address", { meta: { words_count: 0, title: "A", canonical: "/b" } }, undefined],
  [
    "of no word, and names itself",
    { meta: { words_count: 0, title: "A", canonical: "https://acme.example/a" } },
    `${RULE}: 1 page, 10 backlinks; p1 10, 0 words`,
  ],
  [
    "of few words that were counted, though it names another page",
    { meta: { words_count: 12, title: "A", canonical: "https://acme.example/b" } },
    `${RULE}: 1 page, 10 backlinks; p1 10, 12 words`,
  ],
])("%s", (_, facts, expected) => {
  expect(find(facts)).toBe(expected);
});

it("passes over an item whose meta is unknown", () => {
  const { meta: _, ...bare } = item("/a", { backlinks: 10, item: HTML });
  expect(lineOf("thin or", [bare])).toBe(undefined);
});
