import {
  type McpServer,
  type ReadResourceResult,
  ResourceNotFoundError,
  ResourceTemplate,
} from "@modelcontextprotocol/server";
import { CSV_FILES, type CsvFile, snapshotUri } from "../../pages/answer/next-steps.ts";
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
const MAX_LISTED = 50;

const FILES: Readonly<Record<CsvFile, { title: string; description: string }>> = {
  rows: {
    title: "All rows of a snapshot",
    description: "The whole table of one snapshot, URL variants folded, as CSV: nothing left out. Free.",
  },
  pages: {
    title: "All pages of a snapshot",
    description: "Every fetched page of one snapshot as it came, unfolded, as CSV. Free.",
  },
};

/** Registers what an answer left out as resources: nothing that was fetched is lost while the server runs. */
export function registerSnapshotCsv(server: McpServer, snapshots: ReadSnapshots): void {
  for (const file of CSV_FILES) {
    const config = { ...FILES[file], mimeType: MIME_TYPE };
    server.registerResource(`${file}_csv`, createTemplate(file, snapshots), config, (uri, { snapshot_id }) =>
      readCsv(uri, file, String(snapshot_id), snapshots),
    );
  }
}

function createTemplate(file: CsvFile, snapshots: ReadSnapshots): ResourceTemplate {
  return new ResourceTemplate(snapshotUri("{snapshot_id}", file), {
    list: () => ({
      resources: snapshots
        .list()
        .slice(0, MAX_LISTED)
        .map((snapshot) => ({
          uri: snapshotUri(snapshot.id, file),
          name: `${snapshot.request.target} ${snapshot.id} ${file}`,
          title: `${snapshot.request.target}: ${FILES[file].title.toLowerCase()}`,
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

async function readCsv(uri: URL, file: CsvFile, id: string, snapshots: ReadSnapshots): Promise<ReadResourceResult> {
  const snapshot = snapshots.get(id);
  if (snapshot === undefined) throw notFound(uri, snapshots.list());
  return { contents: [{ uri: uri.href, mimeType: MIME_TYPE, text: await renderFile(file, snapshot) }] };
}

/** Loaded when asked for: a server starts without it. */
async function renderFile(file: CsvFile, snapshot: Snapshot): Promise<string> {
  if (file === "rows") return (await import("../../pages/snapshot/rows-csv.ts")).renderRowsCsv(snapshot);
  return (await import("../../pages/snapshot/pages-csv.ts")).renderPagesCsv(snapshot);
}

function notFound(uri: URL, known: Snapshot[]): ResourceNotFoundError {
  const named = known.slice(0, MAX_NAMED).map(({ id, request }) => `${id} (${request.target})`);
  const hint = named.length === 0 ? "none is kept yet" : `kept: ${named.join(", ")}`;
  return new ResourceNotFoundError(
    uri.href,
    `No such snapshot in this process; ${hint}. get_domain_pages makes one (the live source charges for it).`,
  );
}
