import { expect, it } from "vitest";
import { type Facts, item, lineOf } from "./find.ts";

const RULE = "few domains, many links (> 20 per domain)";
const SITEWIDE = "few domains, many links (> 20 per domain; sitewide: > 50% in footer, nav, header or aside)";
const find = (...items: unknown[]) => lineOf("few domains", items);
const TEMPLATE: Facts = { backlinks: 141, domains: 3, pages: 141, places: { footer: 114, "": 22, nav: 5 } };

it.each([
  ["the real list's", { backlinks: 265, domains: 5 }, `${RULE}: 1 page, 265 backlinks; p1 53 per domain`],
  ["just above", { backlinks: 201, domains: 10 }, `${RULE}: 1 page, 201 backlinks; p1 20.1 per domain`],
  ["at the threshold", { backlinks: 200, domains: 10 }, undefined],
  ["above by less than is printed", { backlinks: 2001, domains: 100 }, undefined],
  ["domains unknown", { backlinks: 265 }, undefined],
  ["no domain", { backlinks: 265, domains: 0 }, undefined],
  ["backlinks unknown", { backlinks: null, domains: 1 }, undefined],
  ["thousands", { backlinks: 90_000, domains: 3 }, `${RULE}: 1 page, 90,000 backlinks; p1 30,000 per domain`],
  ["in a template", TEMPLATE, `${SITEWIDE}: 1 page, 141 backlinks; p1 47 per domain, sitewide`],
  ["places unknown", { ...TEMPLATE, places: null }, `${RULE}: 1 page, 141 backlinks; p1 47 per domain`],
  [
    "half in a template",
    { ...TEMPLATE, pages: 140, places: { footer: 70 } },
    `${RULE}: 1 page, 141 backlinks; p1 47 per domain`,
  ],
  ["spread over many domains in a template", { ...TEMPLATE, domains: 100 }, undefined],
])("%s", (_, facts, expected) => {
  expect(find(item("/a", facts))).toBe(expected);
});

it("counts at least, where variants may share domains or hide links", () => {
  const with2 = (more: Facts) => find(item("/a", { backlinks: 300, domains: 5 }), item("http://acme.example/a", more));
  expect(with2({ backlinks: 30, domains: 5 })).toBe(`${RULE}: 1 page, 330 backlinks; p1 33+ per domain`);
  expect(with2({ backlinks: 0, domains: 0 })).toBe(`${RULE}: 1 page, 300 backlinks; p1 60 per domain`);
  expect(with2({ backlinks: 30, domains: 95 })).toBe(undefined);
  expect(with2({ backlinks: 30 })).toBe(undefined);
  expect(with2({ backlinks: null, domains: 0 })).toBe(`${RULE}: 1 page, 300 backlinks; p1 60+ per domain`);
});
