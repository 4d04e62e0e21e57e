import type { CallToolResult } from "@modelcontextprotocol/server";
import { AppError, describeFailure, type ErrorKind } from "../errors.ts";
import type { Log } from "../log.ts";
import { describeDefect } from "./defect.ts";

/** Which renderings of an answer a client gets. Hosts differ in what they show the model. */
export type AnswerForm = "both" | "text" | "structured";

export function toToolResult(text: string, structured: Record<string, unknown>, form: AnswerForm): CallToolResult {
  return {
    content: form === "structured" ? [] : [{ type: "text", text }],
    ...(form !== "text" && { structuredContent: structured }),
  };
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

/** Wraps a tool's handler so that nothing is thrown past it: the SDK would pass the message on as it is. */
export function withToolErrors<Args extends unknown[], Result>(
  handler: (...args: Args) => Promise<Result>,
  log: Log,
): (...args: Args) => Promise<Result | CallToolResult> {
  return async (...args) => {
    try {
      return await handler(...args);
    } catch (error) {
      return { content: [{ type: "text", text: describeError(error, log) }], isError: true };
    }
  };
}
