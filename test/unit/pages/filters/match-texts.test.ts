import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Filter } from "../../../../src/lists/filters/filter.ts";
import {
  collectTexts,
  type MatchTexts,
  settleTexts,
  type TextsByPattern,
  withoutRegexes,
} from "../../../../src/lists/filters/match-texts.ts";
import { compilePageFilter } from "../../../../src/pages/field-readers.ts";
import { anyFilter } from "../../../support/any-filter.ts";
import { matchHere } from "../../../support/match-here.ts";
import { sandboxSnapshot } from "../../../support/sandbox-answer.ts";

const items = sandboxSnapshot({ target: "acme.example" }).pages.map(({ raw }) => raw);

const regex = (value: string, operator: "regex" | "not_regex" = "regex"): Filter => ({
  kind: "condition",
  field: "page",
  type: "str",
  operator,
  value,
});
const blog: Filter = { kind: "condition", field: "page", type: "str", operator: "like", value: "%/blog%" };
const group = (join: "and" | "or", ...members: Filter[]): Filter => ({ kind: "group", join, members });

async function settle(filter: Filter, matchTexts: MatchTexts = matchHere) {
  const rest = withoutRegexes(filter);
  const texts: TextsByPattern = new Map();
  collectTexts(filter, rest === undefined ? items : items.filter(compilePageFilter(rest)), undefined, texts);
  const settled = await settleTexts(texts, matchTexts);
  if (typeof settled === "string") throw new Error(settled);
  return { texts, compileRegex: settled };
}

describe("expressions that were settled elsewhere", () => {
  it("choose what they would have chosen here, whatever stands beside them", async () => {
    await fc.assert(
      fc.asyncProperty(anyFilter("pages"), fc.constantFrom("and", "or"), fc.boolean(), async (other, join, negated) => {
        const filter = group(join, other, group("or", regex("/b?log|9$", negated ? "not_regex" : "regex"), blog));
        const { compileRegex } = await settle(filter);
        expect(items.filter(compilePageFilter(filter, undefined, compileRegex))).toEqual(
          items.filter(compilePageFilter(filter)),
        );
      }),
      { numRuns: 150 },
    );
  });

  it("are put only to what the other conditions leave", async () => {
    const { texts } = await settle(group("and", blog, regex("a")));
    const left = items.filter(compilePageFilter(blog)).map((item) => item["page"]);
    expect(left.length).toBeLessThan(items.length);
    expect([...(texts.get("a") ?? [])]).toEqual(left);
  });

  it("are put to everything where another condition may save what they refuse", async () => {
    const { texts } = await settle(group("or", blog, regex("a")));
    expect(texts.get("a")?.size).toBe(items.length);
  });

  it("trouble nobody where there is no text to look at", async () => {
    const never: MatchTexts = async () => "too_slow";
    const none: Filter = { ...blog, value: "%/no-such-place%" } as Filter;
    await expect(settle(group("and", none, regex("a")), never)).resolves.toBeDefined();
    await expect(settle(regex("a"), never)).rejects.toThrow("too_slow");
  });
});
