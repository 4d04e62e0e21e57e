import { createMCPClient } from "@ai-sdk/mcp";
import { Experimental_StdioMCPTransport as StdioTransport } from "@ai-sdk/mcp/mcp-stdio";
import { openai } from "@ai-sdk/openai";
import { generateText, isStepCount } from "ai";

const client = await createMCPClient({
  transport: new StdioTransport({
    command: "npx",
    args: ["-y", "domain-pages-mcp"],
    // env: { AISA_API_KEY: "…" }: without a key it answers from its sandbox.
  }),
});

const { text } = await generateText({
  model: openai("gpt-5.1"),
  tools: await client.tools(),
  stopWhen: isStepCount(10),
  prompt: "Which dead pages of acme.example still hold links?",
});

console.log(text);
await client.close();
