import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { makeBody } from "../../bench/make-body.ts";
import { queryDomainPages } from "../../src/mcp/tools/query-domain-pages.ts";
import type { PagesSnapshot } from "../../src/pages/domain-pages.ts";
import { createQueryPages, renderQueryStructured, renderQueryText } from "../../src/pages/query/query-pages.ts";
import { matchHere } from "../support/match-here.ts";
import { itemsSnapshot, sandboxSnapshot } from "../support/sandbox-answer.ts";

const acme = () => sandboxSnapshot({ target: "acme.example" });
const firstForty = () => sandboxSnapshot({ target: "acme.example", limit: 40 });
const thousand = () => itemsSnapshot(JSON.parse(makeBody(1000)).tasks[0].result[0].items, 22_261);

/** What an analyst asks, one after another, of a list that is already paid for. */
const QUESTIONS: readonly (readonly [string, () => PagesSnapshot, object])[] = [
  ["which dead pages hold the most links", acme, { status: "broken", order_by: ["backlinks,desc"] }],
  ["which sections earn links", acme, { group_by: "section" }],
  ["what is in the blog", acme, { section: "/blog", order_by: ["backlinks,desc"], limit: 8 }],
  ["which countries link", thousand, { group_by: "country", limit: 6 }],
  [
    "which pages get links from org",
    acme,
    {
      filters: ["page_summary.referring_links_tld.org", ">", 0],
      columns: ["backlinks", "page_summary.referring_links_tld.org", "meta.language"],
      order_by: ["page_summary.referring_links_tld.org,desc"],
      limit: 6,
    },
  ],
  ["what is known of two pages", acme, { handles: ["p2", "p1"] }],
  ["what nothing meets", acme, { status: "broken", section: "/news", min_backlinks: 12, text: "forge" }],
  ["what is near to nothing", acme, { text: "zebra", min_backlinks: 100000 }],
  ["strong pages of a part of the list", firstForty, { min_referring_domains: 40, limit: 5 }],
  ["the next rows of a thousand", thousand, { text: "anvil", offset: 10, columns: ["title", "backlinks"] }],
  ["every redirect by itself", acme, { status: "redirect", fold: false, columns: ["http", "location", "backlinks"] }],
  ["what the pages are built with", acme, { group_by: "technology", min_backlinks: 20 }],
  ["when links were first seen", acme, { group_by: "month_first_seen", limit: 5 }],
];

describe.each(QUESTIONS)("the answer to: %s", (name, create, question) => {
  const ask = async () => {
    const snapshot = create();
    const queryPages = createQueryPages({ findSnapshot: async () => snapshot, maxTokens: 1500, matchTexts: matchHere });
    return queryPages({ snapshot_id: snapshot.id, ...question }, { surface: "mcp" });
  };

  it("reads as reviewed", async () => {
    const text = renderQueryText(await ask());
    await expect(`${text}\n`).toMatchFileSnapshot(`__snapshots__/query-answers/${name.replaceAll(" ", "-")}.txt`);
  });

  it("keeps within its tokens, the structured form within a quarter more", async () => {
    const answer = await ask();
    const tokens = encode(renderQueryText(answer)).length;
    expect(tokens).toBeLessThanOrEqual(1500);
    // Below that, the names of the keys weigh more than what they hold.
    if (tokens > 400)
      expect(encode(JSON.stringify(renderQueryStructured(answer))).length).toBeLessThanOrEqual(1.25 * tokens);
  });
});

describe("the tool", () => {
  const { name, config } = queryDomainPages;
  const listed = {
    name,
    ...config,
    inputSchema: config.inputSchema["~standard"].jsonSchema.input({ target: "draft-2020-12" }),
  };

  it("costs at most 360 tokens to list", () => {
    expect(encode(JSON.stringify(listed)).length).toBeLessThanOrEqual(360);
  });

  it("says that it is free", () => {
    expect(config.description).toMatch(/^FREE/);
  });
});
