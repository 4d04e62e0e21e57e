import { expect, it } from "vitest";
import { type Facts, item, lineOf } from "./find.ts";

const RULE = "high spam score (> 60)";
const find = (...facts: Facts[]) =>
  lineOf(
    "high spam",
    facts.map((each, index) => item(index === 0 ? "/a" : `http://acme.example/a`, { backlinks: 10, ...each })),
  );

it.each([
  ["above", [{ spam: 61 }], `${RULE}: 1 page, 10 backlinks; p1 spam score 61`],
  ["at the threshold", [{ spam: 60 }], undefined],
  ["unknown", [{}], undefined],
  ["without links", [{ spam: 99, backlinks: 0 }], undefined],
  ["a spammy variant with few links", [{ spam: 10, backlinks: 90 }, { spam: 90 }], undefined],
  [
    "a spammy variant with most links",
    [{ spam: 10 }, { spam: 90, backlinks: 90 }],
    `${RULE}: 1 page, 100 backlinks; p2 spam score 82`,
  ],
  ["a variant whose score is unknown", [{ spam: 70 }, {}], `${RULE}: 1 page, 20 backlinks; p1 spam score 70`],
  [
    "a mean just above, rounded down to the threshold",
    [
      { spam: 60, backlinks: 5 },
      { spam: 61, backlinks: 5 },
    ],
    undefined,
  ],
])("%s", (_, facts, expected) => {
  expect(find(...facts)).toBe(expected);
});
