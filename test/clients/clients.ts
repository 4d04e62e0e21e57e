/** How a client is set up for a conversation. */
export interface Variant {
  /** What its driver knows it by; empty where there is one only. */
  name: string;
  /** What the stand-in has to speak; none where there is no model behind the client. */
  api: "none" | "Chat Completions" | "Responses" | "Messages";
  transports: readonly Transport[];
}

export type Transport = "stdio" | "HTTP";

/** A client as the runner knows it. */
export interface ClientUnderTest {
  /** Its folder here, and its name on the command line. */
  name: string;
  /** As the table calls it; the version is read from its lock file. */
  title: string;
  /** The package whose version stands in the table; none where the variants are versions. */
  package?: string;
  /** Major version of the oldest Node that it runs on. */
  oldestNode: 20 | 22;
  variants: readonly Variant[];
}

const BOTH = ["stdio", "HTTP"] as const;

/** Every client that the built server is tried with. A folder of the same name holds its driver. */
export const CLIENTS: readonly ClientUnderTest[] = [
  {
    name: "sdk-older",
    title: "MCP SDK, older line",
    oldestNode: 20,
    variants: [
      // The first that was published.
      { name: "0.4.0", api: "none", transports: ["stdio"] },
      // The first that was called stable.
      { name: "1.0.0", api: "none", transports: ["stdio"] },
      // The first with Streamable HTTP.
      { name: "1.10.0", api: "none", transports: BOTH },
      // The first that knows of structuredContent.
      { name: "1.11.4", api: "none", transports: BOTH },
      { name: "1.32.2", api: "none", transports: BOTH },
    ],
  },
  {
    name: "sdk-client",
    title: "MCP client",
    package: "@modelcontextprotocol/client",
    oldestNode: 20,
    variants: ["legacy", "auto", "pinned to 2026-07-28"].map((name) => ({ name, api: "none", transports: BOTH })),
  },
  {
    name: "inspector",
    title: "MCP Inspector",
    package: "@modelcontextprotocol/inspector",
    oldestNode: 22,
    variants: ["legacy", "auto", "modern"].map((name) => ({ name, api: "none", transports: BOTH })),
  },
  {
    name: "langchain",
    title: "LangChain adapters",
    package: "@langchain/mcp-adapters",
    oldestNode: 22,
    variants: [{ name: "", api: "Chat Completions", transports: BOTH }],
  },
  {
    name: "openai-agents",
    title: "OpenAI Agents SDK",
    package: "@openai/agents",
    oldestNode: 22,
    variants: ["strict", "not strict"].map((name) => ({ name, api: "Responses", transports: BOTH })),
  },
  {
    name: "ai-sdk",
    title: "AI SDK",
    package: "@ai-sdk/mcp",
    oldestNode: 22,
    variants: [{ name: "", api: "Responses", transports: BOTH }],
  },
  {
    name: "mastra",
    title: "Mastra",
    package: "@mastra/mcp",
    oldestNode: 22,
    variants: [{ name: "", api: "Chat Completions", transports: BOTH }],
  },
  {
    name: "claude-agent",
    title: "Claude Agent SDK",
    package: "@anthropic-ai/claude-agent-sdk",
    oldestNode: 20,
    variants: [{ name: "", api: "Messages", transports: BOTH }],
  },
];
