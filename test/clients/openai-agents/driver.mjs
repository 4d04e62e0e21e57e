import { Agent, MCPServerStdio, MCPServerStreamableHttp, OpenAIProvider, Runner } from "@openai/agents";
import { hold } from "../support/conversation.mjs";

await hold(async ({ server, modelUrl, question, variant }) => {
  const mcpServer = server.url ? new MCPServerStreamableHttp(server) : new MCPServerStdio(server);
  await mcpServer.connect();
  try {
    const agent = new Agent({
      name: "Backlink analyst",
      model: "gpt-5.1",
      mcpServers: [mcpServer],
      mcpConfig: { convertSchemasToStrict: variant === "strict" },
    });
    const runner = new Runner({ modelProvider: new OpenAIProvider({ baseURL: `${modelUrl}/v1` }) });
    return (await runner.run(agent, question)).finalOutput;
  } finally {
    await mcpServer.close();
  }
});
