import type { ComparePages } from "../../pages/compare/compare-pages.ts";
import { COMPARISON_FIELDS } from "../../pages/compare/comparison-fields.ts";
import { toPortableSchema } from "../portable-schema.ts";
import type { ToolAnswer } from "../tool-result.ts";
import { annotate } from "./annotate.ts";

export interface CompareDomainPagesDeps {
  comparePages: ComparePages;
}

const TITLE = "Compare two snapshots";

export const compareDomainPages = {
  name: "compare_domain_pages",
  config: {
    title: TITLE,
    description:
      "FREE: two kept snapshots compared, by id or the newest of a target. One target: new, lost, changed pages. " +
      "Two: side by side.",
    inputSchema: toPortableSchema(() => ({
      type: "object",
      properties: Object.fromEntries(COMPARISON_FIELDS.map((name) => [name, { type: "string" }])),
      additionalProperties: false,
    })),
    annotations: annotate(TITLE, "kept"),
  },
} as const;

export function createCompareDomainPages({ comparePages }: CompareDomainPagesDeps) {
  return async (args: unknown): Promise<ToolAnswer> => {
    const comparison = await comparePages(args, { surface: "mcp" });
    const { renderComparisonStructured, renderComparisonText } = await import(
      "../../pages/compare/render-comparison.ts"
    );
    return { text: renderComparisonText(comparison), structured: renderComparisonStructured(comparison) };
  };
}
