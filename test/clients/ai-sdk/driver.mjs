import { createMCPClient } from "@ai-sdk/mcp";
import { Experimental_StdioMCPTransport as StdioTransport } from "@ai-sdk/mcp/mcp-stdio";
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, isStepCount } from "ai";
import { hold } from "../support/conversation.mjs";

await hold(async ({ server, modelUrl, question }) => {
  const client = await createMCPClient({
    transport: server.url ? { type: "http", url: server.url } : new StdioTransport(server),
  });
  try {
    const { text } = await generateText({
      model: createOpenAI({ baseURL: `${modelUrl}/v1` })("gpt-5.1"),
      tools: await client.tools(),
      stopWhen: isStepCount(10),
      prompt: question,
    });
    return text;
  } finally {
    await client.close();
  }
});
