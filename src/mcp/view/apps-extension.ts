import type { ClientCapabilities, ServerContext } from "@modelcontextprotocol/server";
import { capabilitiesOf } from "../client-capabilities.ts";

/**
 * MCP Apps: a host shows a page of ours beside a tool's answer, in a frame that reaches nothing but the host.
 * @see @modelcontextprotocol/ext-apps 2.0.4, `dist/src/spec.types.d.ts`
 */
export const APPS_EXTENSION = "io.modelcontextprotocol/ui";

/** The one form of page that the extension knows. */
export const VIEW_MIME_TYPE = "text/html;profile=mcp-app";

/** The one page, for all tools that have something to show. */
export const VIEW_URI = "ui://domain-pages/view";

/** What a tool's declaration says so that hosts open the page with its results. */
export const OPENS_VIEW = { ui: { resourceUri: VIEW_URI } } as const;

/**
 * Whether the client shows such pages: only then is their data worth sending.
 * @param declared what a client of the older era said it can do
 */
export function canShowView(context: ServerContext, declared: ClientCapabilities | undefined): boolean {
  const mimeTypes = capabilitiesOf(context, declared).extensions?.[APPS_EXTENSION]?.["mimeTypes"];
  return Array.isArray(mimeTypes) && mimeTypes.includes(VIEW_MIME_TYPE);
}
