import type { CallToolResult, ServerContext, ToolAnnotations } from "@modelcontextprotocol/server";
import { renderStructured } from "../../pages/answer/render-structured.ts";
import { renderText } from "../../pages/answer/render-text.ts";
import type { GetPages } from "../../pages/get-pages.ts";
import { toAdvertisedSchema } from "../../pages/request/schema.ts";
import { toPortableSchema } from "../portable-schema.ts";
import { reportProgress } from "../progress.ts";
import { type AnswerForm, toToolResult } from "../tool-result.ts";

/** What the tool needs from the rest of the server. */
export interface GetDomainPagesDeps {
  getPages: GetPages;
  answerForm: AnswerForm;
  /** Time between progress notifications, ms. */
  progressEveryMs: number;
}

export const getDomainPages = {
  name: "get_domain_pages",
  config: {
    title: "Get domain pages with backlinks",
    description:
      "Which pages of a domain earn backlinks, how strong those are, and what is wrong: a condensed table (URL variants " +
      "folded into one row), coverage, and findings such as dead pages that still hold links. " +
      "PAID: every call to the live source is charged, with or without rows; the answer states the charge. Fetch once " +
      "with the limit you need rather than page through. Wrong arguments are refused before anything is spent. " +
      "Without an API key the server answers from a free sandbox and says so.",
    inputSchema: toPortableSchema(toAdvertisedSchema),
    annotations: {
      title: "Get domain pages with backlinks",
      readOnlyHint: true,
      destructiveHint: false,
      // Each live call is charged again.
      idempotentHint: false,
      openWorldHint: true,
    } satisfies ToolAnnotations,
  },
} as const;

/** The handler: one use case, one mapping; cancellation and progress are the protocol's part of it. */
export function createGetDomainPages({ getPages, answerForm, progressEveryMs }: GetDomainPagesDeps) {
  return async (args: unknown, context: ServerContext): Promise<CallToolResult> => {
    const stop = reportProgress(context, progressEveryMs, "waiting for the upstream");
    try {
      const answer = await getPages(args, context.mcpReq.signal, "mcp");
      return toToolResult(renderText(answer), renderStructured(answer), answerForm);
    } finally {
      stop();
    }
  };
}
