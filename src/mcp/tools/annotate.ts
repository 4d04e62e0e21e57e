import type { ToolAnnotations } from "@modelcontextprotocol/server";

/** Where a tool looks: at what is kept here, or also at the gateway. */
export type Reach = "kept" | "gateway";

/**
 * What hosts are told of a tool of ours. None of them writes or destroys anything; the same call again changes nothing
 * either, since the paid tool then answers from the kept snapshot, for free.
 */
export const annotate = (title: string, reach: Reach): ToolAnnotations => ({
  title,
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: reach === "gateway",
});
