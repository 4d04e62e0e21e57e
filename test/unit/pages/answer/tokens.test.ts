import fc from "fast-check";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { estimateTokens } from "../../../../src/lists/tokens.ts";
import { buildAnswer } from "../../../../src/pages/answer/answer.ts";
import { renderText } from "../../../../src/pages/answer/render-answer.ts";
import { SCRIPTS } from "../../../support/answer-scripts.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";

/** A whole answer about pages with these addresses and titles. */
function anyAnswer({ slugs, titles }: { slugs: string[]; titles: string[] }): fc.Arbitrary<string> {
  const item = fc
    .record({
      slug: fc.constantFrom(...slugs),
      number: fc.nat(9999),
      title: fc.constantFrom(...titles),
      status: fc.constantFrom(200, 200, 200, 301, 404),
      rank: fc.nat(1000),
      backlinks: fc.nat(100_000),
      domains: fc.nat(5000),
    })
    .map(({ slug, number, title, status, rank, backlinks, domains }) => ({
      url: `https://acme.example/${slug}-${number}`,
      status,
      location: status === 301 ? `https://other.example/${slug}` : null,
      title,
      summary: {
        rank,
        backlinks,
        referring_domains: domains,
        referring_pages: backlinks,
        referring_pages_nofollow: domains,
      },
    }));
  return fc
    .array(item, { minLength: 1, maxLength: 30 })
    .map((items) =>
      renderText(buildAnswer(makeSnapshot({ items, totalCount: 22_261 }), { maxTokens: 100_000, surface: "mcp" })),
    );
}

describe.each(SCRIPTS)("answers about pages in $name", ({ latin, slugs, titles }) => {
  it("cost no more tokens than estimated", () => {
    fc.assert(
      fc.property(anyAnswer({ slugs, titles }), (answer) => {
        const real = encode(answer).length;
        expect(estimateTokens(answer)).toBeGreaterThanOrEqual(real);
        if (latin) expect(estimateTokens(answer) / real).toBeLessThan(1.4);
      }),
      { numRuns: 250 },
    );
  });
});

it.each([
  ["", 0],
  ["a", 1],
  ["backlinks", 3],
  ["12,345", 3],
  ["über", 2],
  ["SERP", 2],
  ["日本", 4],
])("estimates %j at %d", (text, tokens) => {
  expect(estimateTokens(text)).toBe(tokens);
});

it("grows with the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(estimateTokens(`${text}\n${text}`)).toBe(2 * estimateTokens(text) + 1);
    }),
  );
});
