import {
  isObject,
  type JsonObject,
  type ModelApi,
  type ModelTurn,
  objectsOf,
  piecesOf,
  toShownTool,
} from "./model-api.ts";

const toToolCall = ({ name, args }: { name: string; args: object }, id: string) => ({
  id: `call_${id}`,
  type: "function",
  function: { name, arguments: JSON.stringify(args) },
});

const toMessage = (turn: ModelTurn, id: string): JsonObject =>
  "say" in turn
    ? { role: "assistant", content: turn.say }
    : { role: "assistant", content: null, tool_calls: [toToolCall(turn.call, id)] };

const finishOf = (turn: ModelTurn) => ("say" in turn ? "stop" : "tool_calls");

const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };

/** OpenAI Chat Completions. */
export const chatCompletions: ModelApi = {
  path: "/chat/completions",
  read(request) {
    const tools = objectsOf(request["tools"]);
    return {
      tools: tools.map(({ function: told }) => {
        const tool = isObject(told) ? told : {};
        return toShownTool(tool, tool["parameters"]);
      }),
      toolsAsSent: tools,
      results: objectsOf(request["messages"])
        .filter(({ role }) => role === "tool")
        .map(({ content }) => piecesOf(content)),
    };
  },
  reply: ({ model = null }, turn, id) => ({
    id: `chatcmpl-${id}`,
    object: "chat.completion",
    created: 0,
    model,
    choices: [{ index: 0, message: toMessage(turn, id), finish_reason: finishOf(turn) }],
    usage: USAGE,
  }),
  stream({ model = null }, turn, id) {
    const toChunk = (rest: JsonObject) => ({
      data: { id: `chatcmpl-${id}`, object: "chat.completion.chunk", created: 0, model, ...rest },
    });
    const { tool_calls, ...message } = toMessage(turn, id);
    const delta = {
      ...message,
      ...(tool_calls && { tool_calls: objectsOf(tool_calls).map((c) => ({ index: 0, ...c })) }),
    };
    return [
      toChunk({ choices: [{ index: 0, delta, finish_reason: null }] }),
      toChunk({ choices: [{ index: 0, delta: {}, finish_reason: finishOf(turn) }] }),
      toChunk({ choices: [], usage: USAGE }),
      { data: "[DONE]" },
    ];
  },
};
