import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Condition, OPERATORS, parseTime, toUpstreamTime } from "../../../../src/lists/filters/filter.ts";
import { type FilterRules, parseFilter } from "../../../../src/lists/filters/parse-filter.ts";
import { CATALOGUES } from "../../../../src/pages/catalogue.ts";
import { compilePageFilter } from "../../../../src/pages/field-readers.ts";
import { classifyStatus, deadKindOf } from "../../../../src/pages/page.ts";
import { BACKLINK_FIELDS, FIELDS as FIELDS_OF, PAGE_FIELDS } from "../../../../src/pages/page-fields.ts";
import { caught } from "../../../support/caught.ts";

describe("parse value", () => {
  const RULES: FilterRules = { argument: "filters", fields: PAGE_FIELDS, mapBareNames: true, allowUnknown: true };

  const parse = (written: unknown, rules = RULES) => parseFilter(written, rules);
  const readValue = (written: unknown, rules = RULES) => (parse(written, rules).filter as Condition).value;
  const refusal = (written: unknown, rules = RULES): string => caught(() => parse(written, rules)).message;

  /** One field of each type, and a value it does not take. */
  const FIELDS = [
    ["num", "pages", "status_code", "many"],
    ["str", "pages", "page", 5],
    ["time", "pages", "first_visited", "yesterday"],
    ["array.str", "pages", "meta.h1", 5],
    ["bool", "backlinks", "dofollow", "perhaps"],
    ["array.num", "backlinks", "indirect_link_path.status_code", "x"],
    ["any", "pages", "new_field", null],
  ] as const;

  const EVERY_OPERATOR = [...new Set(Object.values(OPERATORS).flat())];

  describe.each(FIELDS)("a %s field (%s: %s)", (type, catalogue, field, wrong) => {
    const rules: FilterRules = { ...RULES, fields: FIELDS_OF[catalogue] };

    it.each(EVERY_OPERATOR.map((operator) => [operator, OPERATORS[type].includes(operator)] as const))(
      "with %s: taken %s, and every refusal ends in an example that parses",
      (operator, isTaken) => {
        const message = refusal([field, operator, wrong === null ? null : { odd: wrong }], rules);
        if (!isTaken) {
          expect(message).toBe(
            `filters: operator "${operator.replaceAll('"', '\\"')}" does not fit; ${field} (${type}) takes ${OPERATORS[type].join(" ")}`,
          );
          return;
        }
        const example: unknown = JSON.parse(/; for example (\[.*\])$/.exec(message)?.[1] ?? "null");
        expect(parse(example, rules).filter).toMatchObject({ field, operator });
      },
    );

    it("refuses a value of another type", () => {
      expect(refusal([field, "=", wrong], rules)).toMatch(/^filters: .*got /);
    });
  });

  it.each([
    ["==", "="],
    ["!=", "<>"],
    ["gt", ">"],
    ["gte", ">="],
    ["=>", ">="],
    ["lt", "<"],
    ["lte", "<="],
    ["=<", "<="],
    ["NE", "<>"],
  ])("operator %s is read as %s", (written, operator) => {
    expect(parse(["status_code", written, 1]).filter).toMatchObject({ operator });
  });

  it.each(["between", "", "constructor", "__proto__", ">>", "has"])(
    "operator %j is refused for a number, and those that fit are named",
    (operator) => {
      expect(refusal(["status_code", operator, 1])).toMatch(
        /does not fit; status_code \(num\) takes = <> < <= > >= in not_in$/,
      );
    },
  );

  it.each([null, 5, ["="]])("operator %j is no operator", (operator) => {
    expect(refusal(["status_code", operator, 1])).toMatch(/^filters: the operator must be in quotes, got /);
  });

  describe("a list", () => {
    it("is taken by in and not_in, as an array or a JSON string of one", () => {
      expect(readValue(["status_code", "in", [404, "410"]])).toEqual([404, 410]);
      expect(readValue(["page", "not in", '["a","b"]'])).toEqual(["a", "b"]);
    });

    it.each([[404], ["404"], [[]], [{}], [null]])("is not %j", (value) => {
      expect(refusal(["status_code", "in", value])).toMatch(
        /^filters: in takes an array of 1 to 1000 values, got .*; for example \["status_code","in",\[10\]\]$/,
      );
    });

    it("has at most 1000 values", () => {
      expect(readValue(["status_code", "in", Array(1000).fill(1)])).toHaveLength(1000);
      expect(refusal(["status_code", "in", Array(1001).fill(1)])).toMatch(/got an array of 1001/);
    });

    it("is refused where one value belongs, and in is named", () => {
      expect(refusal(["status_code", "=", [404, 410]])).toMatch(
        /^filters: "=" takes one value, got an array of 2; use "in" for a list/,
      );
    });
  });

  describe("a number", () => {
    it.each([
      [5, 5],
      ["5", 5],
      [" -2.5 ", -2.5],
      [0, 0],
    ])("%j is read as %d", (written, read) => {
      expect(readValue(["size", ">", written])).toBe(read);
    });

    it.each(["", "1e3", "0x10", "5 pages", true, null, Number.NaN, Number.POSITIVE_INFINITY])(
      "is not %j",
      (written) => {
        expect(refusal(["size", ">", written])).toMatch(/^filters: size is a number, got /);
      },
    );
  });

  describe("a boolean", () => {
    const rules: FilterRules = { ...RULES, fields: BACKLINK_FIELDS };

    it.each([
      [true, true],
      ["true", true],
      [" False ", false],
    ])("%j is read as %j", (written, read) => {
      expect(readValue(["dofollow", "=", written], rules)).toBe(read);
    });

    it.each([1, "yes", "", null])("is not %j", (written) => {
      expect(refusal(["dofollow", "=", written], rules)).toMatch(/^filters: dofollow is true or false, got /);
    });
  });

  it("brings a time to the upstream's form and says so", () => {
    const { filter, notes } = parse(["first_visited", ">", "2026-01-31"]);
    expect(filter).toMatchObject({ value: "2026-01-31 00:00:00 +00:00" });
    expect(notes).toEqual(['filters: time "2026-01-31" read as "2026-01-31 00:00:00 +00:00"']);
    expect(parse(["first_visited", ">", "2026-01-31 00:00:00 +00:00"]).notes).toEqual([]);
  });

  describe("a pattern", () => {
    it.each(["like", "not_like", "ilike", "not_ilike"])(
      "of %s without a wildcard is warned of, with the form that finds it anywhere",
      (operator) => {
        expect(parse(["page", operator, "blog"]).notes).toEqual([
          `filters: ${operator} "blog" has no %, so it compares whole values; "%blog%" finds it anywhere`,
        ]);
        expect(parse(["page", operator, "%blog"]).notes).toEqual([]);
      },
    );

    it.each(["match", "not_match"])("of %s holds a word", (operator) => {
      expect(readValue(["meta.title", operator, "日本 seo"])).toBe("日本 seo");
      expect(refusal(["meta.title", operator, "?!"])).toMatch(/looks for words, got "\?!" holds none/);
    });

    it.each(["^https?://[^/]+/blog/", "(?i)seo", "\\p{L}+", "a{1,1000}", "🙂".repeat(1000)])(
      "may be the regex %s",
      (pattern) => {
        expect(readValue(["page", "regex", pattern])).toBe(pattern);
      },
    );

    it.each(["(", "a{2,1}", "(?=x)", "(?<!x)y", "(a)\\1", "[z-a]"])("may not be the regex %s", (pattern) => {
      expect(refusal(["page", "not_regex", pattern])).toMatch(
        /is not a valid RE2 expression \(no look-around, no back-references\)/,
      );
    });

    it.each([
      ["[\\p{L}\\p{N}]{1,1000}".repeat(45), 45_000],
      ["((a{100}){100}){100}", 1_000_000],
      ["(?:\\pL\\p{Greek}[^]{9}]){900}", 2700],
    ])("may not grow by its counts as %s does", (pattern, copies) => {
      expect(refusal(["page", "regex", pattern])).toMatch(
        new RegExp(`multiply this regex to ${copies} parts, at most 2000 are allowed`),
      );
    });

    it.each(["(a|b){500}[c-e]{500}", "\\{9999}", "[{9999}]{2}", "x{,9999}", "\\Q(((\\E{501}x", "(((((a+)+)+)+)+){9}"])(
      "may have the counts of %s",
      (pattern) => {
        expect(readValue(["page", "regex", pattern])).toBe(pattern);
      },
    );

    it("may have 1000 characters as a regex, counted as a reader counts", () => {
      expect(refusal(["page", "regex", "🙂".repeat(1001)])).toMatch(
        /a regex may have 1000 characters, this one has 1001/,
      );
    });
  });

  it("bounds a text", () => {
    expect(refusal(["page", "=", "x".repeat(10_001)])).toMatch(/may have 10000 characters, this one has 10001/);
  });

  it("knows a type for every field of the catalogues", () => {
    const types = new Set(Object.values(CATALOGUES).flatMap((catalogue) => [...catalogue.values()]));
    for (const type of types) expect(OPERATORS[type].length).toBeGreaterThan(1);
  });
});

describe("time value", () => {
  describe("a time", () => {
    it.each([
      ["2026-01-31 12:30:05 +00:00", "2026-01-31T12:30:05Z"],
      ["2026-01-31 12-30-05 +00:00", "2026-01-31T12:30:05Z"],
      ["2026-01-31 12:30:05 +02:00", "2026-01-31T10:30:05Z"],
      ["2026-01-31 12:30:05 -0530", "2026-01-31T18:00:05Z"],
      ["2026-01-31T12:30:05Z", "2026-01-31T12:30:05Z"],
      ["2026-01-31T12:30:05.123Z", "2026-01-31T12:30:05Z"],
      ["2026-01-31T12:30-05:00", "2026-01-31T17:30:00Z"],
      ["2026-01-31 12:30", "2026-01-31T12:30:00Z"],
      ["2026-01-31", "2026-01-31T00:00:00Z"],
      [" 2026-01-31 ", "2026-01-31T00:00:00Z"],
      ["2024-02-29", "2024-02-29T00:00:00Z"],
    ])("written as %s is read as %s", (written, iso) => {
      expect(parseTime(written)).toBe(Date.parse(iso));
    });

    it.each([
      "",
      "yesterday",
      "31.01.2026",
      "2026-1-31",
      "2026-02-30",
      "2026-02-31 00:00:00 +00:00",
      "2025-02-29",
      "2026-13-01",
      "2026-01-31 25:00:00",
      "2026-01-31 12:60",
      "2026-01-31 12:30:05 +99:00",
      "2026-01-31 12:30:05 CET",
      "0000-01-01 00:00 +14:00",
      "9999-12-31 23:59 -12:00",
      "+012026-01-31",
      "1769817600",
    ])("is not %j", (written) => {
      expect(parseTime(written)).toBeUndefined();
    });
  });

  it("comes back to the second from the upstream's form", () => {
    const seconds = fc.integer({ min: Date.parse("0000-01-01") / 1000, max: Date.parse("9999-12-31") / 1000 });
    fc.assert(
      fc.property(seconds, (second) => {
        expect(parseTime(toUpstreamTime(second * 1000))).toBe(second * 1000);
      }),
    );
  });

  it("is refused or has an upstream form that reads the same, whatever the text", () => {
    const digits = (count: number) => fc.stringMatching(new RegExp(`^\\d{${count}}$`));
    const shaped = fc
      .tuple(
        digits(4),
        digits(2),
        digits(2),
        fc.constantFrom("", " 12:30", "T24:00:00", " 12-30-05"),
        fc.constantFrom("", "Z", " -12:00", "+1400"),
      )
      .map(([year, month, day, clock, zone]) => `${year}-${month}-${day}${clock}${clock && zone}`);
    fc.assert(
      fc.property(fc.oneof(shaped, fc.string()), (text) => {
        const epochMs = parseTime(text);
        const again = epochMs === undefined ? undefined : parseTime(toUpstreamTime(epochMs));
        expect(again).toBe(epochMs);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("status words", () => {
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
        expect(message).toMatch(
          /status(?:_code)? is a number, or .* one of live, redirect, dead.*for example \["status/,
        );
      },
    );

    it("is refused where the upstream's own strictness is wanted", () => {
      expect(() => parseFilter(["status_code", "=", "dead"], { ...RULES, mapBareNames: false })).toThrow(/is a number/);
    });

    it("leaves numbers as they are", () => {
      expect(holdFor(["status", "in", ["404", 500]])).toEqual([404, 500]);
    });
  });
});

it("is the same in the upstream's own form as in every other one, real or not", () => {
  const two = (most: number) => fc.integer({ min: 0, max: most }).map((figure) => String(figure).padStart(2, "0"));
  const year = fc.integer({ min: 0, max: 9999 }).map((figure) => String(figure).padStart(4, "0"));
  fc.assert(
    fc.property(year, two(13), two(32), two(25), two(61), two(61), (yyyy, month, day, hour, minute, second) => {
      const [date, clock] = [`${yyyy}-${month}-${day}`, `${hour}:${minute}:${second}`];
      expect(parseTime(`${date} ${clock} +00:00`)).toBe(parseTime(`${date}T${clock}Z`));
    }),
    { numRuns: 1000 },
  );
});
