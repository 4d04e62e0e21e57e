import { Client as ModernClient, StreamableHTTPClientTransport as ModernHttp } from "@modelcontextprotocol/client";
import { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OlderHttp } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { AnswerQuestion, CallOptions, ToolAnswer } from "./clients.ts";
import { type Listing, readListing } from "./tool-lint/listing.ts";

/** What the tests need of a client over HTTP, whichever package it comes from. */
export interface HttpClient {
  tools(): Promise<string[]>;
  /** All that it is told before the first call. */
  listing(): Promise<Listing>;
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<ToolAnswer>;
  read(uri: string): Promise<string | undefined>;
  prompt(name: string, args: Record<string, string>): Promise<string>;
  complete(prompt: string, argument: string, typed: string): Promise<string[]>;
  /** Undefined in the modern era. */
  sessionId(): string | undefined;
  /** Says goodbye: ends the session if there is one. */
  end(): Promise<void>;
  /** Goes without a word. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** The bearer token. */
  token?: string;
  /** With it the client can put questions to somebody. */
  person?: AnswerQuestion;
  /** The forms of page that the client shows beside results; left out, it says nothing of the extension. */
  shows?: string[];
}

export type ConnectHttp = (url: URL, options?: HttpClientOptions) => Promise<HttpClient>;

const INFO = { name: "test", version: "0" };

const capabilitiesOf = ({ person, shows }: HttpClientOptions) => ({
  capabilities: {
    ...(person !== undefined && { elicitation: {} }),
    ...(shows !== undefined && { extensions: { "io.modelcontextprotocol/ui": { mimeTypes: shows } } }),
  },
});

function adapt(
  client: OlderClient | ModernClient,
  transport: OlderHttp | ModernHttp,
  call: HttpClient["call"],
): HttpClient {
  return {
    tools: async () => (await client.listTools()).tools.map(({ name }: { name: string }) => name),
    listing: () => readListing(client),
    call,
    read: async (uri) => ((await client.readResource({ uri })).contents as { text?: string }[])[0]?.text,
    prompt: async (name, args) => {
      const { messages } = await client.getPrompt({ name, arguments: args });
      return messages.map(({ content }) => (content.type === "text" ? content.text : "")).join("\n");
    },
    complete: async (name, argument, typed) => {
      const asked = { ref: { type: "ref/prompt" as const, name }, argument: { name: argument, value: typed } };
      return (await client.complete(asked)).completion.values;
    },
    sessionId: () => transport.sessionId,
    end: () => transport.terminateSession(),
    close: () => client.close(),
  };
}

const withToken = (token: string | undefined) =>
  token === undefined ? {} : { requestInit: { headers: { authorization: `Bearer ${token}` } } };

export const connectOlderHttp: ConnectHttp = async (url, options = {}) => {
  const { token, person } = options;
  const transport = new OlderHttp(url, withToken(token));
  const client = new OlderClient(INFO, capabilitiesOf(options));
  if (person !== undefined) client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params.message));
  await client.connect(transport as never);
  return adapt(client, transport, async (name, args = {}, callOptions) => {
    return (await client.callTool({ name, arguments: args }, undefined, callOptions as never)) as ToolAnswer;
  });
};

const connectModernHttp =
  (mode: "legacy" | { pin: string }): ConnectHttp =>
  async (url, options = {}) => {
    const { token, person } = options;
    const transport = new ModernHttp(url, withToken(token));
    const client = new ModernClient(INFO, { versionNegotiation: { mode }, ...capabilitiesOf(options) });
    if (person !== undefined) {
      client.setRequestHandler("elicitation/create", ({ params }) => person(params.message));
    }
    await client.connect(transport);
    return adapt(client, transport, async (name, args = {}, callOptions) => {
      return (await client.callTool({ name, arguments: args }, callOptions as never)) as ToolAnswer;
    });
  };

/** Real clients that open sessions. */
export const OLDER_HTTP_CLIENTS: readonly (readonly [string, ConnectHttp])[] = [
  ["@modelcontextprotocol/sdk 1.32", connectOlderHttp],
  ["@modelcontextprotocol/client 2.4, legacy", connectModernHttp("legacy")],
];

export const connectPinnedHttp: ConnectHttp = connectModernHttp({ pin: "2026-07-28" });

/** Real clients of both protocol eras, over HTTP. */
export const HTTP_CLIENTS: readonly (readonly [string, ConnectHttp])[] = [
  ...OLDER_HTTP_CLIENTS,
  ["@modelcontextprotocol/client 2.4, pinned to 2026-07-28", connectPinnedHttp],
];

/** One JSON-RPC message of an answer, however it was sent. */
export interface RawMessage {
  id?: string | number | null;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
}

export interface RawAnswer {
  status: number;
  headers: Headers;
  messages: RawMessage[];
}

export interface RawOptions {
  method?: string;
  session?: string;
  token?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** One HTTP request by hand; `body` is sent as it is when it is text, else as JSON. */
export async function fetchRaw(
  url: URL,
  body?: unknown,
  { method = "POST", session, token, headers, signal }: RawOptions = {},
): Promise<Response> {
  return fetch(url, {
    method,
    headers: {
      accept: "application/json, text/event-stream",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(session !== undefined && { "mcp-session-id": session }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
}

/** The same, its answer read to the end. */
export async function sendRaw(url: URL, body?: unknown, options: RawOptions = {}): Promise<RawAnswer> {
  const response = await fetchRaw(url, body, options);
  const text = await response.text();
  const lines = response.headers.get("content-type")?.startsWith("text/event-stream")
    ? text.split("\n").flatMap((line) => (line.startsWith("data: ") ? line.slice(6) : []))
    : [text].filter(Boolean);
  return {
    status: response.status,
    headers: response.headers,
    messages: lines.flatMap((line) => JSON.parse(line) as RawMessage),
  };
}

/** An `initialize` request of the older era. */
export function toInitialize(protocolVersion = "2025-11-25", capabilities: object = {}) {
  const params = { protocolVersion, capabilities, clientInfo: INFO };
  return { jsonrpc: "2.0", id: 1, method: "initialize", params };
}

export function toCall(id: number | string, name: string, args: object = {}) {
  return { jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args } };
}

/** @returns the id of a session opened by hand */
export async function openSession(url: URL, token?: string, capabilities: object = {}): Promise<string> {
  const given = token === undefined ? {} : { token };
  const { headers } = await sendRaw(url, toInitialize("2025-11-25", capabilities), given);
  const session = headers.get("mcp-session-id") ?? "";
  await sendRaw(url, { jsonrpc: "2.0", method: "notifications/initialized" }, { session, ...given });
  return session;
}
