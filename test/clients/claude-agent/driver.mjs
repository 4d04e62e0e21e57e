import { query } from "@anthropic-ai/claude-agent-sdk";
import { hold } from "../support/conversation.mjs";

await hold(async ({ server, modelUrl, question }) => {
  const conversation = query({
    prompt: question,
    options: {
      mcpServers: { "domain-pages": server.url ? { type: "http", url: server.url } : { type: "stdio", ...server } },
      allowedTools: ["mcp__domain-pages"],
      // Nothing of its own: no built-in tools, no settings of whoever runs this, nothing kept.
      tools: [],
      settingSources: [],
      persistSession: false,
      env: { ...process.env, ANTHROPIC_BASE_URL: modelUrl },
    },
  });
  for await (const message of conversation) {
    if (message.type !== "result") continue;
    if (message.subtype === "success") return message.result;
    throw new Error(`${message.subtype}: ${message.errors?.join("; ")}`);
  }
  throw new Error("it ended without a result");
});
