import type { Dispatcher } from "undici";

const VERSION = "2026-07-28";

export interface CallReply {
  status: number;
  /** The JSON-RPC result of a tool call; undefined for anything else. */
  result: { isError?: boolean; content?: { text?: string }[]; structuredContent?: Record<string, unknown> } | undefined;
}

let lastId = 0;

/** One tool call of the 2026-07-28 protocol, as its clients write it. */
export function toRequest(tool: string, args: Record<string, unknown>, token?: string) {
  const body = {
    jsonrpc: "2.0",
    id: ++lastId,
    method: "tools/call",
    params: {
      name: tool,
      arguments: args,
      _meta: {
        "io.modelcontextprotocol/protocolVersion": VERSION,
        "io.modelcontextprotocol/clientInfo": { name: "bench", version: "0" },
        "io.modelcontextprotocol/clientCapabilities": {},
      },
    },
  };
  return {
    method: "POST" as const,
    path: "/mcp",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": VERSION,
      "mcp-method": "tools/call",
      "mcp-name": tool,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  };
}

/** Sends it and reads the answer, whether it came as JSON or as a stream of events. */
export async function send(to: Dispatcher, request: ReturnType<typeof toRequest>): Promise<CallReply> {
  const { statusCode: status, body } = await to.request(request);
  const text = await body.text();
  const json = text.startsWith("{") ? text : (/^data: (\{.*"id".*)$/m.exec(text)?.[1] ?? "{}");
  return { status, result: JSON.parse(json).result };
}
