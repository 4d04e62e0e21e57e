import type { NextStep, Surface } from "../calls.ts";
import type { Cell } from "../cells.ts";
import type { Snapshot } from "../snapshot.ts";
import { atWorst, estimateTokens } from "../tokens.ts";
import type { Asking } from "./asking.ts";
import { listConditions } from "./conditions.ts";
import {
  countLines,
  emptyTable,
  type FitTerms,
  fitConditions,
  fitNotes,
  fitSteps,
  fitTable,
  type QueryTable,
  toQuotedLine,
} from "./fit-table.ts";
import { byTime, type Group, groupRows, newestFirst, toGroupingRule } from "./group-rows.ts";
import { orderGroups, toGroupTable } from "./group-table.ts";
import { findHandles, type ItemRecord, toRecords } from "./item-record.ts";
import type { ListQuery, Row } from "./list-query.ts";
import { type Shown, suggestQueries } from "./next-queries.ts";
import { orderRows } from "./order-rows.ts";
import { type Loosened, type QueryAnswer, type Selected, wordLoosened } from "./query-answer.ts";
import { renderQueryHeader, renderQueryNext } from "./render-query.ts";
import { toRowTables } from "./row-tables.ts";
import { type RegexTerms, selectRows } from "./select-rows.ts";

export interface QueryAnswerOptions<W extends object> {
  maxTokens: number;
  surface: Surface;
  notes: readonly string[];
  regex?: RegexTerms;
  /** Told of what was found. */
  onSelected?: (selected: Selected<W>) => void;
}

/** What the words about left-out rows and columns may add to the frame once they are known. */
const FRAME_SLACK = 40;

/** A question on its way to an answer. */
interface Asked<S extends Snapshot, R extends Row, W extends object> {
  asking: Asking<S, R, W>;
  snapshot: S;
  query: ListQuery<W>;
  options: QueryAnswerOptions<W>;
}

/**
 * Answers a question from a snapshot alone.
 * @throws {AppError} `input` for handles that the snapshot does not have, and for a regex that takes too long
 */
export function answerQuery<S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
  snapshot: S,
  query: ListQuery<W>,
  options: QueryAnswerOptions<W>,
): QueryAnswer<W> {
  const asked: Asked<S, R, W> = { asking, snapshot, query, options };
  const { where, fold, groupBy } = query;
  const frame = buildFrame(asked);
  if (query.handles.length > 0) return withRecords(frame, asked);
  const selection = selectRows(asking, snapshot, where, fold, options.regex);
  const { rows, itemCount } = selection;
  const { links, isAtLeast } = asking.sumBacklinks(rows);
  const isWithoutCount = (row: R): boolean => {
    const own = asking.sumBacklinks([row]);
    return own.links === null || own.isAtLeast;
  };
  const matched: QueryAnswer<W> = {
    ...frame,
    notes: [...frame.notes, ...(asking.noteSelected?.(selection, snapshot, where, fold) ?? [])],
    itemsMatched: itemCount,
    rowsMatched: rows.length,
    backlinksMatched: links ?? 0,
    backlinksShown: links ?? 0,
    rowsWithoutCount: isAtLeast || links === null ? rows.filter(isWithoutCount).length : 0,
  };
  if (rows.length === 0 || groupBy !== null) options.onSelected?.(toSelected(asked, rows));
  if (rows.length === 0) return withoutRows(matched, asked);
  return groupBy === null ? withRows(matched, rows, asked) : withGroups(matched, rows, groupBy, asked);
}

/** @param rows all that meet the conditions, in order */
function toSelected<S extends Snapshot, R extends Row, W extends object>(
  asked: Asked<S, R, W>,
  rows: readonly R[],
): Selected<W> {
  const { offset, limit, groupBy } = asked.query;
  const part = groupBy === null ? rows.slice(offset, limit === null ? undefined : offset + limit) : rows;
  return ofHandles(
    asked,
    part.map(({ main }) => main.handle),
  );
}

/** For items that were opened by their handles. */
const ofHandles = <S extends Snapshot, R extends Row, W extends object>(
  { asking, query }: Asked<S, R, W>,
  handles: string[],
): Selected<W> => ({
  query,
  where: listConditions(asking, query.where).map(({ words }) => words),
  handles,
});

function buildFrame<S extends Snapshot, R extends Row, W extends object>({
  asking,
  snapshot,
  query,
  options,
}: Asked<S, R, W>): QueryAnswer<W> {
  const { filters } = query.where;
  const described = asking.describe(snapshot);
  return {
    ...described,
    target: snapshot.request.target,
    maxTokens: options.maxTokens,
    snapshotId: snapshot.id,
    source: snapshot.source,
    fetchedAt: snapshot.fetchedAt,
    upstreamCostUsd: snapshot.upstreamCostUsd,
    itemsFetched: snapshot.items.length,
    itemsTotal: snapshot.totalCount,
    rowsInAll: asking.rowsOf(snapshot, true).length,
    itemsMatched: 0,
    rowsMatched: 0,
    isFolded: query.fold,
    groupBy: query.groupBy,
    conditions: fitConditions(
      listConditions(asking, query.where).map(({ words }) => words),
      options.maxTokens,
    ),
    order: query.orderBy.map(({ field, shown = field, direction }) => `${shown} ${direction}`),
    backlinksMatched: 0,
    backlinksShown: 0,
    rowsWithoutCount: 0,
    missing: query.handles.length > 0 ? [] : described.missing,
    notes: fitNotes(
      [...options.notes, ...((filters && asking.noteFilters?.(snapshot, filters)) ?? [])],
      options.maxTokens,
    ),
    table: null,
    records: null,
    loosened: null,
    loosenedLeftOut: 0,
    next: [],
  };
}

/** The next calls, as far as they leave the answer its room. */
const suggestFitting = <S extends Snapshot, R extends Row, W extends object>(
  { asking, snapshot, query, options: { surface, maxTokens } }: Asked<S, R, W>,
  shown: Pick<Shown<S, R, W>, "table" | "rows" | "groups" | "loosened" | "records">,
): NextStep[] => fitSteps(suggestQueries({ ...shown, asking, snapshot, query, surface }), maxTokens, snapshot.id);

/** Tokens left beside header and next calls, both at their longest. */
function tokensBeside<S extends Snapshot, R extends Row, W extends object>(
  frame: QueryAnswer<W>,
  { asking, options: { maxTokens } }: Asked<S, R, W>,
): number {
  const around = `${renderQueryHeader(asking, frame)}${renderQueryNext(frame)}`;
  return maxTokens - FRAME_SLACK - estimateTokens(atWorst(around, frame.snapshotId));
}

/** Shown as it is, by a list that has no other names for anything. */
const asItIs = (_columns: readonly string[], row: readonly Cell[]): readonly Cell[] => row;

const toFitTerms = <S extends Snapshot, R extends Row, W extends object>(
  { asking, query }: Asked<S, R, W>,
  terms: Pick<FitTerms, "tokens" | "total" | "skipped">,
): FitTerms => ({
  ...terms,
  limit: query.limit,
  maxLimit: asking.maxLimit,
  dispensable: asking.table.dispensable,
  nameCells: asking.nameCells ?? asItIs,
});

function withRows<S extends Snapshot, R extends Row, W extends object>(
  frame: QueryAnswer<W>,
  unordered: readonly R[],
  asked: Asked<S, R, W>,
): QueryAnswer<W> {
  const { asking, snapshot, query, options } = asked;
  const figureOf = (field: string) => asking.figureOf(field, snapshot, query.fold);
  const rows = orderRows(unordered, query.orderBy, figureOf);
  options.onSelected?.(toSelected(asked, rows));
  const { target } = frame;
  const isApart = asking.folding !== undefined && !query.fold;
  const choices = toRowTables(rows, { target, columns: query.columns, table: asking.table, figureOf, isApart });
  const skipped = Math.min(query.offset, rows.length);
  const suggest = (table: QueryTable) => suggestFitting(asked, { table, rows });
  const widest = { ...emptyTable(choices[0], rows.length, skipped), rows: [[rows[skipped]?.main.handle ?? null]] };
  const tokens = tokensBeside({ ...frame, table: widest, next: suggest(widest) }, asked);
  const table = fitTable(choices, toFitTerms(asked, { tokens, total: rows.length, skipped }));
  const shown = rows.slice(skipped, skipped + table.rows.length);
  return { ...frame, table, backlinksShown: asking.sumBacklinks(shown).links ?? 0, next: suggest(table) };
}

function withGroups<S extends Snapshot, R extends Row, W extends object>(
  frame: QueryAnswer<W>,
  rows: readonly R[],
  name: string,
  asked: Asked<S, R, W>,
): QueryAnswer<W> {
  const { asking, snapshot, query } = asked;
  const { words, sumBacklinks } = asking;
  const grouping = asking.groupings[name];
  if (grouping === undefined) throw new RangeError(`no grouping ${name}`);
  const { filters, text } = query.where;
  const isInPart = query.fold && (filters !== undefined || text !== undefined);
  const rule = toGroupingRule(
    grouping,
    snapshot,
    query.fold,
    isInPart ? asking.folding?.findWholes(snapshot) : undefined,
  );
  const terms = { listLimit: asking.listLimitOf(snapshot), sumBacklinks };
  const inOrder = groupRows(rows, rule, terms, grouping.isTime);
  // Months are chosen from the newest on, and shown in the order of time.
  const isOfTime = grouping.isTime === true && query.orderBy.length === 0;
  const usual = isOfTime ? newestFirst(inOrder) : inOrder;
  const toTable = (some: readonly Group<R>[]) =>
    toGroupTable(some, { name, grouping, rule, rows, sumBacklinks, words });
  const groups = orderGroups(usual, query.orderBy, toTable(usual));
  const groupTable = toTable(groups);
  const skipped = Math.min(query.offset, groups.length);
  const suggest = (table: QueryTable) => suggestFitting(asked, { table, groups });
  const noted = { ...frame, notes: [...frame.notes, ...groupTable.notes] };
  const widest = { ...emptyTable(groupTable, groups.length, skipped), rows: [[null]] };
  const others = groupTable.others([]) ?? [];
  const tokens =
    tokensBeside({ ...noted, table: widest, next: suggest(widest) }, asked) -
    estimateTokens(toQuotedLine(groupTable, others));
  const table = fitTable([groupTable], toFitTerms(asked, { tokens, total: groups.length, skipped }));
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
function toTimeOrder<R extends Row>(rows: readonly Cell[][], groups: readonly Group<R>[]): Cell[][] {
  const places = new Map(groups.map((group, at) => [group, rows[at] ?? []]));
  return groups.toSorted(byTime).map((group) => places.get(group) ?? []);
}

function withoutRows<S extends Snapshot, R extends Row, W extends object>(
  frame: QueryAnswer<W>,
  asked: Asked<S, R, W>,
): QueryAnswer<W> {
  const all = explainEmpty(asked);
  const { maxTokens } = asked.options;
  const next = suggestFitting(asked, { table: null, loosened: all });
  const words = fitConditions(
    all.map((each) => each.words),
    maxTokens,
  );
  const lines = all.map((each, index) => wordLoosened({ ...each, words: words[index] ?? each.words }));
  const kept = countLines(lines, tokensBeside({ ...frame, next }, asked));
  const loosened = all.slice(0, kept).map((each, index) => ({ ...each, words: words[index] ?? each.words }));
  return { ...frame, loosened, loosenedLeftOut: all.length - kept, next };
}

/**
 * Tries every condition of a question that nothing meets: what would be there without it?
 * @returns only those that bring rows back, most rows first
 */
function explainEmpty<S extends Snapshot, R extends Row, W extends object>({
  asking,
  snapshot,
  query: { where, fold },
  options,
}: Asked<S, R, W>): Loosened<W>[] {
  const { one, counted } = asking.words;
  return listConditions(asking, where)
    .map(({ words, without }) => {
      const { length } = selectRows(asking, snapshot, without, fold, options.regex).rows;
      return { words, without, rows: length, unit: fold ? one : counted };
    })
    .filter(({ rows }) => rows > 0)
    .sort((a, b) => b.rows - a.rows);
}

function withRecords<S extends Snapshot, R extends Row, W extends object>(
  frame: QueryAnswer<W>,
  asked: Asked<S, R, W>,
): QueryAnswer<W> {
  const { asking, snapshot, query, options } = asked;
  const items = findHandles(snapshot, query.handles, asking.words);
  options.onSelected?.(ofHandles(asked, query.handles));
  const opened: QueryAnswer<W> = { ...frame, itemsMatched: items.length };
  const suggest = (records: readonly ItemRecord[]) => suggestFitting(asked, { table: null, records });
  const unopened = items.map(({ handle, url }) => ({ handle, url, fields: [], leftOut: [""] }));
  const tokens = tokensBeside({ ...opened, records: [], next: suggest(unopened) }, asked);
  const records = toRecords(items, tokens, asking.record);
  return { ...opened, records, next: suggest(records) };
}
