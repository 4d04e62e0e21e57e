import type { ClientCapabilities, McpServer, ServerContext } from "@modelcontextprotocol/server";
import type { Log } from "../log.ts";
import { capabilitiesOf } from "./ask-person.ts";
import { withResourceErrors } from "./read-part.ts";

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

export interface ViewDeps {
  /** The page, whole: it loads nothing. */
  readViewPage: () => Promise<string>;
  log: Log;
}

/** No origin may be reached, so that nothing leaves the page but through the host; and no border around it. */
const META = { ui: { csp: {}, prefersBorder: false } };

/** Registers the page that hosts open with results: the same for everybody, free, and without any data. */
export function registerView(server: McpServer, { readViewPage, log }: ViewDeps): void {
  const config = {
    title: "View of a snapshot",
    description: "The page in which hosts show results: table, charts, findings. For hosts, not for reading.",
    mimeType: VIEW_MIME_TYPE,
    _meta: META,
  };
  const read = async ({ href }: URL) => ({
    contents: [{ uri: href, mimeType: VIEW_MIME_TYPE, text: await readViewPage(), _meta: META }],
  });
  server.registerResource("view", VIEW_URI, config, withResourceErrors(read, log));
}
