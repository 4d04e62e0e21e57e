import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { createOrganisation } from "../../src/compose/organisation.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { formatCount, formatUsd } from "../../src/lists/text.ts";
import { createLog } from "../../src/log.ts";
import { renderText } from "../../src/pages/answer/render-answer.ts";
import { renderQueryText } from "../../src/pages/query/query-pages.ts";
import { createBooks, createGateway } from "../../src/sandbox/gateway.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import type { Wire } from "../../src/upstream/wire.ts";
import { PRICES } from "./example-prices.ts";
import { toMarkdownTable } from "./markdown.ts";
import { DOCUMENTS_NOW } from "./run-command.ts";

const PURCHASE = { target: "acme.example", limit: 1000 };

/** What an analyst asks next, and the free call that answers it. */
const QUESTIONS: readonly { question: string; body: Record<string, unknown> }[] = [
  { question: "Which sections earn the links?", body: { group_by: "section" } },
  {
    question: "Which dead pages still hold links?",
    body: { status: "broken", order_by: ["page_summary.backlinks,desc"] },
  },
  { question: "What exactly links to the worst of them?", body: { handles: ["p2"] } },
  {
    question: "Which blog posts are linked by 20 or more clean domains?",
    body: { section: "/blog", min_referring_domains: 20, filters: ["page_summary.backlinks_spam_score", "<", 30] },
  },
  { question: "Which countries link most?", body: { group_by: "country", limit: 8 } },
  {
    question: "Where do links pass through redirects?",
    body: { status: "redirect", columns: ["http", "backlinks", "location"] },
  },
];

/** One purchase and six free questions, at a gateway with prices over the sandbox's data; as a Markdown table. */
export async function workedSession(): Promise<string> {
  const books = createBooks();
  const gateway = createGateway({ world: createWorld(), prices: PRICES, books });
  let rawTokens = 0;
  const wire: Wire = async ({ signal: _signal, body = "", ...request }) => {
    const { reply } = gateway({ ...request, body });
    rawTokens = encode(reply.body).length;
    return reply;
  };
  const { config } = loadConfig({ AISA_API_KEY: "sk-aisa-session", DOMAIN_PAGES_STORE: "memory" });
  const log = createLog({ level: "error", write: () => {}, secrets: [], now });
  const upstream = {
    wire,
    basePath: "/apis/v1",
    apiKey: "sk-aisa-session",
    isCircuitOpen: () => false,
    close: async () => {},
  };
  const { getPages, queryPages } = createOrganisation({
    config,
    log,
    now,
    openUpstream: async () => upstream,
  }).appFor();

  const spent = () => formatUsd(books.read().billed.micros / 1_000_000);
  const rows: string[][] = [];
  let tokens = 0;
  const add = (question: string, call: string, answer: string) => {
    const size = encode(answer).length;
    tokens += size;
    rows.push([question, `\`${call}\``, String(size), formatCount(tokens), spent()]);
  };

  const answer = await getPages(PURCHASE, { signal: new AbortController().signal, surface: "mcp" });
  add("Which pages earn links, and what is wrong?", `get_domain_pages ${JSON.stringify(PURCHASE)}`, renderText(answer));
  for (const { question, body } of QUESTIONS) {
    const reply = await queryPages({ snapshot_id: answer.snapshotId, ...body }, { surface: "mcp" });
    add(question, `query_domain_pages ${JSON.stringify({ snapshot_id: "…", ...body })}`, renderQueryText(reply));
  }
  return [
    toMarkdownTable(["Question", "Call", "Tokens", "In all", "Spent so far"], rows),
    "",
    `The raw reply that all of them are answered from has ${formatCount(rawTokens)} tokens.`,
  ].join("\n");
}

const now = () => DOCUMENTS_NOW;
