import type { JsonObject } from "./model-api.ts";

/** One JSON-RPC message on its way. */
export interface Passed {
  from: "client" | "server";
  message: {
    id?: string | number | null;
    method?: string;
    params?: JsonObject;
    result?: JsonObject;
    error?: { code: number; message: string };
  };
}

/** A tool's answer as the server sent it. */
export interface SentAnswer {
  text: string;
  structured: JsonObject | undefined;
  isError: boolean;
}

/** A tool as the server lists it. */
export interface SentTool {
  name: string;
  description: string;
  inputSchema: JsonObject;
}

/** What the server was asked and really sent, in one conversation. */
export interface Sent {
  /** Revision of the protocol that both agreed on. */
  revision: string;
  tools: SentTool[];
  calls: { tool: string; args: JsonObject; answer: SentAnswer }[];
}

const MODERN_VERSION = "io.modelcontextprotocol/protocolVersion";

/** @returns what passed, requests joined with their answers; a request without one is left out */
export function readSent(passed: readonly Passed[]): Sent {
  const sent: Sent = { revision: "", tools: [], calls: [] };
  const asked = new Map<string | number, Passed["message"]>();
  for (const { from, message } of passed) {
    if (message.id === undefined || message.id === null) continue;
    if (from === "client") {
      if (message.method !== undefined) asked.set(message.id, message);
    } else if (message.result !== undefined) {
      enter(sent, asked.get(message.id), message.result);
    }
  }
  return sent;
}

function enter(sent: Sent, request: Passed["message"] | undefined, result: JsonObject): void {
  const params = request?.params ?? {};
  const declared = (params["_meta"] as JsonObject | undefined)?.[MODERN_VERSION];
  if (typeof declared === "string") sent.revision = declared;
  if (request?.method === "initialize") sent.revision = String(result["protocolVersion"]);
  if (request?.method === "tools/list") sent.tools = result["tools"] as unknown as SentTool[];
  if (request?.method !== "tools/call") return;
  sent.calls.push({
    tool: String(params["name"]),
    args: (params["arguments"] ?? {}) as JsonObject,
    answer: toSentAnswer(result),
  });
}

function toSentAnswer({ content, structuredContent, isError }: JsonObject): SentAnswer {
  const blocks = (content ?? []) as { type: string; text?: string }[];
  return {
    text: blocks.map((block) => block.text ?? "").join("\n"),
    structured: structuredContent as JsonObject | undefined,
    isError: isError === true,
  };
}
