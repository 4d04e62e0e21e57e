import { type ModelApi, objectsOf, toShownTool } from "./model-api.ts";

/**
 * For clients that have no model behind them: the driver posts what the client handed to it and is told what to call
 * next, so that the same script is followed and the same is recorded.
 */
export const noModel: ModelApi = {
  path: "/next",
  read(request) {
    const tools = objectsOf(request["tools"]);
    const results = Array.isArray(request["results"]) ? request["results"] : [];
    return {
      tools: tools.map((tool) => toShownTool(tool, tool["inputSchema"])),
      toolsAsSent: tools,
      results: results.map((result) => [JSON.stringify(result)]),
    };
  },
  reply: (_request, turn) =>
    "say" in turn ? { say: turn.say } : { call: { name: turn.call.name, arguments: turn.call.args as never } },
  stream: () => {
    throw new Error("this API does not stream");
  },
};
