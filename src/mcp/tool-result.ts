import type { CallToolResult, InputRequiredResult, ServerContext } from "@modelcontextprotocol/server";
import { AppError, describeFailure, type ErrorKind } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Delivery } from "../pages/answer/delivery.ts";
import { VIEW_META_KEY, type ViewData } from "../pages/view/view-data.ts";
import type { CallSeen, SeeCall } from "./call-seen.ts";
import { describeDefect } from "./defect.ts";

/** Which renderings of an answer a client gets. Hosts differ in what they show the model. */
export type AnswerForm = "both" | "text" | "structured";

/** What a tool has to say: the same facts in both forms. */
export interface ToolAnswer {
  text: string;
  structured: Record<string, unknown>;
  /** How the paid tool came by it. */
  cache?: Delivery["how"] | undefined;
  /** What a view of it is drawn from; called where the client shows views, and nowhere else. */
  toView?: (() => Promise<ViewData>) | undefined;
}

/** What a tool's handler comes to: an answer, or a question that has to be put to a person first. */
export type ToolOutcome = ToolAnswer | { ask: InputRequiredResult };

export interface ToolDeps {
  answerForm: AnswerForm;
  log: Log;
  now: () => number;
  /** Told of every finished call. */
  seeCall?: SeeCall;
}

/** A tool's handler: one use case, one mapping. */
export type ToolHandler = (args: unknown, context: ServerContext) => Promise<ToolOutcome>;

/** Whether the client of a call shows views. */
export type CanShowView = (context: ServerContext) => boolean;

/**
 * Makes a tool of a handler: its answer in the form that clients get, its failures in words. Nothing is thrown past it,
 * since the SDK would pass the message on as it is.
 */
export function toTool(
  tool: string,
  handler: ToolHandler,
  { answerForm, log, now, seeCall, canShowView }: ToolDeps & { canShowView: CanShowView },
): (args: unknown, context: ServerContext) => Promise<CallToolResult | InputRequiredResult> {
  return async (args, context) => {
    const startedAt = now();
    const see = (result: CallToolResult, facts: Pick<CallSeen, "outcome" | "cache">) => {
      seeCall?.({ tool, ...facts, durationMs: now() - startedAt, answer: toWords(result) });
      return result;
    };
    try {
      const outcome = await handler(args, context);
      if ("ask" in outcome) {
        seeCall?.({ tool, outcome: "asked", durationMs: now() - startedAt, answer: "" });
        return outcome.ask;
      }
      const { text, structured, cache, toView } = outcome;
      const view = toView === undefined || !canShowView(context) ? undefined : await makeView(toView, log);
      const result = { ...toResult(text, structured, answerForm), ...(view && { _meta: { [VIEW_META_KEY]: view } }) };
      return see(result, { outcome: "ok", ...(cache !== undefined && { cache }) });
    } catch (error) {
      const result: CallToolResult = { content: [{ type: "text", text: describeError(error, log) }], isError: true };
      return see(result, { outcome: error instanceof AppError ? error.kind : "defect" });
    }
  };
}

function toResult(text: string, structured: Record<string, unknown>, form: AnswerForm): CallToolResult {
  return {
    content: form === "structured" ? [] : [{ type: "text", text }],
    ...(form !== "text" && { structuredContent: structured }),
  };
}

/** An answer, paid for perhaps, is given without its view rather than not at all. */
async function makeView(toView: () => Promise<ViewData>, log: Log): Promise<ViewData | undefined> {
  try {
    return await toView();
  } catch (error) {
    log.error("view.defect", { error: error instanceof Error ? error.stack : String(error) });
    return undefined;
  }
}

function toWords({ content, structuredContent }: CallToolResult): string {
  const [first] = content;
  return first?.type === "text" ? first.text : JSON.stringify(structuredContent);
}

/** How a failure opens where its own words do not say who has to act: the model, or whoever runs the server. */
const OPENING: Partial<Record<ErrorKind, string>> = {
  input: "Arguments refused.\n",
  config: "The server is set up wrongly. ",
};

/**
 * A failure in words for a client: of ours, what it says about itself; of anything else, nothing but a reference
 * that stands beside the details on stderr. The only place that words errors for the model.
 */
function describeError(error: unknown, log: Log): string {
  if (error instanceof AppError) {
    const { detail, cause: _cause, ask: _ask, ...facts } = error.facts;
    log[error.kind === "input" || error.kind === "cancelled" ? "info" : "warn"]("call.failed", {
      kind: error.kind,
      message: error.message,
      ...facts,
      detail,
    });
    return `${OPENING[error.kind] ?? ""}${describeFailure(error)}`;
  }
  return describeDefect(error, log, "call.defect", "If it had sent the call upstream, that may have been charged.");
}
