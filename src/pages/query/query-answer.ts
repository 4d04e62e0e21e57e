import type { NextStep } from "../../lists/calls.ts";
import type { Filter } from "../../lists/filters/filter.ts";
import { toRequestBody } from "../../lists/request.ts";
import { noteBrokenOff, type Source } from "../../lists/snapshot.ts";
import { countOf, formatCount, toSafeJson } from "../../lists/text.ts";
import type { Fold } from "../answer/fold.ts";
import { type Coverage, type Crawled, wordGaps, wordKept } from "../answer/header-facts.ts";
import { wordBound } from "../answer/render-answer.ts";
import { BREAKDOWNS } from "../catalogue.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { compileFieldReader } from "../field-readers.ts";
import { cutToTokens, type QueryTable } from "./fit-table.ts";
import type { PageRecord } from "./page-record.ts";
import type { PagesQuery, Where } from "./pages-query.ts";
import type { Grouping } from "./query-schema.ts";
import { itemRulesOf, listConditions, type RegexTerms, selectRows } from "./select-rows.ts";

/**
 * What a snapshot says to a question. Both renderings, text and structured, are made from this one model and state the
 * same facts.
 */
export interface QueryAnswer {
  target: string;
  /** How large it may get, in tokens. */
  maxTokens: number;
  snapshotId: string;
  source: Source;
  fetchedAt: number | null;
  /** What the data provider billed for it, USD; told of an imported one, which has no other price. */
  upstreamCostUsd: number | null;
  /** When the crawler last saw the pages; null when none tells it. */
  crawled: Crawled | null;
  statusType: string;
  includeSubdomains: boolean;
  excludeInternal: boolean;
  rankScale: string;
  pagesFetched: number;
  pagesTotal: number | null;
  /** All rows of the snapshot: what answers call pages. */
  folds: number;
  /** Fetched URLs in the rows that meet the conditions. */
  urlsMatched: number;
  /** These rows. */
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

/** What a question selected of a snapshot, whether or not it fits an answer. */
export interface Selected {
  query: PagesQuery;
  /** The conditions in words. */
  where: string[];
  /**
   * Of the rows, in the order asked for: those from `offset` on, at most `limit`. Groups are made of all that meet the
   * conditions. A row is named after the page that leads the matching ones of its fold.
   */
  handles: string[];
}

/** @param rows all that meet the conditions, in order */
export function toSelected(query: PagesQuery, rows: readonly Fold[]): Selected {
  const { offset, limit, groupBy } = query;
  const part = groupBy === null ? rows.slice(offset, limit === null ? undefined : offset + limit) : rows;
  return ofHandles(
    query,
    part.map(({ main }) => main.handle),
  );
}

/** For pages that were opened by their handles. */
export const ofHandles = (query: PagesQuery, handles: string[]): Selected => ({
  query,
  where: listConditions(query.where).map(({ words }) => words),
  handles,
});

/** A condition that keeps all pages out on its own: without it there are some. */
export interface Loosened {
  words: string;
  /** Rows that the others leave. */
  rows: number;
  /** What {@link rows} are: pages, or URLs where nothing is folded. */
  unit: "page" | "URL";
  without: Where;
}

/** `without status broken: 14 pages` */
export const wordLoosened = ({ words, rows, unit }: Pick<Loosened, "words" | "rows" | "unit">): string =>
  `without ${words}: ${countOf(rows, unit)}`;

/**
 * Tries every condition of a question that nothing meets: what would be there without it?
 * @returns only those that bring rows back, most rows first
 */
export function explainEmpty(snapshot: PagesSnapshot, { where, fold }: PagesQuery, terms?: RegexTerms): Loosened[] {
  return listConditions(where)
    .map(({ words, without }) => {
      const { length } = selectRows(snapshot, without, fold, terms).rows;
      return { words, without, rows: length, unit: fold ? ("page" as const) : ("URL" as const) };
    })
    .filter(({ rows }) => rows > 0)
    .sort((a, b) => b.rows - a.rows);
}

/**
 * What keeps an answer from showing more than it does, and what to do about it; undefined where nothing does.
 * @param after rows or groups behind those shown
 */
export function wordBoundOf({ table, maxTokens, groupBy }: QueryAnswer, after: number): string | undefined {
  if (table === null || after === 0) return undefined;
  const { limit, total, skipped } = table;
  const wanted = Math.min(limit ?? total, total - skipped);
  const shown = total - skipped - after;
  const room = `${formatCount(maxTokens)} tokens`;
  if (shown >= wanted) return limit === null ? undefined : `limit ${formatCount(limit)}`;
  // Groups always have the same columns; what fits of rows is the caller's to choose.
  const advice = groupBy === null ? "; fewer columns bring more rows" : "";
  return limit === null
    ? `to fit ${room}${advice}`
    : `${shown} of the ${formatCount(limit)} asked for fit ${room}${advice}`;
}

/** The same for records; undefined where every field is shown. */
export function wordRecordsBound({ records, maxTokens }: QueryAnswer): string | undefined {
  const cut = records?.filter(({ leftOut }) => leftOut.length > 0).length ?? 0;
  if (records === null || cut === 0) return undefined;
  const room = `to fit ${formatCount(maxTokens)} tokens`;
  return records.length === 1
    ? `fields left out ${room}`
    : `fields left out of ${cut} ${room}: fewer handles at once show more`;
}

const MAX_FILTER_TOKENS = 60;

/**
 * What of a target a snapshot does not hold, so that a question to it is not taken for one to the whole site: pages
 * that were not fetched, and those that its own request kept out.
 * @returns sentences; none for a snapshot of the whole target
 */
export function describeMissing(snapshot: PagesSnapshot, coverage: Coverage): string[] {
  const { filters, backlinks_filters } = toRequestBody(snapshot.request);
  const cut = (filter: unknown): string => cutToTokens(toSafeJson(filter), MAX_FILTER_TOKENS);
  return [
    ...noteBrokenOff(snapshot),
    ...describeNotFetched(coverage),
    ...(filters === undefined
      ? []
      : [`it was fetched with filters ${cut(filters)}: other pages of the target are not in it`]),
    ...(backlinks_filters === undefined ? [] : [`it counts only backlinks with ${cut(backlinks_filters)}`]),
  ];
}

function describeNotFetched({ pagesNotFetched, pagesSkipped, bound, elsewhere }: Coverage): string[] {
  if (elsewhere !== undefined) {
    const gaps = wordGaps(elsewhere);
    return [wordKept(elsewhere), ...(gaps === "" ? [] : [`${gaps} of the target not fetched may match too`])];
  }
  if (pagesNotFetched === null) return ["how many URLs were not fetched is not known; they may match too"];
  const missing = pagesNotFetched + pagesSkipped;
  if (missing === 0) return [];
  // No bound holds for the pages before the first fetched one.
  const bounded = bound === null || pagesSkipped > 0 ? "" : ` (${wordBound(bound)})`;
  return [`${countOf(missing, "URL")} of the target not fetched${bounded} may match too`];
}

/**
 * Says where a filter on a breakdown list cannot be decided: the list was cut, and the key is not among what is left, or
 * there is no list. Such a page does not match, though it might.
 */
export function noteCutLists(snapshot: PagesSnapshot, filters: Filter | undefined): string[] {
  const fields = new Map(filters === undefined ? [] : listFields(filters));
  const rules = itemRulesOf(snapshot);
  return [...fields].flatMap(([field, shown]) => {
    const map = [...BREAKDOWNS.values()].find((each) => field.startsWith(`${each}.`));
    if (map === undefined) return [];
    const [read, readList] = [compileFieldReader(field, rules), compileFieldReader(map)];
    const unknown = snapshot.items.filter(({ raw }) => read(raw) === null);
    const untold = unknown.filter(({ raw }) => (readList(raw) ?? null) === null).length;
    const say = (count: number, why: string) =>
      count === 0
        ? []
        : [`${countOf(count, "URL")} ${count === 1 ? "does" : "do"} not tell ${shown} (${why}) and cannot match`];
    return [
      ...say(unknown.length - untold, `lists are cut to ${rules.listLimit} entries`),
      ...say(untold, "there is no such list of them"),
    ];
  });
}

/** Each with the name that it was asked by. */
const listFields = (filter: Filter): [field: string, shown: string][] =>
  filter.kind === "condition" ? [[filter.field, filter.shown ?? filter.field]] : filter.members.flatMap(listFields);
