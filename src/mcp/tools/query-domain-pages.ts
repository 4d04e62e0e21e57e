import type { ServerContext } from "@modelcontextprotocol/server";
import type { QueryCaller, QueryPages } from "../../pages/query/query-pages.ts";
import { toQuerySchema } from "../../pages/query/query-schema.ts";
import { TOOLS } from "../../tools.ts";
import { OPENS_VIEW } from "../apps-view.ts";
import type { ToolAnswer } from "../tool-result.ts";
import { annotate, toPortableSchema } from "./declare.ts";

export interface QueryDomainPagesDeps {
  queryPages: QueryPages;
}

const TITLE = "Query a kept snapshot";

export const queryDomainPages = {
  name: TOOLS.query.name,
  config: {
    title: TITLE,
    description:
      `FREE: ask a fetched snapshot: filter and sort by fields as in ${TOOLS.get.name}, any column shown, country:US; ` +
      "group, open records.",
    inputSchema: toPortableSchema(toQuerySchema),
    annotations: annotate(TITLE, TOOLS.query.reach),
    _meta: OPENS_VIEW,
  },
} as const;

export function createQueryDomainPages({ queryPages }: QueryDomainPagesDeps) {
  return async (args: unknown, { mcpReq: { signal } }: ServerContext): Promise<ToolAnswer> => {
    let toView: ToolAnswer["toView"];
    const onSelected: QueryCaller["onSelected"] = (snapshot, selected) => {
      toView = async () => (await import("../../pages/view/snapshot-view.ts")).toQueryView(snapshot, selected);
    };
    const answer = await queryPages(args, { surface: "mcp", signal, onSelected });
    // Loaded with the first call: it brings the whole filter language along.
    const { renderQueryStructured, renderQueryText } = await import("../../pages/query/query-pages.ts");
    return { text: renderQueryText(answer), structured: renderQueryStructured(answer), toView };
  };
}
