import {
  gatherRefusals,
  got,
  parseChoice,
  parseLine,
  parseNames,
  parseSwitch,
  parseWhole,
  Refusal,
  readArguments,
  toInputError,
} from "../../lists/arguments.ts";
import { type FieldRules, resolveField } from "../../lists/filters/field-names.ts";
import { type OrderRule, parseOrderBy, readOrder } from "../../lists/filters/order-by.ts";
import { parseFilter } from "../../lists/filters/parse-filter.ts";
import { parseTarget } from "../../lists/target.ts";
import { quoteForMessage } from "../../lists/text.ts";
import { TOOLS } from "../../tools.ts";
import { MAX_LIMIT } from "../body.ts";
import { asksForLinkers, LINKERS_UNNAMED } from "../catalogue.ts";
import { PAGE_FIELDS, refuseLinkerArgument } from "../page-fields.ts";
import { listGroupColumns, toGroupColumn } from "./group-table.ts";
import { MAX_HANDLES, type PagesQuery, parseSection, type QueryColumn } from "./pages-query.ts";
import { GROUPINGS, type Grouping, type PageState, STATUS_WORDS } from "./query-schema.ts";

/** Beside `id` and `url`; a row of more is a record, which `handles` shows better. */
const MAX_COLUMNS = 20;
const MAX_ID_CHARS = 64;
const MAX_TEXT_CHARS = 200;

const FIELDS: FieldRules = { fields: PAGE_FIELDS, mapBareNames: true, allowUnknown: false, isKept: true };

export interface ParsedQuery {
  query: PagesQuery;
  /** What was read differently from how it was written; one sentence each. */
  notes: string[];
}

/**
 * Checks a question before anything is looked up.
 * @param input the tool's arguments; `isLeftOut` says what counts as left out
 * @throws {AppError} `input`, with one line per refused argument
 */
export function parseQuery(input: unknown): ParsedQuery {
  const given = new Map<FieldName, unknown>();
  const read: string[] = [];
  const { refusals, notes } = readArguments(input, VOCABULARY, (field, value) => {
    const parsed = PARSERS[field](value, read);
    if (parsed !== undefined) given.set(field, parsed);
  });
  refusals.push(...gatherRefusals(() => orderGivenRows(given, read)));
  refuseMissing(given, refusals);
  refuseMixed(given, refusals, read);
  if (refusals.length > 0) throw toInputError(refusals);
  return { query: toQuery(given), notes: [...notes, ...read] };
}

/** @returns what was asked for, or undefined for an empty list, which asks for nothing */
type Parser = (value: unknown, notes: string[]) => unknown;

const PARSERS: Readonly<Record<FieldName, Parser>> = {
  snapshot_id: (value) =>
    parseLine("snapshot_id", value, MAX_ID_CHARS, 'answers name it, for example "s_7f3k2m9q"') || undefined,
  target: (value, notes) => {
    const { target, note } = parseTarget(value);
    if (note !== undefined) notes.push(note);
    return target;
  },
  filters: (value, notes) => {
    const { filter, notes: more } = parseFilter(value, { ...FIELDS, argument: "filters" });
    notes.push(...more);
    return filter;
  },
  status: parseStatus,
  section: parseSection,
  min_backlinks: (value) => parseWhole("min_backlinks", value, 0),
  min_referring_domains: (value) => parseWhole("min_referring_domains", value, 0),
  text: (value) => parseLine("text", value, MAX_TEXT_CHARS, 'for example "pricing"') || undefined,
  // Read once it is known whether rows or groups are to be sorted.
  order_by: (value) => value,
  columns: parseColumns,
  group_by: parseGrouping,
  fold: (value) => parseSwitch("fold", value),
  limit: (value) => parseWhole("limit", value, 1, MAX_LIMIT),
  offset: (value) => parseWhole("offset", value, 0),
  handles: parseHandles,
};

/** A class of statuses, a status, or a hundred of them; whole numbers as such are taken too. */
function parseStatus(value: unknown): PageState {
  const written = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  const word = written.toLowerCase();
  const state = STATUS_WORDS.find((each) => each === word);
  if (state !== undefined) return state;
  if (/^[1-9]\d{2}$/.test(word) || /^[1-9]xx$/.test(word)) return word as PageState;
  const rule = `must be ${STATUS_WORDS.join(", ")}, a status such as 404, or all of a hundred such as 4xx`;
  throw new Refusal("status", `${rule}, ${got(value)}`, 'for example "dead"');
}

/** A group of linking sites would name them. */
function parseGrouping(value: unknown): Grouping {
  if (typeof value === "string" && (asksForLinkers(value) || /^\s*ref(?:erring)?[\s_-]/i.test(value))) {
    const works = "country, tld, platform, link_type, attribute or semantic_location tell of what kind they are";
    throw new Refusal("group_by", `${quoteForMessage(value)} cannot be grouped by: ${LINKERS_UNNAMED}`, works);
  }
  const meant = typeof value === "string" ? MEANT_GROUPINGS.get(value.trim().toLowerCase()) : undefined;
  if (meant !== undefined)
    throw new Refusal("group_by", `must be one of ${GROUPINGS.join(", ")}, ${got(value)}`, meant);
  return parseChoice("group_by", value, GROUPINGS);
}

/** Other words for where a page stands; a domain could be that of a linking site, so it is not read as one of these. */
const MEANT_GROUPINGS: ReadonlyMap<string, string> = new Map([
  ...["domain", "host", "hostname"].map((word) => [word, 'the hosts of the target are "subdomain"'] as const),
  ...["path", "folder", "directory", "url"].map((word) => [word, 'the first folders are "section"'] as const),
  ["month", 'for example "month_first_seen"'],
  ["http", 'the statuses are "status"'],
  ["status_code", 'the statuses are "status"'],
]);

/** Rows are sorted by fields, groups by the columns of their table. */
function orderGivenRows(given: Map<FieldName, unknown>, notes: string[]): void {
  const written = given.get("order_by");
  given.delete("order_by");
  if (written === undefined) return;
  const grouping = given.get("group_by") as Grouping | undefined;
  const { order, notes: more } =
    grouping === undefined ? parseOrderBy(written, FIELDS) : orderGroupsBy(written, grouping);
  notes.push(...more);
  if (order.length > 0) given.set("order_by", order);
}

/** What a group's table has no column for has no meaning there: that is told, and the groups come in their usual order. */
function orderGroupsBy(written: unknown, grouping: Grouping): { order: OrderRule[]; notes: string[] } {
  const columns = listGroupColumns(grouping);
  const idle: string[] = [];
  const { order } = readOrder(written, (name) => {
    const column = toGroupColumn(name, columns);
    if (column === undefined) idle.push(name);
    return { name: column ?? "", type: "num" };
  });
  const notes = idle.map(
    (name) => `order_by ${quoteForMessage(name)} does not apply to groups by ${grouping}: ${columns.join(", ")} do`,
  );
  return { order: order.filter(({ field }) => field !== ""), notes };
}

/** Names of the default table first, so that `backlinks` is the row's figure and not only one variant's. */
function parseColumns(value: unknown, notes: string[]): QueryColumn[] | undefined {
  const names = parseNames("columns", value, MAX_COLUMNS, 'for example ["http","backlinks","meta.language"]');
  const columns = new Map<string, QueryColumn>();
  for (const [index, name] of names.entries()) {
    const own = DEFAULT_COLUMNS.find((each) => each === name.toLowerCase());
    if (own === "id" || own === "url") continue;
    if (own !== undefined) {
      columns.set(own, { name: own, kind: "table" });
      continue;
    }
    const field = resolveField(name, `columns[${index}]`, FIELDS);
    if (field.note !== undefined) notes.push(field.note);
    const shown = field.shown ?? field.name;
    columns.set(field.name, { name: shown, kind: "field", ...(shown !== field.name && { field: field.name }) });
  }
  return names.length === 0 ? undefined : [...columns.values()];
}

function parseHandles(value: unknown): string[] | undefined {
  const works = 'for example ["p1","p7"]';
  const names = parseNames("handles", value, MAX_HANDLES, works);
  const handles = names.map((name, index) => {
    const handle = name.toLowerCase();
    if (/^p[1-9]\d{0,6}$/.test(handle)) return handle;
    throw new Refusal(`handles[${index}]`, `must be a handle as answers show them, ${got(name)}`, works);
  });
  return handles.length === 0 ? undefined : [...new Set(handles)];
}

function refuseMissing(given: ReadonlyMap<FieldName, unknown>, refusals: Refusal[]): void {
  const isNamed = given.has("snapshot_id") || given.has("target");
  if (isNamed || refusals.some(({ argument }) => argument === "snapshot_id" || argument === "target")) return;
  refusals.unshift(
    new Refusal(
      "snapshot_id",
      "or target is required",
      `answers of ${TOOLS.get.name} name their snapshot; a target stands for its newest one`,
    ),
  );
}

/** What chooses pages; a record is chosen by its handle alone. */
const CHOOSING: readonly FieldName[] = [
  "filters",
  "status",
  "section",
  "min_backlinks",
  "min_referring_domains",
  "text",
  "group_by",
];

/** Two ways of asking at once are refused; what merely has no meaning for one of them is told. */
function refuseMixed(given: ReadonlyMap<FieldName, unknown>, refusals: Refusal[], notes: string[]): void {
  const among = (names: readonly FieldName[]) => names.filter((name) => given.has(name));
  if (given.has("handles")) {
    const mixed = among(CHOOSING);
    if (mixed.length > 0) {
      refusals.push(
        new Refusal(
          "handles",
          `open single pages, so ${mixed.join(", ")} cannot go with them`,
          "leave out one of the two",
        ),
      );
    }
    noteIdle(among(["order_by", "columns", "limit", "offset", "fold"]), "to single pages", notes);
  } else if (given.has("group_by")) {
    noteIdle(among(["columns"]), "to groups", notes);
  }
}

function noteIdle(names: readonly FieldName[], where: string, notes: string[]): void {
  if (names.length > 0) notes.push(`${names.join(", ")} ${names.length === 1 ? "does" : "do"} not apply ${where}`);
}

function toQuery(given: ReadonlyMap<FieldName, unknown>): PagesQuery {
  const read = <T>(name: FieldName): T | undefined => given.get(name) as T | undefined;
  const part = (key: string, name: FieldName) => (given.has(name) ? { [key]: given.get(name) } : {});
  const isTable = !given.has("handles");
  const isList = isTable && !given.has("group_by");
  return {
    ref: { ...part("snapshotId", "snapshot_id"), ...part("target", "target") },
    where: {
      ...part("filters", "filters"),
      ...part("status", "status"),
      ...part("section", "section"),
      ...part("minBacklinks", "min_backlinks"),
      ...part("minReferringDomains", "min_referring_domains"),
      ...part("text", "text"),
    },
    orderBy: (isTable ? read<PagesQuery["orderBy"]>("order_by") : undefined) ?? [],
    columns: (isList ? read<QueryColumn[]>("columns") : undefined) ?? null,
    groupBy: read<PagesQuery["groupBy"]>("group_by") ?? null,
    fold: (isTable ? read<boolean>("fold") : undefined) ?? true,
    limit: (isTable ? read<number>("limit") : undefined) ?? null,
    offset: (isTable ? read<number>("offset") : undefined) ?? 0,
    handles: read<string[]>("handles") ?? [],
  };
}

/** The arguments, in the order in which the tool lists them. */
export const QUERY_FIELDS = [
  "snapshot_id",
  "target",
  "filters",
  "status",
  "section",
  "min_backlinks",
  "min_referring_domains",
  "text",
  "order_by",
  "columns",
  "group_by",
  "fold",
  "limit",
  "offset",
  "handles",
] as const;
export type FieldName = (typeof QUERY_FIELDS)[number];

/** What other tools call the same thing; no spelling is near enough to find these. */
const OTHER_WORDS: ReadonlyMap<string, FieldName> = new Map([
  ["id", "snapshot_id"],
  ["snapshot", "snapshot_id"],
  ["domain", "target"],
  ["site", "target"],
  ["host", "target"],
  ["where", "filters"],
  ["path", "section"],
  ["folder", "section"],
  ["search", "text"],
  ["query", "text"],
  ["q", "text"],
  ["sort", "order_by"],
  ["fields", "columns"],
  ["select", "columns"],
  ["pages", "handles"],
  ["ids", "handles"],
]);

const VOCABULARY = {
  names: QUERY_FIELDS,
  otherWords: OTHER_WORDS,
  refuse: refuseLinkerArgument,
  works: '{"target":"forbes.com"}',
};

/** The columns of an answer's table (`answer/table.ts`), by name; a test holds the two together. */
export const DEFAULT_COLUMNS = [
  "id",
  "url",
  "http",
  "rank",
  "backlinks",
  "ref_domains",
  "nofollow%",
  "spam",
  "lost",
  "title",
] as const;
