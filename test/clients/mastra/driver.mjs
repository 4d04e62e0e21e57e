import { Agent } from "@mastra/core/agent";
import { MCPClient } from "@mastra/mcp";
import { hold } from "../support/conversation.mjs";

await hold(async ({ server, modelUrl, question }) => {
  const client = new MCPClient({
    id: server.url ?? "stdio",
    servers: { "domain-pages": server.url ? { url: new URL(server.url) } : server },
  });
  try {
    const agent = new Agent({
      id: "backlink-analyst",
      name: "Backlink analyst",
      instructions: "Answer from the tools.",
      model: { id: "openai/gpt-5.1", url: `${modelUrl}/v1`, apiKey: process.env.OPENAI_API_KEY },
      tools: await client.listTools(),
    });
    return (await agent.generate(question, { maxSteps: 10 })).text;
  } finally {
    await client.disconnect();
  }
});
