import {
  type ReadResourceResult,
  ResourceNotFoundError,
  ResourceTemplate,
  type Variables,
} from "@modelcontextprotocol/server";
import { pagesCsvUri } from "../../pages/answer/next-steps.ts";
import { renderPagesCsv } from "../../pages/snapshot/pages-csv.ts";
import type { Snapshot } from "../../pages/snapshot/snapshot.ts";

/** The snapshots that can be read again for free. */
export interface ReadSnapshots {
  get(id: string): Snapshot | undefined;
  /** Newest first. */
  list(): Snapshot[];
}

const MIME_TYPE = "text/csv";

/** How many snapshots an error names, and a listing holds. */
const MAX_NAMED = 5;
const MAX_LISTED = 100;

/** Every fetched page of a snapshot as CSV: what an answer left out is never lost. */
export const pagesCsv = {
  name: "pages_csv",
  config: {
    title: "All pages of a snapshot",
    description: "Every fetched page of one snapshot, unfolded, as CSV. Free.",
    mimeType: MIME_TYPE,
  },
} as const;

export function createPagesCsvTemplate(snapshots: ReadSnapshots): ResourceTemplate {
  return new ResourceTemplate(pagesCsvUri("{snapshot_id}"), {
    list: () => ({
      resources: snapshots
        .list()
        .slice(0, MAX_LISTED)
        .map((snapshot) => ({
          uri: pagesCsvUri(snapshot.id),
          name: `${snapshot.request.target} ${snapshot.id}`,
          title: `${snapshot.request.target}: ${snapshot.pages.length} pages`,
          mimeType: MIME_TYPE,
        })),
    }),
    complete: {
      snapshot_id: (typed) =>
        snapshots
          .list()
          .map(({ id }) => id)
          .filter((id) => id.startsWith(typed)),
    },
  });
}

export function createReadPagesCsv(snapshots: ReadSnapshots) {
  return (uri: URL, variables: Variables): ReadResourceResult => {
    const snapshot = snapshots.get(String(variables["snapshot_id"]));
    if (snapshot === undefined) throw notFound(uri, snapshots.list());
    return { contents: [{ uri: uri.href, mimeType: MIME_TYPE, text: renderPagesCsv(snapshot) }] };
  };
}

function notFound(uri: URL, known: Snapshot[]): ResourceNotFoundError {
  const named = known.slice(0, MAX_NAMED).map(({ id, request }) => `${id} (${request.target})`);
  const hint = named.length === 0 ? "none is kept yet" : `kept: ${named.join(", ")}`;
  return new ResourceNotFoundError(
    uri.href,
    `No such snapshot in this process; ${hint}. get_domain_pages makes one (the live source charges for it).`,
  );
}
