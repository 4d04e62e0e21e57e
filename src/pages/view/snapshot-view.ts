import type { HeaderOptions } from "../../lists/header.ts";
import { describeCrawled, describeFilters, describeMoney } from "../../lists/header.ts";
import { toRequestBody } from "../../lists/request.ts";
import { countOf, toOneLine } from "../../lists/text.ts";
import { sumBacklinks } from "../answer/fold.ts";
import { toHeaderFacts } from "../answer/header-facts.ts";
import { describeCoverage, describeView } from "../answer/render-answer.ts";
import { DOMAIN_PAGES, type PagesSnapshot } from "../domain-pages.ts";
import { factsOf, foldsOf } from "../findings/find-facts.ts";
import { type Finding, quoteUrl } from "../findings/finding.ts";
import type { PagesQuery, SelectedPages } from "../query/query-pages.ts";
import { sectionsOf } from "../query/section-index.ts";
import type { SnapshotView, ViewCell, ViewFinding, ViewHead, ViewRows, ViewSelection } from "./view-data.ts";
import { toBreakdowns, toCells } from "./view-rows.ts";

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
  selection?: Pick<SelectedPages, "where" | "handles"> | null;
}

/**
 * One snapshot as a view draws it. Pure: the same snapshot and options give the same data. A snapshot without pages gives
 * a view without rows.
 * @returns at most `maxBytes` as JSON; the rows that do not fit are counted
 */
export function toSnapshotView(snapshot: PagesSnapshot, options: SnapshotViewOptions = {}): SnapshotView {
  const { from = 0, maxBytes = MAX_VIEW_BYTES, selection = null } = options;
  const { findings, rowOf, breakdowns, rows } = prepare(snapshot);
  const view: SnapshotView = {
    kind: "snapshot",
    version: 1,
    head: toViewHead(snapshot, options, maxBytes * SHARES.request),
    rows: { from: Math.min(from, rows.length), total: rows.length, cells: [] },
    findings: toViewFindings(findings, rowOf, maxBytes * SHARES.findings),
    breakdowns,
    selection: selection && toSelection(selection, maxBytes),
  };
  return { ...view, rows: fitRows(view.rows, rows, maxBytes - jsonBytes(view)) };
}

/** What is worked out once for a snapshot, however often it is looked at. */
interface Prepared {
  findings: readonly Finding[];
  /** By the handle of any page that of its row. */
  rowOf: ReadonlyMap<string, string>;
  breakdowns: SnapshotView["breakdowns"];
  rows: LazyRows;
}

/** Rows made, and weighed, when one first travels. */
interface LazyRows {
  length: number;
  at: (index: number) => { cells: ViewCell[]; bytes: number };
}

const PREPARED = new WeakMap<PagesSnapshot, Prepared>();

function prepare(snapshot: PagesSnapshot): Prepared {
  const known = PREPARED.get(snapshot);
  if (known !== undefined) return known;
  const fresh: Prepared = {
    findings: factsOf(snapshot),
    rowOf: new Map(
      foldsOf(snapshot).flatMap(({ main, members }) => members.map(({ handle }) => [handle, main.handle] as const)),
    ),
    breakdowns: toBreakdowns(snapshot),
    rows: toLazyRows(snapshot),
  };
  PREPARED.set(snapshot, fresh);
  return fresh;
}

function toLazyRows(snapshot: PagesSnapshot): LazyRows {
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

function toSelection({ where, handles }: Pick<SelectedPages, "where" | "handles">, maxBytes: number): ViewSelection {
  const words = where.map((each) => toOneLine(each, MAX_CONDITION_CHARS));
  const kept = fitItems(words, maxBytes * SHARES.where);
  return {
    where: kept.length === words.length ? kept : [...kept, `${words.length - kept.length} more`],
    handles: fitItems(handles, maxBytes * SHARES.selected),
    total: handles.length,
  };
}

/**
 * What a view shows of a question to a snapshot: the snapshot's rows, and which of them the question selected. A question
 * that chooses nothing pages through the rows, so that they begin where it does; for any other they begin with the first.
 */
export function toQueryView(snapshot: PagesSnapshot, { query, where, handles }: SelectedPages): SnapshotView {
  const isPaging = !choosesRows(query);
  return toSnapshotView(snapshot, {
    // Nothing was bought for it now, and how old it is is told by its time.
    ...(snapshot.source !== "import" && { delivery: { how: "kept", ageMs: null, leftUsd: null } }),
    from: isPaging && query.groupBy === null ? query.offset : 0,
    selection: isPaging ? null : { where, handles },
  });
}

/** Anything but rows, or groups of all rows, in fetched order. */
function choosesRows({ where, orderBy, fold, limit, groupBy, handles }: PagesQuery): boolean {
  const isPart = groupBy === null && limit !== null;
  return Object.keys(where).length > 0 || orderBy.length > 0 || !fold || isPart || handles.length > 0;
}

/** The longest name that DNS knows. */
const MAX_TARGET_CHARS = 253;
const MAX_ASKED_CHARS = 600;
const MAX_NOTE_CHARS = 300;

/** @param bytes for the request, and as many for the notes */
export function toViewHead(snapshot: PagesSnapshot, options: HeaderOptions, bytes: number): ViewHead {
  const rows = foldsOf(snapshot);
  const facts = toHeaderFacts(snapshot, rows.length, options);
  const backlinks = sumBacklinks(rows).links ?? 0;
  // All rows of the snapshot are within reach of a view, so it is told nothing of any that an answer leaves out.
  const whole = {
    rowsLeftOut: 0,
    columnsLeftOut: [],
    textsCutTo: null,
    findingsLeftOut: [],
    backlinksShown: backlinks,
  };
  const request = toRequestBody(snapshot.request);
  return {
    target: toOneLine(facts.target, MAX_TARGET_CHARS),
    snapshotId: facts.snapshotId,
    source: facts.source,
    fetchedAt: facts.fetchedAt,
    charge: [...(facts.source === "import" ? ["imported"] : []), ...describeMoney(facts)].join("; "),
    coverage: facts.itemsFetched === 0 ? "no pages" : describeCoverage({ coverage: facts.coverage, ...whole }),
    asked: toOneLine(
      [describeView(facts), ...describeFilters(facts), ...describeCrawled(facts, DOMAIN_PAGES.words)].join("; "),
      MAX_ASKED_CHARS,
    ),
    pagesFetched: facts.itemsFetched,
    pagesTotal: facts.itemsTotal,
    folds: facts.folds,
    backlinks,
    request: jsonBytes(request) <= bytes ? { ...request } : null,
    notes: fitNotes(facts.notes, bytes),
  };
}

function fitNotes(notes: readonly string[], bytes: number): string[] {
  const lines = notes.map((note) => toOneLine(note, MAX_NOTE_CHARS));
  const kept = fitItems(lines, bytes);
  return kept.length === lines.length
    ? kept
    : [...kept, `${countOf(lines.length - kept.length, "more note")} left out`];
}

/** Ours but for the names of TLDs and countries, which are checked; longer than any rule. */
const MAX_RULE_CHARS = 200;
/** It may name an address. */
const MAX_SAYS_CHARS = 200;

/**
 * Findings as far as they fit: each gets an even share of the bytes, and what one leaves the next may use. A finding
 * always tells its rule and figures; handles come after that, then what is said of the first ones.
 */
export function toViewFindings(
  findings: readonly Finding[],
  rowOf: ReadonlyMap<string, string>,
  bytes: number,
): ViewFinding[] {
  let left = bytes;
  return findings.map((finding, index) => {
    const made = toViewFinding(finding, rowOf, left / (findings.length - index));
    left -= jsonBytes(made) + 1;
    return made;
  });
}

function toViewFinding(
  { rule, pages, unit, backlinks, top, handles }: Finding,
  rowOf: ReadonlyMap<string, string>,
  bytes: number,
): ViewFinding {
  const rows = [...new Set(handles.map((handle) => rowOf.get(handle) ?? handle))];
  const bare: ViewFinding = {
    rule: toOneLine(rule, MAX_RULE_CHARS),
    pages,
    unit,
    ...(rows.length !== pages && { rows: rows.length }),
    backlinks,
    handles: [],
    says: {},
  };
  const says = sayOfRows(top, rowOf);
  const kept = fitItems(rows, bytes - jsonBytes(bare) - 1);
  const withHandles = { ...bare, handles: kept };
  // `["p1","…"]` takes as much as `"p1":"…"` and its brackets.
  return { ...withHandles, says: Object.fromEntries(fitItems(says, bytes - jsonBytes(withHandles) - 1)) };
}

/** What is said of pages, by their rows: the table has nothing under the handle of a variant. */
function sayOfRows(top: Finding["top"], rowOf: ReadonlyMap<string, string>): [string, string][] {
  const lines = new Map<string, string[]>();
  for (const { handle, url, says } of top) {
    const row = rowOf.get(handle) ?? handle;
    const named = row === handle || url === null ? "" : `${quoteUrl(url)} `;
    lines.set(row, [...(lines.get(row) ?? []), named + placeHandles(says, rowOf)]);
  }
  return [...lines].map(([row, all]) => [row, all.map((line) => toOneLine(line, MAX_SAYS_CHARS)).join("; ")]);
}

/** `via p7` becomes `via p7 (in p1)` where p7 has no row; what stands in quotes is a stranger's. */
const placeHandles = (says: string, rowOf: ReadonlyMap<string, string>): string =>
  says.replace(/"(?:[^"\\]|\\.)*"|\bp\d+\b/g, (found) => {
    const row = rowOf.get(found);
    return row === undefined || row === found ? found : `${found} (in ${row})`;
  });

/** How many bytes a value takes as JSON. */
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/**
 * The first items that fit, as elements of a JSON array.
 * @param bytes for the items and the commas between them, the brackets not counted
 */
export function fitItems<T>(items: readonly T[], bytes: number): T[] {
  if (bytes === Infinity) return [...items];
  let left = bytes;
  const cut = items.findIndex((item) => {
    left -= jsonBytes(item) + 1;
    return left < 0;
  });
  return cut < 0 ? [...items] : items.slice(0, cut);
}
