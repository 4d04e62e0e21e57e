import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { follow, hold } from "../support/conversation.mjs";

const MODES = { legacy: "legacy", auto: "auto", "pinned to 2026-07-28": { pin: "2026-07-28" } };

await hold(async (session) => {
  const { server, variant } = session;
  const client = new Client({ name: "sdk-client", version: "1" }, { versionNegotiation: { mode: MODES[variant] } });
  await client.connect(
    server.url ? new StreamableHTTPClientTransport(new URL(server.url)) : new StdioClientTransport(server),
  );
  try {
    const { tools } = await client.listTools();
    return await follow(session, { tools, call: (params) => client.callTool(params) });
  } finally {
    await client.close();
  }
});
