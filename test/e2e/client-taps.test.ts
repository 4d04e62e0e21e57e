import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, it } from "vitest";
import { openServer } from "../clients/support/open-server.ts";
import { readSent } from "../clients/support/passed.ts";

/** The clients' matrix takes what passes a tap for what the server sent: so it has to be that. */
describe.each(["stdio", "HTTP"] as const)("a tap over %s", (transport) => {
  it.each(["legacy", { pin: "2026-07-28" }] as const)(
    "keeps what the client was sent, negotiated as %o",
    async (mode) => {
      const { server, passed, close } = await openServer(transport);
      const client = new Client({ name: "test", version: "0" }, { versionNegotiation: { mode } });
      await client.connect(
        "url" in server ? new StreamableHTTPClientTransport(new URL(server.url)) : new StdioClientTransport(server),
      );
      const { tools } = await client.listTools();
      const args = { target: "acme.example", limit: 3 };
      const answer = await client.callTool({ name: "get_domain_pages", arguments: args });
      const refusal = await client.callTool({ name: "query_domain_pages", arguments: { limit: "many" } });
      await client.close();
      await close();
      const sent = readSent(passed());
      expect(sent.revision).toBe(mode === "legacy" ? "2025-11-25" : "2026-07-28");
      expect(sent.tools).toEqual(tools);
      expect(sent.calls).toEqual([
        { tool: "get_domain_pages", args, answer: toSent(answer) },
        { tool: "query_domain_pages", args: { limit: "many" }, answer: toSent(refusal) },
      ]);
      expect(sent.calls.map((call) => call.answer.isError)).toEqual([false, true]);
    },
  );
});

const toSent = ({ content, structuredContent, isError }: Awaited<ReturnType<Client["callTool"]>>) => ({
  text: content.map((block) => (block.type === "text" ? block.text : "")).join("\n"),
  structured: structuredContent,
  isError: isError === true,
});
