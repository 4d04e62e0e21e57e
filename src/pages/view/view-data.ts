import type { Range } from "../../lists/cells.ts";
import type { Source } from "../../lists/snapshot.ts";
import { TOOLS } from "../../tools.ts";
import type { Comparison } from "../compare/comparison.ts";
import type { SnapshotFileName } from "../export/snapshot-files.ts";

/**
 * What the interactive view is drawn from. It travels beside a tool's answer in the result's `_meta`, where it costs a
 * model nothing, or inside the file that `domain-pages-mcp view` writes. Every text in it may be a stranger's.
 */
export const VIEW_META_KEY = "io.github.domain-pages-mcp/view";

/** The tools that the view calls or names. */
export const CALLED_TOOLS = { estimate: TOOLS.estimate.name, get: TOOLS.get.name, query: TOOLS.query.name } as const;

/** The files of a snapshot that the view saves. */
export const SAVED_FILES = { rows: "rows.csv", redirects: "redirects.csv" } as const satisfies Readonly<
  Record<string, SnapshotFileName>
>;

export type ViewData = SnapshotView | ComparisonView;

/** One snapshot, whole or in part. */
export interface SnapshotView {
  kind: "snapshot";
  version: 1;
  head: ViewHead;
  rows: ViewRows;
  /** By what can be won by acting, hints last. */
  findings: ViewFinding[];
  /** Sums over the whole snapshot, largest first. */
  breakdowns: { linkTypes: Breakdown; countries: Breakdown; tlds: Breakdown };
  /** The rows that a question selected, in its order; null when nothing was asked. */
  selection: ViewSelection | null;
}

/** What stands above the table. */
export interface ViewHead {
  target: string;
  snapshotId: string;
  source: Source;
  /** ms since the epoch; null when an imported file does not tell. */
  fetchedAt: number | null;
  /** In words, as in the answer's header: what was charged, what is left. */
  charge: string;
  /** In words: what the rows hold, and what bounds the pages not fetched. */
  coverage: string;
  /** Order, which backlinks count, filters in force, in words; at most 600 characters. */
  asked: string;
  pagesFetched: number;
  pagesTotal: number | null;
  folds: number;
  backlinks: number;
  /**
   * The request body, so that the same can be asked for again, exactly as it is: its texts are not cleaned, and nothing to
   * show. Null where it is too long to travel.
   */
  request: Record<string, unknown> | null;
  notes: string[];
}

/** The columns of {@link ViewRows}, in their order. */
export const VIEW_COLUMNS = [
  "handle",
  "url",
  "status",
  "location",
  "title",
  "rank",
  "backlinks",
  "backlinksAtLeast",
  "domainsLow",
  "domainsHigh",
  "nofollow",
  "spamLow",
  "spamHigh",
  "firstSeen",
  "lost",
  "section",
  "variants",
  "variantsInAll",
] as const;

/** One fold: a row of the table. */
export interface ViewRow {
  handle: string;
  /** As it came, at most 500 characters; empty when there is none. */
  url: string;
  status: number | null;
  location: string | null;
  title: string | null;
  rank: number | null;
  backlinks: number | null;
  /** A variant's backlinks are unknown: the sum is the least it can be. */
  backlinksAtLeast: boolean;
  domains: Range | null;
  /** 0 to 1. */
  nofollow: number | null;
  spam: Range | null;
  /** `2026-01-31` */
  firstSeen: string | null;
  lost: string | null;
  section: string | null;
  /** Handles of the other pages of the fold, in fetched order; at most 100. */
  variants: string[];
  /** How many other pages the fold has. */
  variantsInAll: number;
}

/**
 * Rows as they travel: cells in the order of {@link VIEW_COLUMNS}, a slice of all in fetched order. Those behind the last
 * one are asked for with `query_domain_pages {"snapshot_id": …, "offset": from + cells.length}`.
 */
export interface ViewRows {
  /** Index of the first one among all rows of the snapshot. */
  from: number;
  total: number;
  cells: ViewCell[][];
}

export type ViewCell = string | number | boolean | null | string[];

export interface ViewFinding {
  rule: string;
  pages: number;
  /** What {@link pages} counts: rows, or URLs whether folded or not. */
  unit: "page" | "URL";
  backlinks: number;
  /** In how many rows these stand; left out where that is `pages`. */
  rows?: number;
  /** Of the rows that its pages stand in, most backlinks first; fewer than there are where not all fit. */
  handles: string[];
  /** What there is to say of the first three, by the handles of their rows; a variant is told by its URL. */
  says: Record<string, string>;
}

export interface Breakdown {
  /** At most twelve. */
  entries: { name: string; links: number }[];
  /** Entries beyond those. */
  more: number;
  /** Some page's list was cut or is missing: each sum is the least it can be. */
  atLeast: boolean;
}

/**
 * Where a question chooses among a row's variants, its handle may be that of a variant; it may also be of a row that is not
 * among those that travel.
 */
export interface ViewSelection {
  /** The conditions in words; empty where only an order, a part or single pages were asked for. */
  where: string[];
  handles: string[];
  /** How many were selected; more than there are handles where not all fit. */
  total: number;
}

/** What a file that needs no host holds: everything that a host would be asked for. Nothing in it is left out to fit. */
export interface ViewFile {
  view: ViewData;
  /** Full records in words, by handle, as `query_domain_pages` gives them; empty for a comparison. */
  records: Record<string, { url: string; fields: { name: string; value: string }[] }>;
  /** The reclaim list as `redirects.csv` has it; null for a comparison. */
  redirects: string | null;
}

/** Two snapshots, as the comparison tells them; with room for far more rows than an answer has, in a file for all. */
export interface ComparisonView {
  kind: "comparison";
  version: 1;
  comparison: Comparison;
}
