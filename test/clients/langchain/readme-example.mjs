import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { ChatOpenAI } from "@langchain/openai";
import { createAgent } from "langchain";

const client = new MultiServerMCPClient({
  mcpServers: {
    "domain-pages": {
      command: "npx",
      args: ["-y", "domain-pages-mcp"],
      // LangChain shows the model both forms of an answer; one will do, at half the tokens.
      // AISA_API_KEY goes here too: without a key it answers from its sandbox.
      env: { DOMAIN_PAGES_ANSWER_FORM: "text" },
    },
  },
});

const agent = createAgent({ model: new ChatOpenAI({ model: "gpt-5.1" }), tools: await client.getTools() });
const { messages } = await agent.invoke({
  messages: [{ role: "user", content: "Which dead pages of acme.example still hold links?" }],
});

console.log(messages.at(-1).text);
await client.close();
