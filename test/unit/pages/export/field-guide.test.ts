import { describe, expect, it } from "vitest";
import { OPERATORS } from "../../../../src/lists/filters/filter.ts";
import { parseFilter } from "../../../../src/lists/filters/parse-filter.ts";
import { CATALOGUES, type CatalogueName } from "../../../../src/pages/catalogue.ts";
import { FILTER_EXAMPLES, renderFieldGuide } from "../../../../src/pages/export/field-guide.ts";
import { compilePageFilter } from "../../../../src/pages/field-readers.ts";
import { FIELDS } from "../../../../src/pages/page-fields.ts";

const guide = renderFieldGuide();

/** The names that a line of the guide stands for, its braces opened. */
function namesIn(section: string): string[] {
  return [...section.matchAll(/`([^`]+)`/g)].flatMap(([, code = ""]) => {
    const [, stem, inner] = /^([^{]*)\{(.*)\}$/.exec(code) ?? [];
    return inner === undefined ? code.split(", ") : inner.split(", ").map((name) => stem + name);
  });
}

const sectionOf = (heading: string): string => guide.split(`## ${heading}`)[1]?.split("\n\n")[1] ?? "";

describe("the guide to filters", () => {
  it.each([
    ["pages", "Fields of filters and order_by (pages)"],
    ["backlinks", "Fields of backlinks_filters (backlinks)"],
  ] as const)("names every field of the catalogue of %s, each under its type", (catalogue, heading) => {
    const found = sectionOf(heading)
      .split("\n")
      .flatMap((line) => namesIn(line).map((name) => [name, line.slice(2, line.indexOf(":"))]));
    expect(new Map(found as [string, string][])).toEqual(new Map(CATALOGUES[catalogue]));
  });

  it("names the operators of every type", () => {
    for (const [type, operators] of Object.entries(OPERATORS)) {
      if (type === "any") continue;
      expect(guide).toContain(`): ${operators.map((operator) => `\`${operator}\``).join(" ")}`);
      expect(guide).toContain(`- ${type} (`);
    }
  });

  const examples = Object.entries(FILTER_EXAMPLES).flatMap(([catalogue, list]) =>
    list.map(({ filter, finds }) => [finds, filter, catalogue as CatalogueName] as const),
  );

  it.each(examples)(
    "shows an example that passes every check and can be evaluated: %s",
    (_finds, filter, catalogue) => {
      const rules = { argument: "filters", fields: FIELDS[catalogue], mapBareNames: false, allowUnknown: false };
      const parsed = parseFilter(filter, rules);
      expect(parsed.notes).toEqual([]);
      if (parsed.filter === undefined) throw new Error("no filter");
      expect(compilePageFilter(parsed.filter)({})).toBe(false);
      expect(guide).toContain(JSON.stringify(filter));
    },
  );

  it("is small enough to read", () => {
    expect(guide.length).toBeLessThan(10_000);
  });
});
