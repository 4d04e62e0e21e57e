import { type SnapshotFile, type SnapshotFiles, toFormats, toSummaryUri } from "../../lists/export-files.ts";
import type { PagesSnapshot } from "../domain-pages.ts";

type PagesFile = SnapshotFile<PagesSnapshot>;

const redirects = (server: string, format: string, render: PagesFile["render"]): PagesFile => ({
  format,
  mimeType: "text/plain",
  title: `Redirect map for ${server}`,
  says: `The reclaim list as redirects for ${server}: a suggestion to review.`,
  notice: "sandbox and review",
  render,
});

/**
 * What of a snapshot can be read whole, by file name: THE table of export files. Resources and their completion,
 * `export --format` with its help, the library and the documents have what stands here.
 */
export const SNAPSHOT_FILES = {
  "rows.csv": {
    format: "rows",
    mimeType: "text/csv",
    title: "All rows of a snapshot",
    says: "The whole table of one snapshot, URL variants folded, as CSV: nothing left out.",
    notice: "none",
    isNamed: true,
    render: async (snapshot) => (await import("./csv-files.ts")).renderRowsCsv(snapshot),
  },
  "pages.csv": {
    format: "csv",
    mimeType: "text/csv",
    title: "All pages of a snapshot",
    says: "Every fetched page of one snapshot as it came, unfolded, as CSV.",
    notice: "none",
    isNamed: true,
    render: async (snapshot) => (await import("./csv-files.ts")).renderPagesCsv(snapshot),
  },
  "pages.jsonl": {
    format: "jsonl",
    mimeType: "application/jsonl",
    title: "All pages of a snapshot, with every field",
    says: "Every fetched page with everything that came, one JSON object a line.",
    notice: "none",
    render: async (snapshot) => (await import("../../lists/export-lines.ts")).renderJsonLines(snapshot),
    lines: async (snapshot) => (await import("../../lists/export-lines.ts")).toJsonLines(snapshot),
  },
  "report.md": {
    format: "md",
    mimeType: "text/markdown",
    title: "Report on a snapshot",
    says: "Findings, sections and the whole table as a report in Markdown.",
    notice: "sandbox",
    render: async (snapshot) => (await import("./report.ts")).renderReportMarkdown(snapshot),
  },
  "redirects.csv": {
    format: "redirects-csv",
    mimeType: "text/csv",
    title: "Reclaim list",
    says: "Dead pages and redirect chains that hold links, each with what to do (redirect, review, repair), target and why, as CSV.",
    notice: "none",
    render: async (snapshot) => (await import("../redirects/redirects-csv.ts")).renderRedirectsCsv(snapshot),
  },
  "redirects.nginx": redirects("nginx", "redirects-nginx", async (snapshot) =>
    (await import("../redirects/nginx.ts")).renderRedirectsNginx(snapshot),
  ),
  "redirects.apache": redirects("Apache", "redirects-apache", async (snapshot) =>
    (await import("../redirects/apache.ts")).renderRedirectsApache(snapshot),
  ),
  "redirects.netlify": redirects("Netlify", "redirects-netlify", async (snapshot) =>
    (await import("../redirects/netlify.ts")).renderRedirectsNetlify(snapshot),
  ),
} as const satisfies SnapshotFiles<PagesSnapshot>;

/** The name of a file that a snapshot can be read as. */
export type SnapshotFileName = keyof typeof SNAPSHOT_FILES;

export const SNAPSHOT_FILE_NAMES = Object.keys(SNAPSHOT_FILES) as SnapshotFileName[];

/** @returns undefined for any other name, be it one that every object has */
export const toFileName = (text: string): SnapshotFileName | undefined =>
  SNAPSHOT_FILE_NAMES.find((name) => name === text);

/** The words of `--format`, each with its file. */
export const FORMATS = toFormats(SNAPSHOT_FILES, "pages.csv");

/** The redirect maps: what a server can be given once it is reviewed. */
export const REDIRECT_MAPS: readonly SnapshotFileName[] = SNAPSHOT_FILE_NAMES.filter(
  (name) => SNAPSHOT_FILES[name].notice === "sandbox and review",
);

/** The filter language. */
export const FIELDS_URI = "domain-pages://fields";

/** One page of a snapshot, with everything that came. */
export const toPageUri = (snapshotId: string, handle: string): string => `${toSummaryUri(snapshotId)}/pages/${handle}`;
