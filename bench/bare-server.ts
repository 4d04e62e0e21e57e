import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

// The least a server on this SDK can be: what start-up is measured against.
serveStdio(() => {
  const server = new McpServer({ name: "bare", version: "0.0.0" });
  server.registerTool("echo", { description: "Echo", inputSchema: z.object({ text: z.string() }) }, ({ text }) => ({
    content: [{ type: "text", text }],
  }));
  return server;
});
