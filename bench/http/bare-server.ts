import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { type CallToolResult, createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";

// The least a server on this SDK's handler can be, giving the answer of ours from memory: what hits are measured against.
// Usage: node bare-server.mjs <file with the result of one call>
const result = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as CallToolResult;

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: "bare", version: "0.0.0" });
  const inputSchema = z.object({ target: z.string(), limit: z.number() });
  server.registerTool("get_domain_pages", { description: "Bare", inputSchema }, () => result);
  return server;
});

const handle = toNodeHandler(handler);
const listener = createServer((req, res) => {
  void handle(req as Parameters<typeof handle>[0], res);
});
listener.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening on http://127.0.0.1:${(listener.address() as AddressInfo).port}/mcp\n`);
});
