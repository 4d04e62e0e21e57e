import {
  type JsonObject,
  type ModelApi,
  type ModelTurn,
  objectsOf,
  piecesOf,
  type StreamEvent,
  toShownTool,
} from "./model-api.ts";

const toItem = (turn: ModelTurn, id: string): JsonObject =>
  "say" in turn
    ? {
        type: "message",
        id: `msg_${id}`,
        status: "completed",
        role: "assistant",
        content: [{ type: "output_text", text: turn.say, annotations: [] }],
      }
    : {
        type: "function_call",
        id: `fc_${id}`,
        call_id: `call_${id}`,
        status: "completed",
        name: turn.call.name,
        arguments: JSON.stringify(turn.call.args),
      };

const toResponse = ({ model = null }: JsonObject, id: string, rest: JsonObject): JsonObject => ({
  id: `resp_${id}`,
  object: "response",
  created_at: 0,
  model,
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  parallel_tool_calls: false,
  temperature: null,
  tool_choice: "auto",
  tools: [],
  top_p: null,
  ...rest,
});

const USAGE = {
  input_tokens: 1,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 1,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 2,
};

const toFinished = (request: JsonObject, turn: ModelTurn, id: string) =>
  toResponse(request, id, { status: "completed", output: [toItem(turn, id)], usage: USAGE });

/** What happens between the start and the end of the reply's only item. */
function toItemEvents(turn: ModelTurn, id: string): JsonObject[] {
  if ("call" in turn) {
    const at = { item_id: `fc_${id}`, output_index: 0 };
    const text = JSON.stringify(turn.call.args);
    return [
      { type: "response.function_call_arguments.delta", ...at, delta: text },
      { type: "response.function_call_arguments.done", ...at, arguments: text },
    ];
  }
  const at = { item_id: `msg_${id}`, output_index: 0, content_index: 0 };
  const part = { type: "output_text", annotations: [] };
  return [
    { type: "response.content_part.added", ...at, part: { ...part, text: "" } },
    { type: "response.output_text.delta", ...at, delta: turn.say },
    { type: "response.output_text.done", ...at, text: turn.say },
    { type: "response.content_part.done", ...at, part: { ...part, text: turn.say } },
  ];
}

/** OpenAI Responses. */
export const responses: ModelApi = {
  path: "/responses",
  read(request) {
    const tools = objectsOf(request["tools"]);
    return {
      tools: tools.map((tool) => toShownTool(tool, tool["parameters"])),
      toolsAsSent: tools,
      results: objectsOf(request["input"])
        .filter(({ type }) => type === "function_call_output")
        .map(({ output }) => piecesOf(output)),
    };
  },
  reply: toFinished,
  stream(request, turn, id) {
    const item = toItem(turn, id);
    const started = { ...item, status: "in_progress", ...("say" in turn ? { content: [] } : { arguments: "" }) };
    const events: JsonObject[] = [
      { type: "response.created", response: toResponse(request, id, { status: "in_progress", output: [] }) },
      { type: "response.output_item.added", output_index: 0, item: started },
      ...toItemEvents(turn, id),
      { type: "response.output_item.done", output_index: 0, item },
      { type: "response.completed", response: toFinished(request, turn, id) },
    ];
    return events.map(
      (event, at): StreamEvent => ({ event: String(event["type"]), data: { ...event, sequence_number: at } }),
    );
  },
};
