import { Client as ModernClient } from "@modelcontextprotocol/client";
import { StdioClientTransport as ModernStdio } from "@modelcontextprotocol/client/stdio";
import { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OlderStdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { BUILT } from "./built.ts";
import { makeTempFolder } from "./temp-home.ts";
import { type Listing, readListing } from "./tool-lint/listing.ts";

/** A tool's answer as any client sees it. */
export interface ToolAnswer {
  isError?: boolean | undefined;
  content: { type: string; text?: string }[];
  structuredContent?: Record<string, unknown> | undefined;
  _meta?: Record<string, unknown> | undefined;
}

export interface CallOptions {
  signal?: AbortSignal;
  onprogress?: (progress: { progress: number; message?: string | undefined }) => void;
}

/** What the tests need of a client, whichever package it comes from. */
export interface ConnectedClient {
  listTools(): Promise<
    { name: string; description: string; inputSchema: Record<string, unknown>; annotations?: object }[]
  >;
  /** All that it is told before the first call. */
  listing(): Promise<Listing>;
  call(name: string, args: Record<string, unknown>, options?: CallOptions): Promise<ToolAnswer>;
  listResources(): Promise<{ uri: string }[]>;
  read(uri: string): Promise<{ text?: string }[]>;
  instructions(): string | undefined;
  serverName(): string | undefined;
  /** All that the server wrote to stderr so far. */
  stderr(): string;
  close(): Promise<void>;
}

/** A question that was put to the person behind the client, and what they answer. */
export type AnswerQuestion = (message: string) => {
  action: "accept" | "decline" | "cancel";
  content?: Record<string, string | number | boolean | string[]>;
};

/** With `person` the client can put questions to somebody; without it offers no such thing. */
type Connect = (env?: Record<string, string>, person?: AnswerQuestion) => Promise<ConnectedClient>;

const CAN_ASK = { capabilities: { elicitation: {} } };

const INFO = { name: "test", version: "0" };

function serverParameters(env: Record<string, string>) {
  return {
    command: process.execPath,
    args: [BUILT],
    stderr: "pipe" as const,
    env: { PATH: process.env["PATH"] ?? "", HOME: makeTempFolder(), ...env },
  };
}

function collect(transport: OlderStdio | ModernStdio): () => string {
  let text = "";
  transport.stderr?.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  return () => text;
}

function adapt(
  client: OlderClient | ModernClient,
  call: ConnectedClient["call"],
  stderr: () => string,
): ConnectedClient {
  return {
    listTools: async () => (await client.listTools()).tools as never,
    listing: () => readListing(client),
    call,
    listResources: async () => (await client.listResources()).resources,
    read: async (uri) => (await client.readResource({ uri })).contents as { text?: string }[],
    instructions: () => client.getInstructions(),
    serverName: () => client.getServerVersion()?.name,
    stderr,
    close: () => client.close(),
  };
}

const connectOlder: Connect = async (env = {}, person) => {
  const transport = new OlderStdio(serverParameters(env));
  const stderr = collect(transport);
  const client = new OlderClient(INFO, person === undefined ? {} : CAN_ASK);
  if (person !== undefined) client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params.message));
  await client.connect(transport);
  const call: ConnectedClient["call"] = async (name, args, options) =>
    (await client.callTool({ name, arguments: args }, undefined, options as never)) as ToolAnswer;
  return adapt(client, call, stderr);
};

const connectModern =
  (mode: "legacy" | { pin: string }): Connect =>
  async (env = {}, person) => {
    const transport = new ModernStdio(serverParameters(env));
    const stderr = collect(transport);
    const client = new ModernClient(INFO, { versionNegotiation: { mode }, ...(person !== undefined && CAN_ASK) });
    if (person !== undefined) {
      client.setRequestHandler("elicitation/create", ({ params }) => person(params.message));
    }
    await client.connect(transport);
    const call: ConnectedClient["call"] = async (name, args, options) =>
      (await client.callTool({ name, arguments: args }, options as never)) as ToolAnswer;
    return adapt(client, call, stderr);
  };

/** Real clients of both protocol eras, over stdio against the built server. */
export const CLIENTS: readonly (readonly [string, Connect])[] = [
  ["@modelcontextprotocol/sdk 1.32", connectOlder],
  ["@modelcontextprotocol/client 2.4, legacy", connectModern("legacy")],
  ["@modelcontextprotocol/client 2.4, pinned to 2026-07-28", connectModern({ pin: "2026-07-28" })],
];
