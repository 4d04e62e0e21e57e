import type { ServerContext } from "@modelcontextprotocol/server";
import type { EstimateList } from "../../lists/estimate/estimate-list.ts";
import { toNamesOnlySchema } from "../../lists/request-fields.ts";
import { BODY } from "../../pages/body.ts";
import { TOOLS } from "../../tools.ts";
import { withCallerSignal } from "../call-context.ts";
import type { ToolAnswer } from "../tool-result.ts";
import { annotate, toPortableSchema } from "./declare.ts";

export interface EstimateDomainPagesDeps {
  estimatePages: EstimateList;
}

export const estimateDomainPages = {
  name: TOOLS.estimate.name,
  config: {
    title: "Estimate a call before paying for it",
    description:
      `FREE: what ${TOOLS.get.name} would cost and bring with these same arguments: the gateway's quote, a kept ` +
      "snapshot that already answers, budget left, pages and answer tokens to expect. Buys nothing.",
    inputSchema: toPortableSchema(() => toNamesOnlySchema(BODY)),
    annotations: annotate("Estimate a call before paying for it", TOOLS.estimate.reach),
  },
} as const;

export function createEstimateDomainPages({ estimatePages }: EstimateDomainPagesDeps) {
  return async (args: unknown, { mcpReq }: ServerContext): Promise<ToolAnswer> => {
    const estimate = await withCallerSignal(mcpReq.signal, (signal) => estimatePages(args, { signal, surface: "mcp" }));
    const { renderEstimateStructured, renderEstimateText } = await import("../../lists/estimate/render-estimate.ts");
    return { text: renderEstimateText(estimate), structured: renderEstimateStructured(estimate) };
  };
}
