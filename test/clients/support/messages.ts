import {
  type Json,
  type JsonObject,
  type ModelApi,
  type ModelTurn,
  objectsOf,
  piecesOf,
  type StreamEvent,
  toShownTool,
} from "./model-api.ts";

const toBlock = (turn: ModelTurn, id: string): JsonObject =>
  "say" in turn
    ? { type: "text", text: turn.say }
    : { type: "tool_use", id: `toolu_${id}`, name: turn.call.name, input: turn.call.args as JsonObject };

const stopOf = (turn: ModelTurn) => ("say" in turn ? "end_turn" : "tool_use");

const USAGE = { input_tokens: 1, output_tokens: 1 };

const toMessage = ({ model = null }: JsonObject, id: string, rest: JsonObject): JsonObject => ({
  id: `msg_${id}`,
  type: "message",
  role: "assistant",
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: USAGE,
  ...rest,
});

/** Anthropic Messages. */
export const messages: ModelApi = {
  path: "/messages",
  read(request) {
    const tools = objectsOf(request["tools"]);
    const blocks = objectsOf(request["messages"]).flatMap(({ content }) => objectsOf(content));
    return {
      tools: tools.map((tool) => toShownTool(tool, tool["input_schema"])),
      toolsAsSent: tools,
      results: blocks.filter(({ type }) => type === "tool_result").map(({ content }) => piecesOf(content)),
    };
  },
  reply: (request, turn, id) => toMessage(request, id, { content: [toBlock(turn, id)], stop_reason: stopOf(turn) }),
  stream(request, turn, id) {
    const started = "say" in turn ? { type: "text", text: "" } : { ...toBlock(turn, id), input: {} };
    const delta =
      "say" in turn
        ? { type: "text_delta", text: turn.say }
        : { type: "input_json_delta", partial_json: JSON.stringify(turn.call.args) };
    const ended = { stop_reason: stopOf(turn), stop_sequence: null };
    const events: ({ type: string } & Record<string, Json>)[] = [
      { type: "message_start", message: toMessage(request, id, {}) },
      { type: "content_block_start", index: 0, content_block: started },
      { type: "content_block_delta", index: 0, delta },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: ended, usage: { output_tokens: 1 } },
      { type: "message_stop" },
    ];
    return events.map((data): StreamEvent => ({ event: data.type, data }));
  },
};
