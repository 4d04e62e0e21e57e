import { Refusal } from "../../lists/arguments.ts";
import { type NextStep, nameCall, type Surface, wordCall } from "../../lists/calls.ts";
import { type ResolvedField, resolveField } from "../../lists/filters/field-names.ts";
import { type Condition, countConditions, type Filter } from "../../lists/filters/filter.ts";
import { formatCount, toOneLine, toSafeJson } from "../../lists/text.ts";
import { estimateTokens } from "../../lists/tokens.ts";
import type { Fold } from "../answer/fold.ts";
import { measureCoverage } from "../answer/header-facts.ts";
import { suggestMore } from "../answer/next-steps.ts";
import { nameSection } from "../answer/sections.ts";
import { BREAKDOWNS, OWN_FIELDS } from "../catalogue.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { PAGE_FIELDS } from "../page-fields.ts";
import type { QueryTable } from "./fit-table.ts";
import { cutToTokens } from "./fit-table.ts";
import type { Group } from "./group-rows.ts";
import type { PageRecord } from "./page-record.ts";
import { type PagesQuery, parseSection, toQueryArguments } from "./pages-query.ts";
import { type Loosened, wordLoosened } from "./query-answer.ts";
import type { Grouping } from "./query-schema.ts";

/** What an answer has shown, and what it was asked. */
export interface Shown {
  snapshot: PagesSnapshot;
  query: PagesQuery;
  surface: Surface;
  table: QueryTable | null;
  /** All rows in order, for an answer of rows. */
  rows?: readonly Fold[];
  /** All groups in order, for an answer of groups. */
  groups?: readonly Group[];
  loosened?: readonly Loosened[];
  records?: readonly PageRecord[];
}

const MAX_STEPS = 3;

/** How many records fit well into one answer. */
const TOP_HANDLES = 3;

/** At most three calls, the free ones first; the paid one only where pages that were not fetched may matter. */
export function suggestQueries(shown: Shown): NextStep[] {
  const free = listFree(shown);
  const paid = shown.records === undefined ? listPaid(shown) : [];
  return [...free.slice(0, MAX_STEPS - paid.length), ...paid];
}

function listFree(shown: Shown): NextStep[] {
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
function askWhatIsThere(shown: Shown): NextStep[] {
  if (shown.snapshot.items.length === 0) return [];
  const query: PagesQuery = { ...toOpen(shown.query, []), groupBy: "section" };
  return [ask(shown, query, "what the snapshot holds")];
}

const ask = ({ snapshot, surface }: Shown, query: PagesQuery, gain: string): NextStep => ({
  cost: "free",
  call: toQueryCall(toQueryArguments(query, snapshot.id), surface),
  gain,
});

/** Without the row for the others, which comes after those that were counted. */
const countGroups = ({ rows, total, skipped }: QueryTable): number => Math.min(rows.length, total - skipped);

function askForMore(shown: Shown, { total, skipped }: QueryTable, count: number): NextStep[] {
  const { groupBy, orderBy } = shown.query;
  const seen = skipped + count;
  if (count === 0 || seen >= total) return [];
  const what = shown.groups === undefined ? "rows" : "groups";
  const query = { ...shown.query, offset: seen };
  const older = groupBy?.startsWith("month_") === true && orderBy.length === 0 ? ", which are older" : "";
  return [ask(shown, query, `${what} ${formatCount(seen + 1)} on, of ${formatCount(total)}${older}`)];
}

function openTop(shown: Shown, { rows }: QueryTable): NextStep[] {
  const handles = rows.slice(0, TOP_HANDLES).map(([handle]) => String(handle));
  return handles.length === 0 ? [] : [ask(shown, toOpen(shown.query, handles), "full records")];
}

const toOpen = ({ ref }: PagesQuery, handles: string[]): PagesQuery => ({
  ref,
  where: {},
  orderBy: [],
  columns: null,
  groupBy: null,
  fold: true,
  limit: null,
  offset: 0,
  handles,
});

function groupRowsOf(shown: Shown): NextStep {
  const query = { ...shown.query, orderBy: [], columns: null, limit: null, offset: 0 };
  const groupBy = query.where.section === undefined ? "section" : "status";
  return ask(shown, { ...query, groupBy }, `these rows by ${groupBy}`);
}

function drillIn(shown: Shown, { skipped }: QueryTable, groups: readonly Group[]): NextStep[] {
  const top = groups[skipped];
  const narrowed = top === undefined ? undefined : narrowTo(shown.query, top);
  return narrowed === undefined ? [] : [ask(shown, narrowed.query, `the pages of ${shorten(narrowed.name)}`)];
}

/** One record alone has all the room; the resource has no bound. */
function openAlone(shown: Shown, records: readonly PageRecord[]): NextStep[] {
  const cut = records.find(({ leftOut }) => leftOut.length > 0);
  if (cut === undefined) return [];
  if (records.length > 1) return [ask(shown, toOpen(shown.query, [cut.handle]), `more of ${cut.handle}`)];
  if (shown.surface !== "mcp") return [];
  const uri = `domain-pages://snapshots/${shown.snapshot.id}/pages/${cut.handle}`;
  return [{ cost: "free", call: `read resource ${uri}`, gain: "every field" }];
}

/** The purchase of more pages, unless what bounds them says that none of them can match. */
function listPaid({ snapshot, query, surface }: Shown): NextStep[] {
  const coverage = measureCoverage(snapshot);
  const { bound } = coverage;
  const least =
    bound?.field === "page_summary.backlinks"
      ? query.where.minBacklinks
      : bound?.field === "page_summary.referring_domains"
        ? query.where.minReferringDomains
        : undefined;
  const isRuledOut = bound?.side === "at most" && least !== undefined && bound.value < least;
  return isRuledOut ? [] : suggestMore({ snapshot, coverage, surface });
}

const SHORT_TOKENS = 20;

const shorten = (words: string): string => cutToTokens(words, SHORT_TOKENS);

/** Longer calls are described instead: a filter need not be paid for again in tokens. */
const MAX_CALL_TOKENS = 150;

/** A call of this tool, ready to copy. */
export function toQueryCall(args: Record<string, unknown>, surface: Surface): string {
  const json = toSafeJson(args);
  if (estimateTokens(json) > MAX_CALL_TOKENS) {
    const { offset, group_by: group } = args;
    const changed = [
      ...(offset === undefined ? [] : [`offset ${String(offset)}`]),
      ...(group === undefined ? [] : [`group_by ${String(group)}`]),
    ];
    const words = ["the same arguments", ...(changed.length === 0 ? [] : [changed.join(" and ")])].join(", ");
    return `${nameCall("query", surface)} with ${words}`;
  }
  return wordCall("query", json, surface);
}

/** The upstream's limit for one filter; the parser would refuse more. */
const MAX_CONDITIONS = 8;

/** A key longer than that makes no call worth copying. */
const MAX_KEY_CHARS = 100;

/**
 * Groupings by a field of which a group is one value. Filters take these names by rows, as the groups do (`itemRulesOf`);
 * `meta.language` they take by URL, as the upstream does, where a redirect of no language is not its page.
 */
const BY_FIELD: Partial<Record<Grouping, string>> = {
  media_type: "page_media_type",
  language: "page_language",
  technology: "technology",
  month_first_seen: "month_first_seen",
  month_first_visited: "month_first_visited",
};

/**
 * The question that lists the pages of one group.
 * @returns undefined where no condition says what the group is
 */
export function narrowTo(query: PagesQuery, { key, rows }: Group): { query: PagesQuery; name: string } | undefined {
  const { groupBy, where } = query;
  if (key === null || groupBy === null || key.length > MAX_KEY_CHARS) return undefined;
  const list: PagesQuery = { ...query, groupBy: null, orderBy: [], limit: null, offset: 0 };
  const name = toOneLine(key, MAX_KEY_CHARS);
  // The condition of another section would be lost.
  if (groupBy === "section" || groupBy === "subdomain" || groupBy === "area") {
    if (where.section !== undefined || key.endsWith("…")) return undefined;
    const section = unlessRefused(() => parseSection(key, []));
    return section && { query: { ...list, where: { ...where, section } }, name: nameSection(name) };
  }
  const status = rows[0]?.main.status ?? null;
  // The argument takes rows, as the groups do; a filter would take URLs, those folded into other rows among them. What
  // was asked of the status already is true of each of the group's rows.
  if (groupBy === "status")
    return status === null ? undefined : { query: { ...list, where: { ...where, status: `${status}` } }, name };
  const condition = toCondition(groupBy, key);
  const filters = condition && join(where.filters, condition);
  return filters && { query: { ...list, where: { ...where, filters } }, name };
}

function toCondition(groupBy: Grouping, key: string): Condition | undefined {
  const field = BY_FIELD[groupBy];
  if (field !== undefined) return equals(field, key);
  const resolved = BREAKDOWNS.has(groupBy) ? resolve(`${groupBy}:${key}`) : undefined;
  if (resolved === undefined) return undefined;
  const { name, shown = name } = resolved;
  return { kind: "condition", field: name, type: "num", operator: ">", value: 0, ...(shown !== name && { shown }) };
}

function equals(field: string, value: string): Condition | undefined {
  const type = OWN_FIELDS.get(field);
  return type === undefined ? undefined : { kind: "condition", field, type, operator: "=", value };
}

/** Maps hold keys that are no key in any filter, such as a TLD with spaces. */
const resolve = (field: string): ResolvedField | undefined =>
  unlessRefused(() =>
    resolveField(field, "filters", { fields: PAGE_FIELDS, mapBareNames: true, allowUnknown: false, isKept: true }),
  );

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
