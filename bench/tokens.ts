import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { toCsv } from "../src/lists/cells.ts";
import { importAnswer } from "../src/lists/endpoint-answer.ts";
import { buildAnswer } from "../src/pages/answer/answer.ts";
import { foldPages } from "../src/pages/answer/fold.ts";
import { renderStructured, renderText } from "../src/pages/answer/render-answer.ts";
import { toTable } from "../src/pages/answer/table.ts";
import { DOMAIN_PAGES, type PagesSnapshot } from "../src/pages/domain-pages.ts";
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
    ...Object.entries(ANSWER_BARS).map(([pages, bar]) => describeAnswer(Number(pages), bar)),
    `full table, 100 rows x 7 columns: ${count(fullTable())} (bar 3000)`,
  ];
}

/** Pages fetched → tokens the default answer may cost. */
const ANSWER_BARS = { 10: 800, 100: 1500, 1000: 1800 };

function importBody(body: string): PagesSnapshot {
  const outcome = readEnvelope({ status: 200, headers: {}, body });
  if (!outcome.ok) throw outcome.error;
  return importAnswer(DOMAIN_PAGES, outcome.answer);
}

function describeAnswer(pages: number, bar: number): string {
  const body = makeBody(pages);
  const answer = buildAnswer(importBody(body), { maxTokens: 1500, surface: "mcp" });
  const text = count(renderText(answer));
  const structured = count(renderStructured(answer));
  const ratio = (structured / text).toFixed(2);
  const rows = `${answer.rows.length} of ${answer.folds} rows`;
  return `${pages} pages: text ${text} (bar ${bar}), structured ${structured} = ${ratio} x (bar 1.25), raw JSON ${count(body)}; ${rows}`;
}

function fullTable(): string {
  const folds = foldPages(importBody(makeBody(130)).items).slice(0, 100);
  const { columns, row } = toTable(folds, "acme.example", ["spam", "nofollow%"]);
  return toCsv(
    columns,
    folds.map((_, index) => row(index)),
  );
}
