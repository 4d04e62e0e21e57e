import type { NextStep } from "../answer/next-steps.ts";
import type { Cell } from "../answer/table.ts";
import type { Source } from "../snapshot/snapshot.ts";
import type { Grouping } from "./choices.ts";
import type { Loosened } from "./explain-empty.ts";
import type { PageRecord } from "./page-record.ts";

/** The rows or groups that are shown. */
export interface QueryTable {
  columns: string[];
  /** By column: it may hold a stranger's words. */
  told: boolean[];
  rows: Cell[][];
  /** Rows or groups in all. */
  total: number;
  /** Those before the first one shown: `offset`, as far as there are so many. */
  skipped: number;
  /** Dispensable columns that were left out to fit. */
  columnsLeftOut: string[];
  /** What texts were cut to so that anything fits; null where they have their usual length. */
  cutTo: number | null;
}

/**
 * What a snapshot says to a question. Both renderings, text and structured, are made from this one model and state the
 * same facts.
 */
export interface QueryAnswer {
  target: string;
  snapshotId: string;
  source: Source;
  fetchedAt: number | null;
  statusType: string;
  includeSubdomains: boolean;
  excludeInternal: boolean;
  rankScale: string;
  pagesFetched: number;
  pagesTotal: number | null;
  /** Fetched pages that meet the conditions. */
  pagesMatched: number;
  /** Rows that they make. */
  rowsMatched: number;
  isFolded: boolean;
  groupBy: Grouping | null;
  /** In words, one each. */
  conditions: string[];
  /** `field direction`; empty for fetched order. */
  order: string[];
  backlinksFetched: number;
  backlinksMatched: number;
  backlinksShown: number;
  /** Matching rows whose backlinks are not, or not fully, known. */
  rowsWithoutCount: number;
  /** What the snapshot does not hold: one sentence each. */
  missing: string[];
  notes: string[];
  /** Null for records, and where nothing matches. */
  table: QueryTable | null;
  /** Opened pages; null for a table. */
  records: PageRecord[] | null;
  /** For an answer without rows: which single condition, if dropped, brings how many pages back. Null otherwise. */
  loosened: Loosened[] | null;
  /** More such conditions than there was room for. */
  loosenedLeftOut: number;
  next: NextStep[];
}
