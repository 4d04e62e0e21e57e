import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { buildAnswer } from "../src/pages/answer/answer.ts";
import { renderStructured } from "../src/pages/answer/render-structured.ts";
import { renderText } from "../src/pages/answer/render-text.ts";
import { importAnswer } from "../src/pages/snapshot/import-answer.ts";
import { readEnvelope } from "../src/upstream/envelope.ts";
import { makeBody } from "./make-body.ts";

const count = (value: unknown): number => encode(typeof value === "string" ? value : JSON.stringify(value)).length;

/** What the model's context pays, o200k tokens: the list of tools, and answers beside the raw body. */
export async function benchTokens(): Promise<string[]> {
  const client = new Client({ name: "bench", version: "0" });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: ["dist/main.js"] }));
  const { tools } = await client.listTools();
  await client.close();
  return [
    `tools/list: ${count(tools)} (bar 1500)`,
    ...[10, 100, 1000].map((pages) => {
      const body = makeBody(pages);
      const outcome = readEnvelope({ status: 200, headers: {}, body });
      if (!outcome.ok) throw outcome.error;
      const answer = buildAnswer(importAnswer(outcome.answer), { maxTokens: 1500, surface: "mcp" });
      const text = count(renderText(answer));
      const structured = count(renderStructured(answer));
      return `${pages} pages: text ${text}, structured ${structured} (${(structured / text).toFixed(2)} x), raw ${count(body)}; ${answer.rows.length} of ${answer.folds} rows`;
    }),
  ];
}
