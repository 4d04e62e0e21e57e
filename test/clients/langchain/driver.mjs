import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { ChatOpenAI } from "@langchain/openai";
import { createAgent } from "langchain";
import { hold } from "../support/conversation.mjs";

await hold(async ({ server, modelUrl, question }) => {
  const client = new MultiServerMCPClient({ mcpServers: { "domain-pages": server } });
  try {
    const agent = createAgent({
      model: new ChatOpenAI({ model: "gpt-5.1", configuration: { baseURL: `${modelUrl}/v1` } }),
      tools: await client.getTools(),
    });
    const { messages } = await agent.invoke({ messages: [{ role: "user", content: question }] });
    return messages.at(-1).text;
  } finally {
    await client.close();
  }
});
