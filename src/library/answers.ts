import { buildAnswer } from "../pages/answer/answer.ts";
import { renderStructured } from "../pages/answer/render-structured.ts";
import { renderText } from "../pages/answer/render-text.ts";
import { buildComparison } from "../pages/compare/compare-pages.ts";
import { renderComparisonStructured, renderComparisonText } from "../pages/compare/render-comparison.ts";
import type { Grouping, PageState } from "../pages/query/choices.ts";
import { parseQuery } from "../pages/query/parse-query.ts";
import { toQuerySchema } from "../pages/query/query-schema.ts";
import { querySnapshot } from "../pages/query/query-snapshot.ts";
import { renderQueryStructured, renderQueryText } from "../pages/query/render-query.ts";
import { parseWhole } from "../pages/request/argument-values.ts";
import { readJsonString } from "../pages/request/json-string.ts";
import { Refusal, toInputError } from "../pages/request/refusal.ts";
import type { Snapshot } from "../pages/snapshot/snapshot.ts";
import type { JsonSchema } from "./request.ts";

/** An answer in its two forms. Both state the same facts: give a model the one that it is shown best, not both. */
export interface Answer {
  /** Header, table as CSV, findings, next steps: lines, without a line break at the end. */
  text: string;
  /** The same as data that JSON can hold; tables are `{ columns, rows }`. */
  structured: Record<string, unknown>;
}

/** How large an answer may get. */
export interface AnswerOptions {
  /** About how many tokens; rows are left out to fit, and counted. At least 400. @default 1500 */
  maxTokens?: number;
}

/** What goes into a condensed answer beside the snapshot. */
export interface CondenseOptions extends AnswerOptions {
  /** What the reader should know beside: the notes of `parseRequest`, one sentence each. */
  notes?: readonly string[];
}

/**
 * Condenses a snapshot: the table with URL variants folded into one row, what it covers, findings such as dead pages that
 * still hold links, a rollup by section, and next steps. Pure: the same arguments give the same answer.
 *
 * A next step names a `query` for this library's function of that name, or a `request` to be sent by you.
 * @throws {AppError} of kind `input` for a `maxTokens` that is none
 * @example
 * const { text } = condense(snapshot, { maxTokens: 1500, notes });
 */
export function condense(snapshot: Snapshot, { maxTokens, notes = [] }: CondenseOptions = {}): Answer {
  const answer = buildAnswer(snapshot, { maxTokens: readMaxTokens(maxTokens), surface: "library", notes });
  return { text: renderText(answer), structured: renderStructured(answer) };
}

/** A question to a snapshot; everything in it holds together, and all of it can be left out. */
export interface Question {
  /** `[field, operator, value]`, or such conditions joined by "and"/"or", as in a request. */
  filters?: readonly unknown[];
  /** What a page answered when it was last crawled. */
  status?: PageState;
  /** A part of the site: `/blog`, `shop.acme.example`, `shop.acme.example/x`. */
  section?: string;
  min_backlinks?: number;
  min_referring_domains?: number;
  /** Words that all stand in the URL or the title. */
  text?: string;
  /** `field,asc` or `field,desc`, at most three. */
  order_by?: readonly string[];
  /** Columns of the table, or fields as in filters. */
  columns?: readonly string[];
  group_by?: Grouping;
  /** False for one row per fetched URL. */
  fold?: boolean;
  /** Rows or groups, at most. */
  limit?: number;
  /** Rows or groups skipped. */
  offset?: number;
  /** Pages by their handles (`p1`), for their full records instead of a table. */
  handles?: readonly string[];
  /** As next steps name it: it must be the snapshot's own. */
  snapshot_id?: string;
  /** It must be the snapshot's own. */
  target?: string;
}

/**
 * The JSON Schema of a question, for a tool that puts `query` into a model's hands.
 * @returns a new object at every call
 * @example
 * const tool = { name: "query_pages", description: "Ask kept pages anything, free", parameters: querySchema() };
 */
export function querySchema(): JsonSchema {
  // Frameworks rewrite the schemas that they are given, and the lists in this one are the product's own.
  return structuredClone(toQuerySchema());
}

/** How much a question may take. */
export interface QueryOptions extends AnswerOptions {
  /** A clock, ms: bounds what a caller's regular expression may take to 2 s. Without it there is no bound. */
  now?: () => number;
}

/**
 * Answers a question from a snapshot alone: filter, sort, group, choose columns, page through, open full records.
 * @param question a `Question`, or the same as a model wrote it: it is checked like a request
 * @throws {AppError} of kind `input` with one line per refused argument, for handles that the snapshot does not have, and
 *   for a question that names another snapshot or target
 * @example
 * const { text } = query(snapshot, { status: "broken", order_by: ["page_summary.backlinks,desc"] });
 */
export function query(snapshot: Snapshot, question: unknown = {}, { maxTokens, now }: QueryOptions = {}): Answer {
  const parsed = parseQuery(withSnapshot(question, snapshot));
  const { snapshotId } = parsed.query.ref;
  if (snapshotId !== snapshot.id) {
    const rule = `names another snapshot than the one that is asked, which is ${snapshot.id}`;
    throw toInputError([new Refusal("snapshot_id", rule, "leave it out, or ask the one that it names")]);
  }
  const answer = querySnapshot(snapshot, parsed, { maxTokens: readMaxTokens(maxTokens), surface: "library", now });
  return { text: renderQueryText(answer), structured: renderQueryStructured(answer) };
}

/** Here a question is always to a snapshot; anything but an object is left for the parser to refuse. */
function withSnapshot(question: unknown, { id }: Snapshot): unknown {
  const args = readJsonString(question);
  if (typeof args !== "object" || args === null || Array.isArray(args)) return args;
  const { snapshot_id, ...rest } = args as Record<string, unknown>;
  return { ...rest, snapshot_id: snapshot_id || id };
}

/**
 * Compares two snapshots. Of one target: new, lost and changed pages, the older one first, whichever way round they are
 * given. Of two targets: their figures side by side. What cannot be compared is said and left out.
 * @throws {AppError} of kind `input` for a `maxTokens` that is none
 * @example
 * const { text } = compare(lastMonth, today);
 */
export function compare(older: Snapshot, newer: Snapshot, { maxTokens }: AnswerOptions = {}): Answer {
  const comparison = buildComparison(older, newer, { maxTokens: readMaxTokens(maxTokens), surface: "library" });
  return { text: renderComparisonText(comparison), structured: renderComparisonStructured(comparison) };
}

/** As the server's own setting. */
const MAX_TOKENS = { least: 400, usual: 1500, most: 1_000_000 };

function readMaxTokens(given: number = MAX_TOKENS.usual): number {
  try {
    return parseWhole("maxTokens", given, MAX_TOKENS.least, MAX_TOKENS.most);
  } catch (error) {
    throw error instanceof Refusal ? toInputError([error]) : error;
  }
}
