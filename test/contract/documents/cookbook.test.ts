import { describe, expect, it } from "vitest";
import { findRefusal } from "../../../scripts/docs/cookbook/mistakes.ts";
import type { Recipe } from "../../../scripts/docs/cookbook/recipe.ts";
import { createRecipeRunner } from "../../../scripts/docs/cookbook/run-recipes.ts";
import { listBlocks, readDocument, readSection } from "../../support/markdown.ts";

const PAGE = readDocument("docs/filters.md");

/** What a reader would copy, with the tool that is named above it. */
const EXAMPLES = listBlocks(readSection(PAGE, "## Recipes"))
  .filter(({ language }) => language === "json")
  .map(({ text, lead }) => {
    const [, question = "", tool = ""] = /\*\*([^*]+)\*\* `(\w+)`\s*$/.exec(lead) ?? [];
    return { question, tool: tool as Recipe["tool"], args: JSON.parse(text) as Record<string, unknown> };
  });

const MISTAKES = listBlocks(readSection(PAGE, "## Mistakes, and what you read then"));

const run = createRecipeRunner();

describe("the filter cookbook", () => {
  it("has each of its questions once, and arguments under every one", () => {
    const questions = EXAMPLES.map(({ question }) => question);
    expect(questions.length).toBeGreaterThanOrEqual(25);
    expect(questions).not.toContain("");
    expect(new Set(questions).size).toBe(questions.length);
  });

  it.each(EXAMPLES)("answers $question with pages, and not with all of them for a filter", async ({ tool, args }) => {
    const { pages, pagesOfAll, rows } = await run({ tool, args });
    expect(rows.length).toBeGreaterThan(0);
    expect(pages).toBeGreaterThan(0);
    if (args["filters"] !== undefined) expect(pages).toBeLessThan(pagesOfAll);
  });

  it.each(EXAMPLES.filter(({ args }) => args["backlinks_filters"] !== undefined))(
    "counts fewer backlinks for $question than there are",
    async ({ tool, args }) => {
      const { backlinks_filters: _counted, ...rest } = args;
      const [some, all] = [await run({ tool, args }), await run({ tool, args: rest })];
      expect(some.backlinks).toBeGreaterThan(0);
      expect(some.backlinks).toBeLessThan(all.backlinks);
    },
  );

  it("quotes for each mistake what somebody who makes it reads", async () => {
    const wrong = MISTAKES.filter(({ language }) => language === "json");
    const quoted = MISTAKES.filter(({ language }) => language === "text");
    expect(wrong.length).toBeGreaterThanOrEqual(10);
    for (const [index, { text }] of wrong.entries()) {
      expect(quoted[index]?.text.trim()).toBe(await findRefusal(run, JSON.parse(text)));
    }
  });
});
