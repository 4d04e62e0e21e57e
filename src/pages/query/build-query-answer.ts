import type { NextStep, Surface } from "../../lists/calls.ts";
import type { Cell } from "../../lists/cells.ts";
import { countOf, formatCount } from "../../lists/text.ts";
import { atWorst, estimateTokens } from "../../lists/tokens.ts";
import { type Fold, sumBacklinks } from "../answer/fold.ts";
import { measureCoverage, readCrawled } from "../answer/header-facts.ts";
import { withDefaults } from "../body.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { foldsOf } from "../findings/find-facts.ts";
import type { QueryTable } from "./fit-table.ts";
import { countLines, emptyTable, fitConditions, fitNotes, fitSteps, fitTable, toQuotedLine } from "./fit-table.ts";
import { byTime, type Group, groupRows, isByTime, newestFirst, toGroupingRule } from "./group-rows.ts";
import { orderGroups, toGroupTable } from "./group-table.ts";
import { type Shown, suggestQueries } from "./next-queries.ts";
import { findHandles, type PageRecord, toRecords } from "./page-record.ts";
import type { PagesQuery } from "./pages-query.ts";
import {
  describeMissing,
  explainEmpty,
  noteCutLists,
  ofHandles,
  type QueryAnswer,
  type Selected,
  toSelected,
  wordLoosened,
} from "./query-answer.ts";
import type { Grouping } from "./query-schema.ts";
import { renderQueryHeader, renderQueryNext } from "./render-query.ts";
import { orderRows, toRowTables } from "./row-table.ts";
import { findWholes, itemRulesOf, listConditions, type PartOfRow, type RegexTerms, selectRows } from "./select-rows.ts";

export interface QueryAnswerOptions {
  maxTokens: number;
  surface: Surface;
  notes: readonly string[];
  regex?: RegexTerms;
  /** Told of what was found. */
  onSelected?: (selected: Selected) => void;
}

/** What the words about left-out rows and columns may add to the frame once they are known. */
const FRAME_SLACK = 40;

/**
 * Answers a question from a snapshot alone.
 * @throws {AppError} `input` for handles that the snapshot does not have, and for a regex that takes too long
 */
export function buildQueryAnswer(snapshot: PagesSnapshot, query: PagesQuery, options: QueryAnswerOptions): QueryAnswer {
  const frame = buildFrame(snapshot, query, options);
  if (query.handles.length > 0) return withRecords(frame, snapshot, query, options);
  const { rows, urls, urlsElsewhere, inPart } = selectRows(snapshot, query.where, query.fold, options.regex);
  const { links, isAtLeast } = sumBacklinks(rows);
  const matched: QueryAnswer = {
    ...frame,
    notes: [
      ...frame.notes,
      ...(urlsElsewhere === 0 ? [] : [wordElsewhere(urlsElsewhere)]),
      ...(inPart.length === 0 ? [] : [wordInPart(inPart)]),
    ],
    urlsMatched: urls,
    rowsMatched: rows.length,
    backlinksMatched: links ?? 0,
    backlinksShown: links ?? 0,
    rowsWithoutCount: isAtLeast || links === null ? rows.filter(isWithoutCount).length : 0,
  };
  if (rows.length === 0 || query.groupBy !== null) options.onSelected?.(toSelected(query, rows));
  if (rows.length === 0) return withoutRows(matched, snapshot, query, options);
  return query.groupBy === null
    ? withRows(matched, rows, snapshot, query, options)
    : withGroups(matched, rows, query.groupBy, snapshot, query, options);
}

/** Who counts redirects counts URLs; without this, fewer rows than that would look like a loss. */
const wordElsewhere = (urls: number): string =>
  `${countOf(urls, "more URL")} that answer${urls === 1 ? "s" : ""} so ${urls === 1 ? "is" : "are"} folded into pages that answer otherwise: fold false shows every URL`;

/** How many of the rows in part are named. */
const MAX_IN_PART = 3;

/** Whoever saw the same page in another answer of this snapshot would find two figures for it. */
function wordInPart(inPart: readonly PartOfRow[]): string {
  const named = inPart
    .slice(0, MAX_IN_PART)
    .map(({ handle, whole }) => (handle === whole ? handle : `${handle} (a URL of page ${whole})`));
  const rest = inPart.length - named.length;
  const names = [...named, ...(rest > 0 ? [`${formatCount(rest)} more`] : [])].join(", ");
  const rows = inPart.length === 1 ? "1 row leaves" : `${formatCount(inPart.length)} rows leave`;
  return `${rows} out URLs of the same page (redirects, variants) that do not match, and their links: ${names}`;
}

const isWithoutCount = ({ backlinks, backlinksAtLeast }: Fold): boolean => backlinks === null || backlinksAtLeast;

function buildFrame(snapshot: PagesSnapshot, query: PagesQuery, options: QueryAnswerOptions): QueryAnswer {
  const request = withDefaults(snapshot.request);
  const coverage = measureCoverage(snapshot);
  return {
    target: request.target,
    maxTokens: options.maxTokens,
    snapshotId: snapshot.id,
    source: snapshot.source,
    fetchedAt: snapshot.fetchedAt,
    upstreamCostUsd: snapshot.upstreamCostUsd,
    crawled: readCrawled(snapshot),
    statusType: request.backlinks_status_type,
    includeSubdomains: request.include_subdomains,
    excludeInternal: request.exclude_internal_backlinks,
    rankScale: request.rank_scale,
    pagesFetched: snapshot.items.length,
    pagesTotal: snapshot.totalCount,
    folds: foldsOf(snapshot).length,
    urlsMatched: 0,
    rowsMatched: 0,
    isFolded: query.fold,
    groupBy: query.groupBy,
    conditions: fitConditions(
      listConditions(query.where).map(({ words }) => words),
      options.maxTokens,
    ),
    order: query.orderBy.map(({ field, shown = field, direction }) => `${shown} ${direction}`),
    backlinksFetched: coverage.backlinksFetched,
    backlinksMatched: 0,
    backlinksShown: 0,
    rowsWithoutCount: 0,
    missing: query.handles.length > 0 ? [] : describeMissing(snapshot, coverage),
    notes: fitNotes([...options.notes, ...noteCutLists(snapshot, query.where.filters)], options.maxTokens),
    table: null,
    records: null,
    loosened: null,
    loosenedLeftOut: 0,
    next: [],
  };
}

/** The next calls, as far as they leave the answer its room. */
const suggestFitting = (shown: Omit<Shown, "surface">, { surface, maxTokens }: QueryAnswerOptions): NextStep[] =>
  fitSteps(suggestQueries({ ...shown, surface }), maxTokens, shown.snapshot.id);

/** Tokens left beside header and next calls, both at their longest. */
function tokensBeside(frame: QueryAnswer, { maxTokens }: QueryAnswerOptions): number {
  return (
    maxTokens -
    FRAME_SLACK -
    estimateTokens(atWorst(`${renderQueryHeader(frame)}${renderQueryNext(frame)}`, frame.snapshotId))
  );
}

function withRows(
  frame: QueryAnswer,
  unordered: readonly Fold[],
  snapshot: PagesSnapshot,
  query: PagesQuery,
  options: QueryAnswerOptions,
): QueryAnswer {
  const rules = itemRulesOf(snapshot, query.fold);
  const rows = orderRows(unordered, query.orderBy, rules);
  options.onSelected?.(toSelected(query, rows));
  const choices = toRowTables(rows, { target: frame.target, columns: query.columns, rules, isFolded: query.fold });
  const skipped = Math.min(query.offset, rows.length);
  const suggest = (table: QueryTable) => suggestFitting({ snapshot, query, table, rows }, options);
  const widest = { ...emptyTable(choices[0], rows.length, skipped), rows: [[rows[skipped]?.main.handle ?? null]] };
  const tokens = tokensBeside({ ...frame, table: widest, next: suggest(widest) }, options);
  const table = fitTable(choices, { tokens, total: rows.length, skipped, limit: query.limit });
  return {
    ...frame,
    table,
    backlinksShown: sumBacklinks(rows.slice(skipped, skipped + table.rows.length)).links ?? 0,
    next: suggest(table),
  };
}

function withGroups(
  frame: QueryAnswer,
  rows: readonly Fold[],
  grouping: Grouping,
  snapshot: PagesSnapshot,
  query: PagesQuery,
  options: QueryAnswerOptions,
): QueryAnswer {
  const { filters, text } = query.where;
  const isInPart = query.fold && (filters !== undefined || text !== undefined);
  const rule = toGroupingRule({ grouping, fold: query.fold }, snapshot, isInPart ? findWholes(snapshot) : undefined);
  const inOrder = groupRows(rows, rule, itemRulesOf(snapshot).listLimit);
  // Months are chosen from the newest on, and shown in the order of time.
  const isOfTime = isByTime(rule) && query.orderBy.length === 0;
  const usual = isOfTime ? newestFirst(inOrder) : inOrder;
  const groups = orderGroups(usual, query.orderBy, toGroupTable(grouping, usual, rows, rule));
  const groupTable = toGroupTable(grouping, groups, rows, rule);
  const skipped = Math.min(query.offset, groups.length);
  const suggest = (table: QueryTable) => suggestFitting({ snapshot, query, table, groups }, options);
  const noted = { ...frame, notes: [...frame.notes, ...groupTable.notes] };
  const widest = { ...emptyTable(groupTable, groups.length, skipped), rows: [[null]] };
  const others = groupTable.others([]) ?? [];
  const tokens =
    tokensBeside({ ...noted, table: widest, next: suggest(widest) }, options) -
    estimateTokens(toQuotedLine(groupTable, others));
  const table = fitTable([groupTable], { tokens, total: groups.length, skipped, limit: query.limit });
  const shown = groups.slice(skipped, skipped + table.rows.length);
  const cells = isOfTime ? toTimeOrder(table.rows, shown) : table.rows;
  const rest = groupTable.others(shown);
  return {
    ...noted,
    table: { ...table, rows: rest === null ? cells : [...cells, rest] },
    next: suggest(table),
  };
}

/** @param groups those of the rows, in their order */
function toTimeOrder(rows: readonly Cell[][], groups: readonly Group[]): Cell[][] {
  const places = new Map(groups.map((group, at) => [group, rows[at] ?? []]));
  return groups.toSorted(byTime).map((group) => places.get(group) ?? []);
}

function withoutRows(
  frame: QueryAnswer,
  snapshot: PagesSnapshot,
  query: PagesQuery,
  options: QueryAnswerOptions,
): QueryAnswer {
  const all = explainEmpty(snapshot, query, options.regex);
  const next = suggestFitting({ snapshot, query, table: null, loosened: all }, options);
  const words = fitConditions(
    all.map((each) => each.words),
    options.maxTokens,
  );
  const lines = words.map((word, index) => wordLoosened({ rows: 0, unit: "page", ...all[index], words: word }));
  const kept = countLines(lines, tokensBeside({ ...frame, next }, options));
  const loosened = all.slice(0, kept).map((each, index) => ({ ...each, words: words[index] ?? each.words }));
  return { ...frame, loosened, loosenedLeftOut: all.length - kept, next };
}

function withRecords(
  frame: QueryAnswer,
  snapshot: PagesSnapshot,
  query: PagesQuery,
  options: QueryAnswerOptions,
): QueryAnswer {
  const pages = findHandles(snapshot, query.handles);
  options.onSelected?.(ofHandles(query, query.handles));
  const opened: QueryAnswer = { ...frame, urlsMatched: pages.length };
  const suggest = (records: readonly PageRecord[]) =>
    suggestFitting({ snapshot, query, table: null, records }, options);
  const unopened = pages.map(({ handle, url }) => ({ handle, url, fields: [], leftOut: [""] }));
  const tokens = tokensBeside({ ...opened, records: [], next: suggest(unopened) }, options);
  const records = toRecords(pages, tokens);
  return { ...opened, records, next: suggest(records) };
}
