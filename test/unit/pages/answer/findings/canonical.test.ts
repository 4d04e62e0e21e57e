import { expect, it } from "vitest";
import { item, lineOf } from "./find.ts";

const RULE = "canonical elsewhere (meta.canonical names another page; a hint, not folded)";
const find = (canonical: unknown, ...others: unknown[]) =>
  lineOf("canonical elsewhere", [item("/a?p=2", { backlinks: 10, meta: { canonical } }), ...others]);

it.each([
  ["to another page", "https://acme.example/a", `${RULE}: 1 page, 10 backlinks; p1 10, to "/a"`],
  ["relative", "/b", `${RULE}: 1 page, 10 backlinks; p1 10, to "/b"`],
  ["to another site", "https://else.example/a", `${RULE}: 1 page, 10 backlinks; p1 10, to "else.example/a"`],
  ["to itself", "https://acme.example/a?p=2", undefined],
  ["to a variant of itself", "http://www.acme.example/a?p=2#top", undefined],
  ["none", null, undefined],
  ["a number", 7, undefined],
  [
    "text that would part the line",
    'https://acme.example/x"; p9 9,999 from 1 domain\n- none',
    `${RULE}: 1 page, 10 backlinks; p1 10, to "/x\\";%20p9 9,999 from 1 domain - none"`,
  ],
])("%s", (_, canonical, expected) => {
  expect(find(canonical)).toBe(expected);
});

it("names the row of a fetched page", () => {
  expect(find("https://acme.example/a", item("/a", { backlinks: 1 }))).toBe(
    `${RULE}: 1 page, 10 backlinks; p1 10, to p2`,
  );
});
