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
} from "../arguments.ts";
import { type CallNames, nameCall } from "../calls.ts";
import { type FieldRules, type Fields, resolveField } from "../filters/field-names.ts";
import { type OrderRule, parseOrderBy, readOrder } from "../filters/order-by.ts";
import { parseFilter } from "../filters/parse-filter.ts";
import type { Snapshot } from "../snapshot.ts";
import { parseTarget } from "../target.ts";
import { quoteForMessage } from "../text.ts";
import type { AskedWords, Asking } from "./asking.ts";
import { listKeys } from "./conditions.ts";
import { listGroupColumns, toGroupColumn } from "./group-table.ts";
import { type ListQuery, type QueryColumn, type Row, toWhere } from "./list-query.ts";

/** How many full records one answer opens. */
const MAX_HANDLES = 10;
/** Beside `id` and `url`; a row of more is a record, which `handles` shows better. */
const MAX_COLUMNS = 20;
const MAX_ID_CHARS = 64;
const MAX_TEXT_CHARS = 200;

export interface ParsedQuery<W extends object> {
  query: ListQuery<W>;
  /** What was read differently from how it was written; one sentence each. */
  notes: string[];
}

/** What was given, by the names of its arguments. */
type Given = Map<string, unknown>;

/**
 * Checks a question before anything is looked up.
 * @param input the tool's arguments; `isLeftOut` says what counts as left out
 * @throws {AppError} `input`, with one line per refused argument
 */
export function parseListQuery<S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
  input: unknown,
): ParsedQuery<W> {
  const given: Given = new Map();
  const read: string[] = [];
  const parsers = toParsers(asking);
  const { refuseArgument } = asking;
  const vocabulary = {
    names: listArguments(asking),
    otherWords: new Map([...OTHER_WORDS, ...(asking.otherWords ?? [])]),
    ...(refuseArgument !== undefined && { refuse: refuseArgument }),
    works: asking.words.works,
    searched: asking.searchedField,
  };
  const { refusals, notes } = readArguments(input, vocabulary, (name, value) => {
    const parsed = parsers.get(name)?.(value, read);
    if (parsed !== undefined) given.set(name, parsed);
  });
  refusals.push(...gatherRefusals(() => orderGivenRows(asking, given, read)));
  refuseMissing(asking.calls, given, refusals);
  refuseMixed(asking, given, refusals, read);
  if (refusals.length > 0) throw toInputError(refusals);
  return { query: toQuery(asking, given), notes: [...notes, ...read] };
}

const BEFORE = ["snapshot_id", "target", "filters"] as const;
const AFTER = ["text", "order_by", "columns", "group_by", "fold", "limit", "offset", "handles"] as const;
type OfEveryList = (typeof BEFORE)[number] | (typeof AFTER)[number];

/** The arguments, in the order in which a tool lists them: those of every list, the domain's own between them. */
export const listArguments = <S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
): string[] => [
  ...BEFORE,
  ...listOwnArguments(asking),
  ...AFTER.filter((name) => name !== "fold" || asking.folding !== undefined),
];

const listOwnArguments = <S extends Snapshot, R extends Row, W extends object>({
  conditions,
}: Asking<S, R, W>): string[] => listKeys(conditions).map((key) => conditions[key].argument);

/** What other tools call the same thing; no spelling is near enough to find these. */
const OTHER_WORDS: ReadonlyMap<string, OfEveryList> = new Map([
  ["id", "snapshot_id"],
  ["snapshot", "snapshot_id"],
  ["domain", "target"],
  ["site", "target"],
  ["host", "target"],
  ["where", "filters"],
  ["search", "text"],
  ["query", "text"],
  ["q", "text"],
  ["sort", "order_by"],
  ["fields", "columns"],
  ["select", "columns"],
  ["ids", "handles"],
]);

/** @returns what was asked for, or undefined for an empty list, which asks for nothing */
type Parser = (value: unknown, notes: string[]) => unknown;

function toParsers<S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
): ReadonlyMap<string, Parser> {
  const { conditions, maxLimit, words } = asking;
  const rules = toFieldRules(asking.fields);
  const general: Readonly<Record<OfEveryList, Parser>> = {
    snapshot_id: (value) =>
      parseLine("snapshot_id", value, MAX_ID_CHARS, 'answers name it, for example "s_7f3k2m9q"') || undefined,
    target: (value, notes) => {
      const { target, note } = parseTarget(value);
      if (note !== undefined) notes.push(note);
      return target;
    },
    filters: (value, notes) => {
      const { filter, notes: more } = parseFilter(value, { ...rules, argument: "filters" });
      notes.push(...more);
      return filter;
    },
    text: (value) => parseLine("text", value, MAX_TEXT_CHARS, 'for example "pricing"') || undefined,
    // Read once it is known whether rows or groups are to be sorted.
    order_by: (value) => value,
    columns: (value, notes) => parseColumns(value, notes, asking.table.columns, rules),
    group_by: (value) => parseGrouping(value, asking),
    fold: (value) => parseSwitch("fold", value),
    limit: (value) => parseWhole("limit", value, 1, maxLimit),
    offset: (value) => parseWhole("offset", value, 0),
    handles: (value) => parseHandles(value, words),
  };
  const own = listKeys(conditions).map((key): [string, Parser] => {
    const condition = conditions[key];
    return [condition.argument, (value, notes) => condition.parse(value, notes)];
  });
  return new Map<string, Parser>([...Object.entries(general), ...own]);
}

/** Of what is kept, more can be asked than the upstream filters by. */
export const toFieldRules = (fields: Fields): FieldRules => ({
  fields,
  mapBareNames: true,
  allowUnknown: false,
  isKept: true,
});

function parseGrouping<S extends Snapshot, R extends Row, W extends object>(
  value: unknown,
  asking: Asking<S, R, W>,
): string {
  const refusal = asking.refuseGrouping?.(value);
  if (refusal !== undefined) throw refusal;
  return parseChoice("group_by", value, listKeys(asking.groupings));
}

/** Rows are sorted by fields, groups by the columns of their table. */
function orderGivenRows<S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
  given: Given,
  notes: string[],
): void {
  const written = given.get("order_by");
  given.delete("order_by");
  if (written === undefined) return;
  const grouping = given.get("group_by");
  const { order, notes: more } =
    typeof grouping === "string"
      ? orderGroupsBy(asking, written, grouping)
      : parseOrderBy(written, toFieldRules(asking.fields));
  notes.push(...more);
  if (order.length > 0) given.set("order_by", order);
}

/** What a group's table has no column for has no meaning there: that is told, and the groups come in their usual order. */
function orderGroupsBy<S extends Snapshot, R extends Row, W extends object>(
  { groupings, otherGroupColumns, words }: Asking<S, R, W>,
  written: unknown,
  name: string,
): { order: OrderRule[]; notes: string[] } {
  const grouping = groupings[name];
  const columns = grouping === undefined ? [] : listGroupColumns(name, grouping, words.many);
  const idle: string[] = [];
  const { order } = readOrder(written, (each) => {
    const column = toGroupColumn(each, columns, otherGroupColumns);
    if (column === undefined) idle.push(each);
    return { name: column ?? "", type: "num" };
  });
  const notes = idle.map(
    (each) => `order_by ${quoteForMessage(each)} does not apply to groups by ${name}: ${columns.join(", ")} do`,
  );
  return { order: order.filter(({ field }) => field !== ""), notes };
}

/** Names of the default table first, so that `backlinks` is the row's figure and not only one item's. */
function parseColumns(
  value: unknown,
  notes: string[],
  own: readonly string[],
  rules: FieldRules,
): QueryColumn[] | undefined {
  const names = parseNames("columns", value, MAX_COLUMNS, 'for example ["http","backlinks","meta.language"]');
  const columns = new Map<string, QueryColumn>();
  for (const [index, name] of names.entries()) {
    const known = own.find((each) => each === name.toLowerCase());
    if (known === "id" || known === "url") continue;
    if (known !== undefined) {
      columns.set(known, { name: known, kind: "table" });
      continue;
    }
    const field = resolveField(name, `columns[${index}]`, rules);
    if (field.note !== undefined) notes.push(field.note);
    const shown = field.shown ?? field.name;
    columns.set(field.name, { name: shown, kind: "field", ...(shown !== field.name && { field: field.name }) });
  }
  return names.length === 0 ? undefined : [...columns.values()];
}

function parseHandles(value: unknown, { handle: letter }: AskedWords): string[] | undefined {
  const works = `for example ["${letter}1","${letter}7"]`;
  const form = new RegExp(`^${letter}[1-9]\\d{0,6}$`);
  const names = parseNames("handles", value, MAX_HANDLES, works);
  const handles = names.map((name, index) => {
    const handle = name.toLowerCase();
    if (form.test(handle)) return handle;
    throw new Refusal(`handles[${index}]`, `must be a handle as answers show them, ${got(name)}`, works);
  });
  return handles.length === 0 ? undefined : [...new Set(handles)];
}

function refuseMissing(calls: CallNames, given: Given, refusals: Refusal[]): void {
  const isNamed = given.has("snapshot_id") || given.has("target");
  if (isNamed || refusals.some(({ argument }) => argument === "snapshot_id" || argument === "target")) return;
  refusals.unshift(
    new Refusal(
      "snapshot_id",
      "or target is required",
      `answers of ${nameCall("get", "mcp", calls)} name their snapshot; a target stands for its newest one`,
    ),
  );
}

/** Two ways of asking at once are refused; what merely has no meaning for one of them is told. */
function refuseMixed<S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
  given: Given,
  refusals: Refusal[],
  notes: string[],
): void {
  const { many } = asking.words;
  const among = (names: readonly string[]) => names.filter((name) => given.has(name));
  if (given.has("handles")) {
    // What chooses rows; a record is chosen by its handle alone.
    const mixed = among(["filters", ...listOwnArguments(asking), "text", "group_by"]);
    if (mixed.length > 0) {
      refusals.push(
        new Refusal(
          "handles",
          `open single ${many}, so ${mixed.join(", ")} cannot go with them`,
          "leave out one of the two",
        ),
      );
    }
    noteIdle(among(["order_by", "columns", "limit", "offset", "fold"]), `to single ${many}`, notes);
  } else if (given.has("group_by")) {
    noteIdle(among(["columns"]), "to groups", notes);
  }
}

function noteIdle(names: readonly string[], where: string, notes: string[]): void {
  if (names.length > 0) notes.push(`${names.join(", ")} ${names.length === 1 ? "does" : "do"} not apply ${where}`);
}

function toQuery<S extends Snapshot, R extends Row, W extends object>(
  { conditions, folding }: Asking<S, R, W>,
  given: Given,
): ListQuery<W> {
  const read = <T>(name: OfEveryList): T | undefined => given.get(name) as T | undefined;
  const part = (key: string, name: string): [string, unknown][] => (given.has(name) ? [[key, given.get(name)]] : []);
  const isTable = !given.has("handles");
  const isList = isTable && !given.has("group_by");
  return {
    ref: Object.fromEntries([...part("snapshotId", "snapshot_id"), ...part("target", "target")]),
    where: toWhere([
      ...part("filters", "filters"),
      ...listKeys(conditions).flatMap((key) => part(key, conditions[key].argument)),
      ...part("text", "text"),
    ]),
    orderBy: (isTable ? read<OrderRule[]>("order_by") : undefined) ?? [],
    columns: (isList ? read<QueryColumn[]>("columns") : undefined) ?? null,
    groupBy: read<string>("group_by") ?? null,
    fold: (isTable ? read<boolean>("fold") : undefined) ?? folding !== undefined,
    limit: (isTable ? read<number>("limit") : undefined) ?? null,
    offset: (isTable ? read<number>("offset") : undefined) ?? 0,
    handles: read<string[]>("handles") ?? [],
  };
}
