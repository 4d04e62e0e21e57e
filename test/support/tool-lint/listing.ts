import type { Client as ModernClient } from "@modelcontextprotocol/client";
import type { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";
import type { Json } from "./json.ts";

/** All that a server tells of itself before the first call; what the entries hold is for the lint to find out. */
export interface Listing {
  /** The server's own name, which hosts put before those of its tools. */
  server: string;
  instructions: string;
  tools: Json[];
  prompts: Json[];
  resources: Json[];
  resourceTemplates: Json[];
}

/** @returns the lists as this client hands them on; each is one page */
export async function readListing(client: OlderClient | ModernClient): Promise<Listing> {
  const lists = {
    ...(await client.listTools()),
    ...(await client.listPrompts()),
    ...(await client.listResources()),
    ...(await client.listResourceTemplates()),
  };
  if (lists.nextCursor !== undefined) throw new Error("a list has more than one page");
  const { tools, prompts, resources, resourceTemplates } = lists as unknown as Listing;
  return {
    server: client.getServerVersion()?.name ?? "",
    instructions: client.getInstructions() ?? "",
    tools,
    prompts,
    resources,
    resourceTemplates,
  };
}
