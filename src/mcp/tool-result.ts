import type { CallToolResult, InputRequiredResult, ServerContext } from "@modelcontextprotocol/server";
import { AppError, describeFailure, type ErrorKind } from "../errors.ts";
import type { Delivery } from "../lists/header.ts";
import type { Log } from "../log.ts";
import type { Answer } from "../pages/answer/render-answer.ts";
import { VIEW_META_KEY, type ViewData } from "../pages/view/view-data.ts";

/**
 * Which renderings of an answer a client gets. Hosts differ in what they show the model, and many never look past
 * `content`: the structured form alone is therefore there as well, as JSON, as the specification asks.
 */
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
  { answerForm, log, seeCall, canShowView }: ToolDeps & { canShowView: CanShowView },
): (args: unknown, context: ServerContext) => Promise<CallToolResult | InputRequiredResult> {
  return async (args, context) => {
    const startedAt = performance.now();
    const elapsedMs = () => Math.round(performance.now() - startedAt);
    const see = (result: CallToolResult, facts: Pick<CallSeen, "outcome" | "cache">) => {
      seeCall?.({ tool, ...facts, durationMs: elapsedMs(), answer: toWords(result) });
      return result;
    };
    try {
      const outcome = await handler(args, context);
      if ("ask" in outcome) {
        seeCall?.({ tool, outcome: "asked", durationMs: elapsedMs(), answer: "" });
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
    content: [{ type: "text", text: form === "structured" ? JSON.stringify(structured) : text }],
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

/** One finished tool call, as metrics want it. */
export interface CallSeen {
  tool: string;
  /** `asked`: a person was asked first; `defect`: a mistake of ours; else the kind of failure. */
  outcome: "ok" | "asked" | "defect" | ErrorKind;
  /** How the paid tool came by its answer. */
  cache?: Delivery["how"];
  durationMs: number;
  /** What the client was answered, in the form that it got; the text where it got both. Empty for a question. */
  answer: string;
}

/** Must not throw. */
export type SeeCall = (call: CallSeen) => void;

/**
 * A mistake of ours in words for a client: nothing but a reference, which stands beside the details on stderr.
 * @param event its name in the log
 * @param charge one sentence on what it may have cost
 */
export function describeDefect(error: unknown, log: Log, event: string, charge: string): string {
  // The platform's own crypto is loaded when it is first used: a start does without it.
  const reference = crypto.randomUUID().slice(0, 8);
  log.error(event, { reference, error: error instanceof Error ? error.stack : String(error) });
  return `The server made a mistake (reference ${reference}); details are in its log. ${charge}`;
}

/** The two forms of an answer. */
export interface RenderedAnswer {
  text: string;
  structured: Record<string, unknown>;
}

export type RenderAnswer = (answer: Answer) => Promise<RenderedAnswer>;

/**
 * Renders an answer once, however often it is given out: the same kept snapshot is asked for again and again. The
 * renderers are loaded with the first answer.
 */
export function createRenderAnswer(): RenderAnswer {
  const rendered = new WeakMap<Answer, RenderedAnswer>();
  return async (answer) => {
    const known = rendered.get(answer);
    if (known !== undefined) return known;
    const [{ renderText }, { renderStructured }] = await Promise.all([
      import("../pages/answer/render-answer.ts"),
      import("../pages/answer/render-answer.ts"),
    ]);
    const forms = { text: renderText(answer), structured: renderStructured(answer) };
    rendered.set(answer, forms);
    return forms;
  };
}
