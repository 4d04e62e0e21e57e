import { got, isLeftOut, parseWhole, Refusal, readJsonString, toInputError } from "../lists/arguments.ts";
import type { ParsedRequest as Parsed } from "../lists/parse-request.ts";
import { startRegexClock } from "../lists/query/select-rows.ts";
import { type RequestBody as Body, toRequestKey as toKey } from "../lists/request.ts";
import { toAdvertisedSchema } from "../lists/request-fields.ts";
import { buildAnswer } from "../pages/answer/answer.ts";
import { renderStructured, renderText } from "../pages/answer/render-answer.ts";
import { BODY, type PagesRequest } from "../pages/body.ts";
import { buildComparison } from "../pages/compare/compare-pages.ts";
import { renderComparisonStructured, renderComparisonText } from "../pages/compare/render-comparison.ts";
import { DOMAIN_PAGES, type PagesSnapshot, parseRequest as parse } from "../pages/domain-pages.ts";
import {
  SNAPSHOT_FILE_NAMES,
  SNAPSHOT_FILES,
  type SnapshotFileName,
  toFileName,
} from "../pages/export/snapshot-files.ts";
import { ASKING_PAGES } from "../pages/query/asking-pages.ts";
import { parseQuery, querySnapshot, renderQueryStructured, renderQueryText } from "../pages/query/query-pages.ts";
import { type Grouping, type PageState, toQuerySchema } from "../pages/query/query-schema.ts";

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
  /**
   * A clock, ms: bounds what a caller's regular expression may take to 2 s, looked at between pages. Without it there is
   * no bound. Where strangers ask, run this in a thread of its own: one long text can take seconds.
   */
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
  const answer = querySnapshot(snapshot, parsed, {
    maxTokens: readMaxTokens(maxTokens),
    surface: "library",
    ...(now !== undefined && { regex: { checkTime: startRegexClock(now, ASKING_PAGES.words.many) } }),
  });
  return { text: renderQueryText(answer), structured: renderQueryStructured(answer) };
}

/** Here a question is always to a snapshot; anything but an object is left for the parser to refuse. */
function withSnapshot(question: unknown, { id }: Snapshot): unknown {
  const args = readJsonString(question);
  if (typeof args !== "object" || args === null || Array.isArray(args)) return args;
  const { snapshot_id, ...rest } = args as Record<string, unknown>;
  return { ...rest, snapshot_id: isLeftOut(snapshot_id) ? id : snapshot_id };
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

/** A JSON Schema object, as tools advertise it. */
export type JsonSchema = Record<string, unknown>;

/**
 * The JSON Schema of a request: the 12 fields of the endpoint's body, in words that a model understands. It keeps to
 * what every client passes on unharmed: no `$ref`, no unions. `parseRequest` checks more than it says.
 * @returns a new object at every call
 * @example
 * const tool = { name: "get_pages", description: "Pages of a domain that earn backlinks", parameters: requestSchema() };
 */
export function requestSchema(): JsonSchema {
  return toAdvertisedSchema(BODY);
}

/** One fetched, immutable answer of the endpoint: plain data, to be kept as JSON. */
export type Snapshot = PagesSnapshot;

/** The body as the upstream takes it. */
export type RequestBody = Body<PagesRequest>;

/** What arguments came to. */
export type ParsedRequest = Parsed<PagesRequest>;

/** How strictly a request is read. */
export interface ParseRequestOptions {
  /** Let filter and sort fields pass that are not in the endpoint's catalogue of 2026-07. @default false */
  allowUnknownFields?: boolean;
}

/**
 * Checks what a person or a model wrote against everything that the endpoint documents, before any money is spent.
 * Strict on names, kind on form: a URL is read as its domain, JSON in text as what it holds, `backlinks` as
 * `page_summary.backlinks`.
 * @param input an object with the fields of the body, or the same as JSON text; null counts as left out
 * @returns the checked request, and one note for each thing that was read differently from how it was written
 * @throws {AppError} of kind `input`; its message has one line per refused field: which one, the rule, a value that works
 * @example
 * const { request, notes } = parseRequest({ target: "https://www.acme.example/", limit: 100 });
 * // request: { target: "acme.example", limit: 100 }
 * // notes: ['target "https://www.acme.example/" read as "acme.example"']
 */
export function parseRequest(input: unknown, { allowUnknownFields = false }: ParseRequestOptions = {}): ParsedRequest {
  return parse(input, { allowUnknownFields, mapBareNames: true });
}

/**
 * Names what a request asks for: 32 hexadecimal digits, the same for every spelling that has the same answer (defaults
 * written out, another order of keys or conditions, another `tag`). Made to find an answer that is already there.
 * @param upstream who is asked: answers of one never stand for those of another; any text, where there is more than one
 * @example
 * const kept = cache.get(toRequestKey(request));
 */
export function toRequestKey(request: PagesRequest, upstream = "aisa"): string {
  return toKey(DOMAIN_PAGES, request, upstream);
}

/** A file that a snapshot can be written as. */
export interface ExportFile {
  name: SnapshotFileName;
  mimeType: string;
  title: string;
  /** What is in it, as one sentence. */
  says: string;
}

/**
 * The files that `exportSnapshot` makes.
 * @example
 * for (const { name, says } of EXPORT_FILES) console.log(name, says);
 */
export const EXPORT_FILES: readonly ExportFile[] = SNAPSHOT_FILE_NAMES.map((name) => {
  const { mimeType, title, says } = SNAPSHOT_FILES[name];
  return { name, mimeType, title, says };
});

/**
 * A snapshot as a file, whole: nothing is left out for its length. Spreadsheets and servers can be given it as it is;
 * redirect maps are suggestions to review.
 * @param file one of the names in `EXPORT_FILES`
 * @returns the file's text; its last line is closed
 * @throws {AppError} of kind `input` for any other name
 * @example
 * await writeFile("pages.csv", await exportSnapshot(snapshot, "pages.csv"));
 */
export async function exportSnapshot(snapshot: Snapshot, file: SnapshotFileName): Promise<string> {
  // A program without types may ask for anything.
  const name = toFileName(file);
  if (name === undefined) {
    throw toInputError([new Refusal("file", `must be one of ${SNAPSHOT_FILE_NAMES.join(", ")}, ${got(file)}`)]);
  }
  return SNAPSHOT_FILES[name].render(snapshot);
}
