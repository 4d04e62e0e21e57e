import { expect, it } from "vitest";
import { item, lineOf } from "./find.ts";

const RULE = "links mostly in footer, nav, header or aside (> 50%)";
const find = (...items: unknown[]) => lineOf("links mostly in", items);

it.each([
  ["a footer", { footer: 114, "": 22, nav: 5 }, `${RULE}: 1 page, 150 backlinks; p1 119 of 141, footer 114`],
  [
    "together more than half",
    { nav: 30, aside: 21, header: 20, main: 70 },
    `${RULE}: 1 page, 150 backlinks; p1 71 of 141, nav 30`,
  ],
  ["just not", { nav: 30, aside: 20, header: 20, main: 71 }, undefined],
  ["unknown places count in the whole", { footer: 60, "": 81 }, undefined],
  ["a map cut to its first key", { footer: 80 }, `${RULE}: 1 page, 150 backlinks; p1 80+ of 141, footer 80`],
  ["empty", {}, undefined],
  ["unknown", undefined, undefined],
  ["hostile keys", JSON.parse('{"__proto__": 141, "constructor": 141, "footer\\n- dead": 141}'), undefined],
  ["more than there are", { footer: 100, nav: 42 }, undefined],
])("%s", (_, places, expected) => {
  expect(find(item("/a", { backlinks: 150, pages: 141, places }))).toBe(expected);
});

it("is not read off too few pages, and off those that tell", () => {
  expect(find(item("/a", { backlinks: 30, pages: 19, places: { footer: 19 } }))).toBe(undefined);
  expect(find(item("/a", { backlinks: 30, places: { footer: 190 } }))).toBe(undefined);
  const untold = item("http://acme.example/a", { backlinks: 1, pages: 99 });
  expect(find(item("/a", { backlinks: 30, pages: 20, places: { footer: 20 } }), untold)).toBe(
    `${RULE}: 1 page, 31 backlinks; p1 20 of 20, footer 20`,
  );
});
