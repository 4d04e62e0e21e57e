import { GROUPINGS, PAGE_STATES } from "../../pages/query/choices.ts";
import type { QueryPages } from "../../pages/query/query-pages.ts";
import { toPortableSchema } from "../portable-schema.ts";
import type { ToolAnswer } from "../tool-result.ts";
import { annotate } from "./annotate.ts";

export interface QueryDomainPagesDeps {
  queryPages: QueryPages;
}

const text = { type: "string" };
const whole = { type: "integer" };
const texts = { type: "array", items: text };

/** Every model pays for this: what a name says needs no words, and a wrong value is answered with the right ones. */
const createSchema = () => ({
  type: "object",
  properties: {
    snapshot_id: text,
    target: { ...text, description: "Its newest snapshot." },
    filters: { type: "array", items: {} },
    status: { ...text, enum: PAGE_STATES },
    section: { ...text, description: '"/blog" or "shop.acme.example".' },
    min_backlinks: whole,
    min_referring_domains: whole,
    text: { ...text, description: "In URL or title." },
    order_by: texts,
    columns: { ...texts, description: "Fields as in filters." },
    group_by: { ...text, enum: GROUPINGS },
    fold: { type: "boolean" },
    limit: whole,
    offset: whole,
    handles: { ...texts, description: '["p1"]: full records.' },
  },
  additionalProperties: false,
});

const TITLE = "Query a kept snapshot";

export const queryDomainPages = {
  name: "query_domain_pages",
  config: {
    title: TITLE,
    description:
      "FREE: ask a fetched snapshot anything instead of paying again: filter and sort (as in get_domain_pages), " +
      "group, choose columns, page through, open full records.",
    inputSchema: toPortableSchema(createSchema),
    annotations: annotate(TITLE, "kept"),
  },
} as const;

export function createQueryDomainPages({ queryPages }: QueryDomainPagesDeps) {
  return async (args: unknown): Promise<ToolAnswer> => {
    const answer = await queryPages(args, { surface: "mcp" });
    // Loaded with the first call: it brings the whole filter language along.
    const { renderQueryStructured, renderQueryText } = await import("../../pages/query/render-query.ts");
    return { text: renderQueryText(answer), structured: renderQueryStructured(answer) };
  };
}
