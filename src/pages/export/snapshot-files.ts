import type { PagesSnapshot } from "../domain-pages.ts";
import type { Lines } from "./csv-files.ts";

export interface SnapshotFile {
  /** The word of `--format` on the command line, which takes the file's name too. */
  format: string;
  mimeType: string;
  title: string;
  /** What is in it, as one sentence. */
  says: string;
  /**
   * What its first lines say of it: that it is of the sandbox; that, and that it is a suggestion to review. Nothing only
   * where programs read every line, so that there is no place for words.
   */
  notice: "none" | "sandbox" | "sandbox and review";
  /** Answers name it, so it has a resource template of its own. */
  isNamed?: true;
  /** The whole file; its last line is closed. Loaded when asked for: a server starts without it. */
  render: (snapshot: PagesSnapshot) => Promise<string>;
  /** The same by lines, where what came makes it as large as it likes: whoever reads a part makes no more than that. */
  lines?: (snapshot: PagesSnapshot) => Promise<Lines>;
}

const redirects = (server: string, format: string, render: SnapshotFile["render"]): SnapshotFile => ({
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
    render: async (snapshot) => (await import("./csv-files.ts")).renderPagesJsonl(snapshot),
    lines: async (snapshot) => (await import("./csv-files.ts")).toJsonLines(snapshot),
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
} as const satisfies Readonly<Record<string, SnapshotFile>>;

/** The name of a file that a snapshot can be read as. */
export type SnapshotFileName = keyof typeof SNAPSHOT_FILES;

export const SNAPSHOT_FILE_NAMES = Object.keys(SNAPSHOT_FILES) as SnapshotFileName[];

/** @returns undefined for any other name, be it one that every object has */
export const toFileName = (text: string): SnapshotFileName | undefined =>
  SNAPSHOT_FILE_NAMES.find((name) => name === text);

/** What of the table `--format` names first: its plainest word. */
const PLAINEST: SnapshotFileName = "pages.csv";

/** The words of `--format`, each with its file. */
export const FORMATS: Readonly<Record<string, SnapshotFileName>> = Object.fromEntries(
  [PLAINEST, ...SNAPSHOT_FILE_NAMES.filter((name) => name !== PLAINEST)].map((name) => [
    SNAPSHOT_FILES[name].format,
    name,
  ]),
);

/** The redirect maps: what a server can be given once it is reviewed. */
export const REDIRECT_MAPS: readonly SnapshotFileName[] = SNAPSHOT_FILE_NAMES.filter(
  (name) => SNAPSHOT_FILES[name].notice === "sandbox and review",
);

/** `redirects.nginx`, `.apache`: names as a sentence lists them, what they begin with said once. */
export function shortenNames(names: readonly string[], mark: "." | "-"): string[] {
  const stem = (name: string | undefined) => name?.slice(0, name.indexOf(mark) + 1) ?? "";
  return names.map((name, at) =>
    stem(name) !== "" && stem(name) === stem(names[at - 1]) ? name.slice(stem(name).length - 1) : name,
  );
}

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
