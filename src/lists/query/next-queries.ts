import { Refusal } from "../arguments.ts";
import { type CallNames, type NextStep, nameCall, type Surface, wordCall } from "../calls.ts";
import { type Fields, type FieldType, resolveField } from "../filters/field-names.ts";
import { type Condition, countConditions, type Filter } from "../filters/filter.ts";
import type { Snapshot } from "../snapshot.ts";
import { formatCount, toOneLine, toSafeJson } from "../text.ts";
import { estimateTokens } from "../tokens.ts";
import type { Asking } from "./asking.ts";
import { toQueryArguments } from "./conditions.ts";
import { cutToTokens, type QueryTable } from "./fit-table.ts";
import type { Group } from "./group-rows.ts";
import type { ItemRecord } from "./item-record.ts";
import { type ListQuery, type Row, toWhere } from "./list-query.ts";
import { toFieldRules } from "./parse-list-query.ts";
import { type Loosened, wordLoosened } from "./query-answer.ts";

/** What an answer has shown, and what it was asked. */
export interface Shown<S extends Snapshot, R extends Row, W extends object> {
  asking: Asking<S, R, W>;
  snapshot: S;
  query: ListQuery<W>;
  surface: Surface;
  table: QueryTable | null;
  /** All rows in order, for an answer of rows. */
  rows?: readonly R[];
  /** All groups in order, for an answer of groups. */
  groups?: readonly Group<R>[];
  loosened?: readonly Loosened<W>[];
  records?: readonly ItemRecord[];
}

const MAX_STEPS = 3;

/** How many records fit well into one answer. */
const TOP_HANDLES = 3;

/** At most three calls, the free ones first; the paid one only where items that were not fetched may matter. */
export function suggestQueries<S extends Snapshot, R extends Row, W extends object>(shown: Shown<S, R, W>): NextStep[] {
  const free = listFree(shown);
  const { asking, snapshot, query, surface } = shown;
  const paid = shown.records === undefined ? asking.suggestPaid(snapshot, query.where, surface) : [];
  return [...free.slice(0, MAX_STEPS - paid.length), ...paid];
}

function listFree<S extends Snapshot, R extends Row, W extends object>(shown: Shown<S, R, W>): NextStep[] {
  const { query, table, rows, groups, loosened = [], records } = shown;
  if (records !== undefined) return openAlone(shown, records);
  if (table === null && loosened.length === 0) return askWhatIsThere(shown);
  if (table === null) {
    return loosened
      .slice(0, 2)
      .map(({ words, without, ...rest }) =>
        ask(shown, { ...query, where: without, offset: 0 }, wordLoosened({ words: shorten(words), ...rest })),
      );
  }
  if (groups !== undefined) return [...askForMore(shown, table, countGroups(table)), ...drillIn(shown, table, groups)];
  return [
    ...askForMore(shown, table, table.rows.length),
    ...openTop(shown, table),
    ...(rows !== undefined && rows.length > table.rows.length ? [groupRowsOf(shown)] : []),
  ];
}

/** Where no smaller change helps. */
function askWhatIsThere<S extends Snapshot, R extends Row, W extends object>(shown: Shown<S, R, W>): NextStep[] {
  if (shown.snapshot.items.length === 0) return [];
  const query: ListQuery<W> = { ...toOpen(shown.query, []), groupBy: shown.asking.usualGrouping(toWhere([])) };
  return [ask(shown, query, "what the snapshot holds")];
}

const ask = <S extends Snapshot, R extends Row, W extends object>(
  { asking, snapshot, surface }: Shown<S, R, W>,
  query: ListQuery<W>,
  gain: string,
): NextStep => ({
  cost: "free",
  call: toQueryCall(toQueryArguments(asking, query, snapshot.id), surface, asking.calls),
  gain,
});

/** Without the row for the others, which comes after those that were counted. */
const countGroups = ({ rows, total, skipped }: QueryTable): number => Math.min(rows.length, total - skipped);

function askForMore<S extends Snapshot, R extends Row, W extends object>(
  shown: Shown<S, R, W>,
  { total, skipped }: QueryTable,
  count: number,
): NextStep[] {
  const { groupBy, orderBy } = shown.query;
  const isTime = groupBy !== null && shown.asking.groupings[groupBy]?.isTime === true;
  const seen = skipped + count;
  if (count === 0 || seen >= total) return [];
  const what = shown.groups === undefined ? "rows" : "groups";
  const query = { ...shown.query, offset: seen };
  const older = isTime && orderBy.length === 0 ? ", which are older" : "";
  return [ask(shown, query, `${what} ${formatCount(seen + 1)} on, of ${formatCount(total)}${older}`)];
}

function openTop<S extends Snapshot, R extends Row, W extends object>(
  shown: Shown<S, R, W>,
  { rows }: QueryTable,
): NextStep[] {
  const handles = rows.slice(0, TOP_HANDLES).map(([handle]) => String(handle));
  return handles.length === 0 ? [] : [ask(shown, toOpen(shown.query, handles), "full records")];
}

const toOpen = <W extends object>({ ref }: ListQuery<W>, handles: string[]): ListQuery<W> => ({
  ref,
  where: toWhere([]),
  orderBy: [],
  columns: null,
  groupBy: null,
  fold: true,
  limit: null,
  offset: 0,
  handles,
});

function groupRowsOf<S extends Snapshot, R extends Row, W extends object>(shown: Shown<S, R, W>): NextStep {
  const query = { ...shown.query, orderBy: [], columns: null, limit: null, offset: 0 };
  const groupBy = shown.asking.usualGrouping(query.where);
  return ask(shown, { ...query, groupBy }, `these rows by ${groupBy}`);
}

function drillIn<S extends Snapshot, R extends Row, W extends object>(
  shown: Shown<S, R, W>,
  { skipped }: QueryTable,
  groups: readonly Group<R>[],
): NextStep[] {
  const top = groups[skipped];
  const narrowed = top === undefined ? undefined : narrowTo(shown.asking, shown.query, top);
  if (narrowed === undefined) return [];
  return [ask(shown, narrowed.query, `the ${shown.asking.words.many} of ${shorten(narrowed.name)}`)];
}

/** One record alone has all the room; the resource has no bound. */
function openAlone<S extends Snapshot, R extends Row, W extends object>(
  shown: Shown<S, R, W>,
  records: readonly ItemRecord[],
): NextStep[] {
  const cut = records.find(({ leftOut }) => leftOut.length > 0);
  if (cut === undefined) return [];
  if (records.length > 1) return [ask(shown, toOpen(shown.query, [cut.handle]), `more of ${cut.handle}`)];
  if (shown.surface !== "mcp") return [];
  return [
    {
      cost: "free",
      call: `read resource ${shown.asking.toRecordUri(shown.snapshot, cut.handle)}`,
      gain: "every field",
    },
  ];
}

const SHORT_TOKENS = 20;

const shorten = (words: string): string => cutToTokens(words, SHORT_TOKENS);

/** Longer calls are described instead: a filter need not be paid for again in tokens. */
const MAX_CALL_TOKENS = 150;

/** A call of this tool, ready to copy. */
function toQueryCall(args: Record<string, unknown>, surface: Surface, calls: CallNames): string {
  const json = toSafeJson(args);
  if (estimateTokens(json) > MAX_CALL_TOKENS) {
    const { offset, group_by: group } = args;
    const changed = [
      ...(offset === undefined ? [] : [`offset ${String(offset)}`]),
      ...(group === undefined ? [] : [`group_by ${String(group)}`]),
    ];
    const words = ["the same arguments", ...(changed.length === 0 ? [] : [changed.join(" and ")])].join(", ");
    return `${nameCall("query", surface, calls)} with ${words}`;
  }
  return wordCall("query", json, surface, calls);
}

/** The upstream's limit for one filter; the parser would refuse more. */
const MAX_CONDITIONS = 8;

/** A key longer than that makes no call worth copying. */
const MAX_KEY_CHARS = 100;

/**
 * The question that lists the rows of one group.
 * @returns undefined where no condition says what the group is
 */
function narrowTo<S extends Snapshot, R extends Row, W extends object>(
  { groupings, fields }: Asking<S, R, W>,
  query: ListQuery<W>,
  group: Group<R>,
): { query: ListQuery<W>; name: string } | undefined {
  const { groupBy, where } = query;
  const { key } = group;
  if (key === null || groupBy === null || key.length > MAX_KEY_CHARS) return undefined;
  const narrow = groupings[groupBy]?.narrow;
  if (narrow === undefined) return undefined;
  const list: ListQuery<W> = { ...query, groupBy: null, orderBy: [], limit: null, offset: 0 };
  const name = toOneLine(key, MAX_KEY_CHARS);
  if (narrow.kind === "own") {
    const own = unlessRefused(() => narrow.toWhere(key, group, where));
    return own && { query: { ...list, where: { ...where, ...own } }, name: narrow.name?.(name) ?? name };
  }
  const condition = narrow.kind === "value" ? equals(narrow, key) : isCounted(narrow.toField(key), fields);
  const filters = condition && join(where.filters, condition);
  return filters && { query: { ...list, where: { ...where, filters } }, name };
}

const equals = ({ field, type }: { field: string; type: FieldType }, value: string): Condition => ({
  kind: "condition",
  field,
  type,
  operator: "=",
  value,
});

/** Maps hold keys that are no key in any filter, such as a TLD with spaces. */
function isCounted(field: string, fields: Fields): Condition | undefined {
  const resolved = unlessRefused(() => resolveField(field, "filters", toFieldRules(fields)));
  if (resolved === undefined) return undefined;
  const { name, shown = name } = resolved;
  return { kind: "condition", field: name, type: "num", operator: ">", value: 0, ...(shown !== name && { shown }) };
}

/** A group's name is a stranger's word: where it is no argument, there is no call to offer. */
function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function join(filter: Filter | undefined, condition: Condition): Filter | undefined {
  if (filter === undefined) return condition;
  if (countConditions(filter) >= MAX_CONDITIONS) return undefined;
  const members = filter.kind === "group" && filter.join === "and" ? filter.members : [filter];
  return { kind: "group", join: "and", members: [...members, condition] };
}
