import type { CompareCaller, ComparePages } from "../../pages/compare/compare-pages.ts";
import { COMPARISON_FIELDS } from "../../pages/query/query-schema.ts";
import { TOOLS } from "../../tools.ts";
import { OPENS_VIEW } from "../apps-view.ts";
import type { ToolAnswer } from "../tool-result.ts";
import { annotate, toPortableSchema } from "./declare.ts";

export interface CompareDomainPagesDeps {
  comparePages: ComparePages;
}

const TITLE = "Compare two snapshots";

export const compareDomainPages = {
  name: TOOLS.compare.name,
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
    annotations: annotate(TITLE, TOOLS.compare.reach),
    _meta: OPENS_VIEW,
  },
} as const;

export function createCompareDomainPages({ comparePages }: CompareDomainPagesDeps) {
  return async (args: unknown): Promise<ToolAnswer> => {
    let toView: ToolAnswer["toView"];
    const onSnapshots: CompareCaller["onSnapshots"] = (first, second) => {
      toView = async () => (await import("../../pages/view/view-file.ts")).toComparisonView(first, second);
    };
    const comparison = await comparePages(args, { surface: "mcp", onSnapshots });
    const { renderComparisonStructured, renderComparisonText } = await import(
      "../../pages/compare/render-comparison.ts"
    );
    return { text: renderComparisonText(comparison), structured: renderComparisonStructured(comparison), toView };
  };
}
