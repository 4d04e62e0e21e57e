import type { CallToolResult, InputRequiredResult } from "@modelcontextprotocol/server";
import { AppError, describeFailure, type ErrorKind } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Delivery } from "../pages/answer/delivery.ts";
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

/**
 * Makes a tool of a handler: its answer in the form that clients get, its failures in words. Nothing is thrown past it,
 * since the SDK would pass the message on as it is.
 */
export function toTool<Args extends unknown[]>(
  tool: string,
  handler: (...args: Args) => Promise<ToolOutcome>,
  { answerForm, log, now, seeCall }: ToolDeps,
): (...args: Args) => Promise<CallToolResult | InputRequiredResult> {
  return async (...args) => {
    const startedAt = now();
    const see = (result: CallToolResult, facts: Pick<CallSeen, "outcome" | "cache">) => {
      seeCall?.({ tool, ...facts, durationMs: now() - startedAt, answer: toWords(result) });
      return result;
    };
    try {
      const outcome = await handler(...args);
      if ("ask" in outcome) {
        seeCall?.({ tool, outcome: "asked", durationMs: now() - startedAt, answer: "" });
        return outcome.ask;
      }
      const { text, structured, cache } = outcome;
      return see(toResult(text, structured, answerForm), { outcome: "ok", ...(cache !== undefined && { cache }) });
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
