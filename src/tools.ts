interface Tool {
  name: string;
  /** What a caller has to be allowed. An estimate may ask the gateway for its price, so it goes with buying. */
  scope: "pages:read" | "snapshots:read";
  /** How far a call can reach: what is kept here; the gateway, for a free word; the gateway, for money. */
  reach: "kept" | "gateway" | "purchase";
}

/**
 * THE table of tools, in the order in which they are listed: whatever speaks of one takes its name from here. What each
 * does stands in `mcp/tools/`, and types ask `mcp/server.ts` for it.
 */
export const TOOLS = {
  get: { name: "get_domain_pages", scope: "pages:read", reach: "purchase" },
  estimate: { name: "estimate_domain_pages", scope: "pages:read", reach: "gateway" },
  query: { name: "query_domain_pages", scope: "snapshots:read", reach: "kept" },
  compare: { name: "compare_domain_pages", scope: "snapshots:read", reach: "kept" },
} as const satisfies Readonly<Record<string, Tool>>;

export type ToolKey = keyof typeof TOOLS;

/** How far a call of some tool can reach. */
export type Reach = Tool["reach"];
