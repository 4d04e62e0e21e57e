import type { ClientCapabilities } from "@modelcontextprotocol/server";
import { AppError } from "../../errors.ts";
import type { Caller } from "../../lists/get-list.ts";
import { toAdvertisedSchema } from "../../lists/request-fields.ts";
import { BODY } from "../../pages/body.ts";
import type { PagesSnapshot } from "../../pages/domain-pages.ts";
import type { GetPages } from "../../pages/get-pages.ts";
import { TOOLS } from "../../tools.ts";
import { OPENS_VIEW } from "../apps-view.ts";
import { canAsk, type PersonAsker } from "../ask-person.ts";
import { reportProgress, withCallerSignal } from "../call-context.ts";
import type { RenderAnswer, ToolAnswer, ToolHandler, ToolOutcome } from "../tool-result.ts";
import { annotate, toPortableSchema } from "./declare.ts";

/** What the tool needs from the rest of the server. */
export interface GetDomainPagesDeps {
  getPages: GetPages;
  renderAnswer: RenderAnswer;
  asker: PersonAsker;
  /** Time between progress notifications, ms. */
  progressEveryMs: number;
}

export const getDomainPages = {
  name: TOOLS.get.name,
  config: {
    title: "Get domain pages with backlinks",
    description:
      "Which pages of a domain earn backlinks, how strong those are, and what is wrong: a condensed table (URL variants " +
      "folded into one row), coverage, and findings such as dead pages that still hold links. " +
      "PAID: the live source charges for each new request, with or without rows; the answer states the charge. The same " +
      "request again is answered for free from the kept snapshot. Fetch once with the limit you need rather than page " +
      "through. Wrong arguments are refused before anything is spent. Without an API key: a free sandbox, which says so.",
    inputSchema: toPortableSchema(() => toAdvertisedSchema(BODY)),
    annotations: annotate("Get domain pages with backlinks", TOOLS.get.reach),
    _meta: OPENS_VIEW,
  },
} as const;

/**
 * The handler: one use case, one mapping; cancellation, progress and putting a question to a person are the protocol's
 * part of it.
 * @param declared what a client of the older era said it can do
 */
export function createGetDomainPages(
  { getPages, renderAnswer, asker, progressEveryMs }: GetDomainPagesDeps,
  declared: () => ClientCapabilities | undefined,
): ToolHandler {
  return async (args, context): Promise<ToolOutcome> => {
    const stop = reportProgress(context, progressEveryMs, "waiting for the upstream");
    try {
      const consent = asker.readConsent(context);
      let toView: ToolAnswer["toView"];
      const onSnapshot: Caller<PagesSnapshot>["onSnapshot"] = (snapshot, told) => {
        toView = async () => (await import("../../pages/view/snapshot-view.ts")).toSnapshotView(snapshot, told);
      };
      const answer = await withCallerSignal(context.mcpReq.signal, (signal) =>
        getPages(args, { signal, surface: "mcp", onSnapshot, ...(consent !== undefined && { consent }) }),
      );
      return { ...(await renderAnswer(answer)), cache: answer.delivery?.how, toView };
    } catch (error) {
      const ask = error instanceof AppError ? error.facts.ask : undefined;
      if (ask === undefined || !canAsk(context, declared())) throw error;
      return { ask: await asker.ask(ask, context) };
    } finally {
      stop();
    }
  };
}
