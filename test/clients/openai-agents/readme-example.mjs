import { Agent, MCPServerStdio, run } from "@openai/agents";

const domainPages = new MCPServerStdio({
  command: "npx",
  args: ["-y", "domain-pages-mcp"],
  // env: { AISA_API_KEY: "…" }: without a key it answers from its sandbox.
});
await domainPages.connect();

const agent = new Agent({
  name: "Backlink analyst",
  instructions: "Answer from the tools; name the pages and their numbers.",
  model: "gpt-5.1",
  mcpServers: [domainPages],
});
const { finalOutput } = await run(agent, "Which dead pages of acme.example still hold links?");

console.log(finalOutput);
await domainPages.close();
