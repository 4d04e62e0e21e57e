import { describe, expect, it } from "vitest";
import { type FilterRules, parseFilter } from "../../../../src/lists/filters/parse-filter.ts";
import { compilePageFilter } from "../../../../src/pages/field-readers.ts";
import { classifyStatus, deadKindOf } from "../../../../src/pages/page.ts";
import { PAGE_FIELDS } from "../../../../src/pages/page-fields.ts";
import { caught } from "../../../support/caught.ts";

const RULES: FilterRules = { argument: "filters", fields: PAGE_FIELDS, mapBareNames: true, allowUnknown: false };

const STATUSES = [null, ...Array.from({ length: 1000 }, (_, status) => status)];

const holdFor = (filter: unknown, rules = RULES): (number | null)[] => {
  const { filter: parsed } = parseFilter(filter, rules);
  if (parsed === undefined) throw new Error("no filter");
  const accepts = compilePageFilter(parsed);
  return STATUSES.filter((status) => accepts({ status_code: status }));
};

const is = (word: string) => (status: number | null) =>
  word === "dead" || word === "broken" ? deadKindOf(status) !== null : classifyStatus(status) === word;

describe.each(["live", "redirect", "dead", "broken", "gone", "refused", "trouble"])(
  "a filter by the word %s",
  (word) => {
    it.each(["status", "http", "status_code"])("of %s holds where every other count says so", (field) => {
      for (const rules of [RULES, { ...RULES, isKept: true }]) {
        expect(holdFor([field, "=", word], rules)).toEqual(STATUSES.filter(is(word)));
        // What is unknown meets no condition, not even a negated one.
        expect(holdFor([field, "<>", word.toUpperCase()], rules)).toEqual(
          STATUSES.filter((status) => status !== null && !is(word)(status)),
        );
      }
    });

    it("goes over the wire in numbers, and says so", () => {
      const { filter, notes } = parseFilter(["status", "=", word], RULES);
      expect(JSON.stringify(filter)).not.toContain(word);
      expect(notes).toEqual([expect.stringMatching(new RegExp(`^filters: "${word}" read as \\[.*status_code`))]);
    });
  },
);

describe("several such words", () => {
  it("hold where one of them does, or none", () => {
    const either = (status: number | null) => is("gone")(status) || is("trouble")(status);
    expect(holdFor(["status", "in", ["gone", "trouble"]])).toEqual(STATUSES.filter(either));
    expect(holdFor(["status", "not_in", ["gone", "trouble"]])).toEqual(
      STATUSES.filter((status) => status !== null && !either(status)),
    );
  });

  it("can stand among other conditions", () => {
    expect(holdFor([["status", "=", "dead"], "and", ["status", "<>", "gone"], "and", ["status", "<", 500]])).toEqual(
      STATUSES.filter((status) => is("refused")(status) && (status ?? 0) < 500),
    );
  });
});

describe("what is no such word", () => {
  it.each([[["status", "=", "lost"]], [["status", ">", "dead"]], [["status", "in", ["gone", "nowhere"]]]])(
    "is refused with those there are: %j",
    (filter) => {
      const { message } = caught(() => parseFilter(filter, RULES));
      expect(message).toMatch(/status(?:_code)? is a number, or .* one of live, redirect, dead.*for example \["status/);
    },
  );

  it("is refused where the upstream's own strictness is wanted", () => {
    expect(() => parseFilter(["status_code", "=", "dead"], { ...RULES, mapBareNames: false })).toThrow(/is a number/);
  });

  it("leaves numbers as they are", () => {
    expect(holdFor(["status", "in", ["404", 500]])).toEqual([404, 500]);
  });
});
