import type { McpServer } from "@modelcontextprotocol/server";
import type { Log } from "../../log.ts";
import { withResourceErrors } from "../resources/resource-errors.ts";
import { VIEW_MIME_TYPE, VIEW_URI } from "./apps-extension.ts";

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
