import { type Json, type JsonObject, objectsOf } from "../../clients/support/model-api.ts";

/** A tool, and what calling it gave, as a framework knows them. */
export interface Tool {
  name: string;
  description: string;
  inputSchema: JsonObject;
}

export interface Call {
  id: string;
  name: string;
  args: JsonObject;
}

/** What was called so far, and the pieces that the model is shown of it. */
export type History = readonly { call: Call; pieces: readonly string[] }[];

/** One model API from a framework's side, written down on its own so that the stand-in is not checked by itself. */
export interface Wire {
  path: string;
  toRequest(tools: readonly Tool[], history: History): JsonObject;
  /** @returns what a streamed reply comes to, in the form of a whole one */
  assemble(events: readonly JsonObject[]): JsonObject;
  read(reply: JsonObject): { say: string } | { call: Call };
}

/** The value at a path; fails where there is none. */
function at(value: Json | undefined, ...path: (string | number)[]): Json {
  let found = value;
  for (const step of path) found = (found as JsonObject | undefined)?.[step];
  if (found === undefined) throw new Error(`nothing at ${path.join(".")} of ${JSON.stringify(value)}`);
  return found;
}

const toCall = (id: Json, name: Json, args: Json): Call => ({
  id: String(id),
  name: String(name),
  args: (typeof args === "string" ? JSON.parse(args) : args) as JsonObject,
});

const chatCompletions: Wire = {
  path: "/v1/chat/completions",
  toRequest: (tools, history) => ({
    model: "m",
    tools: tools.map(({ inputSchema, ...told }) => ({
      type: "function",
      function: { ...told, parameters: inputSchema },
    })),
    messages: [
      { role: "user", content: "?" },
      ...history.flatMap(({ call, pieces }) => [
        {
          role: "assistant",
          tool_calls: [{ id: call.id, function: { name: call.name, arguments: JSON.stringify(call.args) } }],
        },
        { role: "tool", tool_call_id: call.id, content: pieces.map((text) => ({ type: "text", text })) },
      ]),
    ],
  }),
  assemble(events) {
    const deltas = events.flatMap(({ choices }) => objectsOf(choices).map(({ delta }) => delta as JsonObject));
    const finished = events
      .flatMap(({ choices }) => objectsOf(choices))
      .map(({ finish_reason }) => finish_reason ?? null);
    const { tool_calls, ...message } = Object.assign({}, ...deltas) as JsonObject;
    const calls = objectsOf(tool_calls).map(({ index: _, ...call }) => call);
    return {
      ...events[0],
      object: "chat.completion",
      choices: [
        {
          index: 0,
          message: { ...message, ...(tool_calls !== undefined && { tool_calls: calls }) },
          finish_reason: finished.at(-1) ?? null,
        },
      ],
      usage: at(events.at(-1), "usage"),
    } as JsonObject;
  },
  read(reply) {
    const message = at(reply, "choices", 0, "message") as JsonObject;
    if (at(reply, "choices", 0, "finish_reason") === "stop") return { say: String(message["content"]) };
    const call = at(message, "tool_calls", 0);
    return { call: toCall(at(call, "id"), at(call, "function", "name"), at(call, "function", "arguments")) };
  },
};

const responses: Wire = {
  path: "/v1/responses",
  toRequest: (tools, history) => ({
    model: "m",
    tools: tools.map(({ inputSchema, ...told }) => ({ type: "function", ...told, parameters: inputSchema })),
    input: [
      { role: "user", content: "?" },
      ...history.flatMap(({ call, pieces }) => [
        { type: "function_call", call_id: call.id, name: call.name, arguments: JSON.stringify(call.args) },
        {
          type: "function_call_output",
          call_id: call.id,
          output: pieces.map((text) => ({ type: "input_text", text })),
        },
      ]),
    ],
  }),
  assemble: (events) => at(events.at(-1), "response") as JsonObject,
  read(reply) {
    const item = at(reply, "output", 0) as JsonObject;
    if (item["type"] === "message") return { say: String(at(item, "content", 0, "text")) };
    return { call: toCall(at(item, "call_id"), at(item, "name"), at(item, "arguments")) };
  },
};

const messages: Wire = {
  path: "/v1/messages?beta=true",
  toRequest: (tools, history) => ({
    model: "m",
    tools: tools.map(({ inputSchema, ...told }) => ({ ...told, input_schema: inputSchema })),
    messages: [
      { role: "user", content: "?" },
      ...history.flatMap(({ call, pieces }) => [
        { role: "assistant", content: [{ type: "tool_use", id: call.id, name: call.name, input: call.args }] },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: call.id, content: pieces.map((text) => ({ type: "text", text })) },
          ],
        },
      ]),
    ],
  }),
  assemble(events) {
    const of = (type: string) => events.filter((event) => event["type"] === type);
    const block = at(of("content_block_start")[0], "content_block") as JsonObject;
    const deltas = of("content_block_delta").map(({ delta }) => delta);
    const text = deltas.map((delta) => at(delta, block["type"] === "text" ? "text" : "partial_json")).join("");
    return {
      ...(at(of("message_start")[0], "message") as JsonObject),
      ...(at(of("message_delta")[0], "delta") as JsonObject),
      content: [{ ...block, ...(block["type"] === "text" ? { text } : { input: JSON.parse(text) }) }],
    };
  },
  read(reply) {
    const block = at(reply, "content", 0) as JsonObject;
    if (at(reply, "stop_reason") === "end_turn") return { say: String(at(block, "text")) };
    return { call: toCall(at(block, "id"), at(block, "name"), at(block, "input")) };
  },
};

export const WIRES: Readonly<Record<string, Wire>> = {
  "OpenAI Chat Completions": chatCompletions,
  "OpenAI Responses": responses,
  "Anthropic Messages": messages,
};

export async function ask(url: string, { path }: Pick<Wire, "path">, request: JsonObject): Promise<Response> {
  return fetch(url + path, { method: "POST", body: JSON.stringify(request) });
}

/** @returns the data of each event, without the closing mark of Chat Completions */
export const toEvents = (stream: string): JsonObject[] =>
  stream
    .split("\n")
    .filter((line) => line.startsWith("data: ") && line !== "data: [DONE]")
    .map((line) => JSON.parse(line.slice(6)) as JsonObject);

export interface Heard {
  said: string;
  calls: Call[];
}

/** Holds a conversation as a framework does: shows the tools, calls what the model asks for, shows what that gave. */
export async function converse(
  url: string,
  wire: Wire,
  { tools, call }: { tools: readonly Tool[]; call: (call: Call) => readonly string[] },
): Promise<Heard> {
  const history: { call: Call; pieces: readonly string[] }[] = [];
  for (;;) {
    const reply = await ask(url, wire, wire.toRequest(tools, history));
    const turn = wire.read((await reply.json()) as JsonObject);
    if ("say" in turn) return { said: turn.say, calls: history.map((each) => each.call) };
    history.push({ call: turn.call, pieces: call(turn.call) });
  }
}
