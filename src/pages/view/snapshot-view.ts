import type { Finding } from "../answer/findings/finding.ts";
import type { HeaderOptions } from "../answer/header-facts.ts";
import { factsOf, foldsOf } from "../answer/snapshot-folds.ts";
import { sectionsOf } from "../query/select-rows.ts";
import type { Selected } from "../query/selected.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { toOneLine } from "../text.ts";
import { fitItems, jsonBytes } from "./fit-items.ts";
import { toBreakdowns } from "./view-breakdowns.ts";
import type { SnapshotView, ViewCell, ViewRows, ViewSelection } from "./view-data.ts";
import { toViewFindings } from "./view-findings.ts";
import { toViewHead } from "./view-head.ts";
import { toCells } from "./view-rows.ts";

/**
 * The most that view data may come to as JSON, beside an answer of about 10 kB. Hosts keep results with a conversation, so
 * it is bounded; some 300 rows of a real list fit, more than a person scrolls through, and the rest is a free call away.
 */
export const MAX_VIEW_BYTES = 64 * 1024;

/** What the parts may come to, as shares of that; rows get all that these leave, a quarter at least. */
const SHARES = { request: 1 / 16, findings: 5 / 16, where: 1 / 16, selected: 3 / 16 } as const;

export interface SnapshotViewOptions extends HeaderOptions {
  /** Index of the first row that travels. @default 0 */
  from?: number;
  /** The most the view's JSON may come to, in bytes; `Infinity` for all rows. @default MAX_VIEW_BYTES */
  maxBytes?: number;
  /** What a question selected; null where it asked for nothing but rows as they come. */
  selection?: Pick<Selected, "where" | "handles"> | null;
}

/**
 * One snapshot as a view draws it. Pure: the same snapshot and options give the same data. A snapshot without pages gives
 * a view without rows.
 * @returns at most `maxBytes` as JSON; the rows that do not fit are counted
 */
export function toSnapshotView(snapshot: Snapshot, options: SnapshotViewOptions = {}): SnapshotView {
  const { from = 0, maxBytes = MAX_VIEW_BYTES, selection = null } = options;
  const { findings, breakdowns, rows } = prepare(snapshot);
  const view: SnapshotView = {
    kind: "snapshot",
    version: 1,
    head: toViewHead(snapshot, options, maxBytes * SHARES.request),
    rows: { from: Math.min(from, rows.length), total: rows.length, cells: [] },
    findings: toViewFindings(findings, maxBytes * SHARES.findings),
    breakdowns,
    selection: selection && toSelection(selection, maxBytes),
  };
  return { ...view, rows: fitRows(view.rows, rows, maxBytes - jsonBytes(view)) };
}

/** What is worked out once for a snapshot, however often it is looked at. */
interface Prepared {
  findings: readonly Finding[];
  breakdowns: SnapshotView["breakdowns"];
  rows: LazyRows;
}

/** Rows made, and weighed, when one first travels. */
interface LazyRows {
  length: number;
  at: (index: number) => { cells: ViewCell[]; bytes: number };
}

const PREPARED = new WeakMap<Snapshot, Prepared>();

function prepare(snapshot: Snapshot): Prepared {
  const known = PREPARED.get(snapshot);
  if (known !== undefined) return known;
  const fresh: Prepared = {
    findings: factsOf(snapshot),
    breakdowns: toBreakdowns(snapshot),
    rows: toLazyRows(snapshot),
  };
  PREPARED.set(snapshot, fresh);
  return fresh;
}

function toLazyRows(snapshot: Snapshot): LazyRows {
  const folds = foldsOf(snapshot);
  const sections = sectionsOf(snapshot);
  const made: { cells: ViewCell[]; bytes: number }[] = [];
  return {
    length: folds.length,
    at: (index) => {
      const known = made[index];
      if (known !== undefined) return known;
      const fold = folds[index];
      if (fold === undefined) throw new RangeError(`no row ${index} among ${folds.length}`);
      const cells = toCells(fold, sections);
      const fresh = { cells, bytes: jsonBytes(cells) + 1 };
      made[index] = fresh;
      return fresh;
    },
  };
}

function fitRows({ from, total }: ViewRows, rows: LazyRows, bytes: number): ViewRows {
  const cells: ViewCell[][] = [];
  let left = bytes;
  for (let index = from; index < total; index++) {
    const row = rows.at(index);
    left -= row.bytes;
    if (left < 0) break;
    cells.push(row.cells);
  }
  return { from, total, cells };
}

/** Conditions are a caller's words, and may quote a stranger's. */
const MAX_CONDITION_CHARS = 240;

function toSelection({ where, handles }: Pick<Selected, "where" | "handles">, maxBytes: number): ViewSelection {
  const words = where.map((each) => toOneLine(each, MAX_CONDITION_CHARS));
  const kept = fitItems(words, maxBytes * SHARES.where);
  return {
    where: kept.length === words.length ? kept : [...kept, `${words.length - kept.length} more`],
    handles: fitItems(handles, maxBytes * SHARES.selected),
    total: handles.length,
  };
}
