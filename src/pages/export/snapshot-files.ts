import type { Snapshot } from "../snapshot.ts";
import type { Lines } from "./csv-files.ts";

export interface SnapshotFile {
  mimeType: string;
  title: string;
  /** What is in it, as one sentence. */
  says: string;
  /** The whole file; its last line is closed. Loaded when asked for: a server starts without it. */
  render: (snapshot: Snapshot) => Promise<string>;
  /** The same by lines, where what came makes it as large as it likes: whoever reads a part makes no more than that. */
  lines?: (snapshot: Snapshot) => Promise<Lines>;
}

const redirects = (server: string, render: SnapshotFile["render"]): SnapshotFile => ({
  mimeType: "text/plain",
  title: `Redirect map for ${server}`,
  says: `The reclaim list as redirects for ${server}: a suggestion to review.`,
  render,
});

/** What of a snapshot can be read whole, by file name. The command line writes the same bytes. */
export const SNAPSHOT_FILES = {
  "rows.csv": {
    mimeType: "text/csv",
    title: "All rows of a snapshot",
    says: "The whole table of one snapshot, URL variants folded, as CSV: nothing left out.",
    render: async (snapshot) => (await import("./csv-files.ts")).renderRowsCsv(snapshot),
  },
  "pages.csv": {
    mimeType: "text/csv",
    title: "All pages of a snapshot",
    says: "Every fetched page of one snapshot as it came, unfolded, as CSV.",
    render: async (snapshot) => (await import("./csv-files.ts")).renderPagesCsv(snapshot),
  },
  "pages.jsonl": {
    mimeType: "application/jsonl",
    title: "All pages of a snapshot, with every field",
    says: "Every fetched page with everything that came, one JSON object a line.",
    render: async (snapshot) => (await import("./csv-files.ts")).renderPagesJsonl(snapshot),
    lines: async (snapshot) => (await import("./csv-files.ts")).toJsonLines(snapshot),
  },
  "report.md": {
    mimeType: "text/markdown",
    title: "Report on a snapshot",
    says: "Findings, sections and the whole table as a report in Markdown.",
    render: async (snapshot) => (await import("./report.ts")).renderReportMarkdown(snapshot),
  },
  "redirects.csv": {
    mimeType: "text/csv",
    title: "Reclaim list",
    says: "Dead pages and redirect chains that hold links, each with what to do (redirect, review, repair), target and why, as CSV.",
    render: async (snapshot) => (await import("../redirects/redirects-csv.ts")).renderRedirectsCsv(snapshot),
  },
  "redirects.nginx": redirects("nginx", async (snapshot) =>
    (await import("../redirects/nginx.ts")).renderRedirectsNginx(snapshot),
  ),
  "redirects.apache": redirects("Apache", async (snapshot) =>
    (await import("../redirects/apache.ts")).renderRedirectsApache(snapshot),
  ),
  "redirects.netlify": redirects("Netlify", async (snapshot) =>
    (await import("../redirects/netlify.ts")).renderRedirectsNetlify(snapshot),
  ),
} as const satisfies Readonly<Record<string, SnapshotFile>>;

/** The name of a file that a snapshot can be read as. */
export type SnapshotFileName = keyof typeof SNAPSHOT_FILES;

export const SNAPSHOT_FILE_NAMES = Object.keys(SNAPSHOT_FILES) as SnapshotFileName[];

/** @returns undefined for any other name, be it one that every object has */
export const toFileName = (text: string): SnapshotFileName | undefined =>
  SNAPSHOT_FILE_NAMES.find((name) => name === text);

/** Every snapshot that is kept. */
export const SNAPSHOTS_URI = "domain-pages://snapshots";

/** The filter language. */
export const FIELDS_URI = "domain-pages://fields";

/** One snapshot, condensed. */
export const toSummaryUri = (snapshotId: string): string => `${SNAPSHOTS_URI}/${snapshotId}`;

/** One page of it, with everything that came. */
export const toPageUri = (snapshotId: string, handle: string): string => `${toSummaryUri(snapshotId)}/pages/${handle}`;

/** One of its files: `rows.csv`. */
export const toFileUri = (snapshotId: string, file: string): string => `${toSummaryUri(snapshotId)}/${file}`;
