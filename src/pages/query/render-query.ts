import { countOf, formatCount, formatMinute, formatUsd } from "../../lists/text.ts";
import { describeCrawled, describeFolding, describeSource } from "../answer/render-answer.ts";
import { nameSection, withNamedSections } from "../answer/sections.ts";
import { type QueryTable, toQuotedLine } from "./fit-table.ts";
import { renderRecord, wordLeftOut } from "./page-record.ts";
import { type QueryAnswer, wordBoundOf, wordLoosened, wordRecordsBound } from "./query-answer.ts";

/**
 * The answer as text: header, coverage, one CSV line per row (or the records), next calls. No newline at its end.
 * @param draw how the table is drawn, if not as CSV
 */
export function renderQueryText(
  answer: QueryAnswer,
  draw: (table: QueryTable) => string = (table) => toCsvTable(withNamedSections(table)),
): string {
  const blocks = [
    renderQueryHeader(answer),
    answer.table === null || answer.table.rows.length === 0 ? "" : draw(answer.table),
    ...(answer.records ?? []).map(renderRecord),
    describeEmpty(answer),
    renderQueryNext(answer),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

/** A table as CSV, for programs: sections have their values. */
export const toCsvTable = (table: QueryTable): string =>
  [table.columns.join(","), ...table.rows.map((row) => toQuotedLine(table, row))].join("\n");

/** Why nothing is shown; empty for an answer that shows something. */
function describeEmpty(answer: QueryAnswer): string {
  const { loosened, loosenedLeftOut, table, pagesFetched, conditions, groupBy } = answer;
  if (table?.total === 0) return `no group: none of these pages tells its ${groupBy}`;
  if (table !== null && table.rows.length === 0) {
    return table.skipped >= table.total
      ? `no ${groupBy === null ? "row" : "group"} this far: there are ${formatCount(table.total)}`
      : "not one row fits: ask for fewer columns, or raise the tokens an answer may have";
  }
  if (loosened === null) return "";
  if (pagesFetched === 0) return "no page matches: the snapshot holds none";
  if (loosened.length + loosenedLeftOut > 0) {
    const more = loosenedLeftOut === 0 ? [] : [`${countOf(loosenedLeftOut, "more condition")} left out`];
    return ["no page matches", ...loosened.map(wordLoosened), ...more].join("\n");
  }
  return conditions.length === 1
    ? "no page matches"
    : "no page matches, and none would without any single one of the conditions: nothing in this snapshot is near";
}

/** The answer as data: the same facts as the text, in columns and rows. Keys that would say nothing are left out. */
export function renderQueryStructured(answer: QueryAnswer): Record<string, unknown> {
  const { table, records, loosened } = answer;
  return dropEmpty({
    target: answer.target,
    snapshot_id: answer.snapshotId,
    source: answer.source,
    fetched_at: answer.fetchedAt === null ? null : new Date(answer.fetchedAt).toISOString(),
    cost: "free: answered from the snapshot",
    upstream_cost_usd: costOfImport(answer) ?? undefined,
    backlinks_status_type: answer.statusType,
    include_subdomains: answer.includeSubdomains,
    exclude_internal_backlinks: answer.excludeInternal ? undefined : false,
    rank_scale: answer.rankScale === "one_hundred" ? answer.rankScale : undefined,
    urls_fetched: answer.pagesFetched,
    ...(records === null && {
      pages_last_crawled: answer.crawled ?? undefined,
      urls_total: answer.pagesTotal,
      urls_matched: answer.urlsMatched,
      rows_matched: answer.rowsMatched,
      folded: answer.isFolded ? undefined : false,
      group_by: answer.groupBy ?? undefined,
      where: listOrNothing(answer.conditions),
      order_by: toOrderFact(answer),
    }),
    coverage: table === null ? undefined : toCoverage(answer),
    not_in_snapshot: listOrNothing(answer.missing),
    notes: listOrNothing(answer.notes),
    columns: table?.columns,
    rows: table?.rows,
    records: records === null ? undefined : Object.fromEntries(records.map(toRecordFacts)),
    bounded_by: wordRecordsBound(answer),
    without: loosened === null ? undefined : Object.fromEntries(loosened.map(({ words, rows }) => [words, rows])),
    without_left_out: answer.loosenedLeftOut || undefined,
    empty: describeEmpty(answer).split("\n", 1)[0] || undefined,
    next: listOrNothing(answer.next.map(({ cost, call, gain }) => `${cost}: ${call} (${gain})`)),
  });
}

function toOrderFact(answer: QueryAnswer): string | undefined {
  const { table, order, groupBy } = answer;
  if (table === null) return undefined;
  if (isOfTime(answer) && countAfter(table, true) > 0) return describeOrder(answer)[0];
  return order.join("; ") || (groupBy === null ? "fetched order" : undefined);
}

function toCoverage({ table, groupBy, ...answer }: QueryAnswer): Record<string, unknown> {
  const isGroups = groupBy !== null;
  const noun = isGroups ? "groups" : "rows";
  return dropEmpty({
    backlinks_fetched: answer.backlinksFetched,
    backlinks_matched: answer.backlinksMatched,
    backlinks_shown: isGroups ? undefined : answer.backlinksShown,
    rows_without_full_count: answer.rowsWithoutCount || undefined,
    ...(table !== null && {
      [`${noun}_total`]: isGroups ? table.total : undefined,
      [`${noun}_skipped`]: table.skipped || undefined,
      [isGroups ? "groups_summed_up" : "rows_left_out"]: countAfter(table, isGroups) || undefined,
      bounded_by: wordBoundOf({ table, groupBy, ...answer }, countAfter(table, isGroups)),
      columns_left_out: listOrNothing(table.columnsLeftOut),
      texts_cut_to: table.cutTo ?? undefined,
    }),
  });
}

/** By handle: the fields in words, as in the text. */
function toRecordFacts({
  handle,
  url,
  fields,
  leftOut,
}: NonNullable<QueryAnswer["records"]>[number]): [string, unknown] {
  return [
    handle,
    {
      url,
      ...Object.fromEntries(fields.map(({ name, value }) => [name, value])),
      ...(leftOut.length > 0 && { left_out: wordLeftOut(leftOut) }),
    },
  ];
}

const listOrNothing = (list: readonly string[]): readonly string[] | undefined =>
  list.length === 0 ? undefined : list;

function dropEmpty(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** The lines above the table: what matches, of which snapshot, how much of it is shown, and what is not in it. */
export function renderQueryHeader(answer: QueryAnswer): string {
  return [
    ...describeSource(answer.source),
    `${answer.target}: ${answer.records === null ? describeMatch(answer) : describeOpened(answer)}`,
    ...(answer.conditions.length === 0 ? [] : [`where ${answer.conditions.map(nameCondition).join("; ")}`]),
    `snapshot ${answer.snapshotId} ${describeOrigin(answer)}`,
    ...(answer.table === null ? [] : [`coverage: ${describeShown(answer)}`]),
    ...answer.missing.map((sentence) => `not in this snapshot: ${sentence}`),
    ...answer.notes.map((note) => `note: ${note}`),
  ].join("\n");
}

const nameCondition = (words: string): string => (words.startsWith("section ") ? nameSection(words) : words);

/** The calls that make sense next, one a line; empty when there are none. */
export function renderQueryNext({ next }: QueryAnswer): string {
  return next.map(({ cost, call, gain }) => `next, ${cost}: ${call} (${gain})`).join("\n");
}

function describeOpened(answer: QueryAnswer): string {
  const { records, pagesFetched } = answer;
  const bound = wordRecordsBound(answer);
  const opened = countOf(records?.length ?? 0, bound === undefined ? "full record" : "record");
  const of = `${opened} of ${countOf(pagesFetched, "URL")} fetched`;
  return bound === undefined ? of : `${of}; ${bound}`;
}

function describeMatch(answer: QueryAnswer): string {
  const { isFolded, table, groupBy } = answer;
  const unfolded = isFolded ? [] : ["not folded"];
  const groups = groupBy === null || table === null ? [] : [`${countOf(table.total, "group")} by ${groupBy}`];
  return [[countMatch(answer), ...unfolded, ...groups].join(", "), ...describeOrder(answer)].join("; ");
}

/** Rows are pages, and what was fetched are URLs: both are told, so that neither is taken for the other. */
function countMatch({ pagesFetched, pagesTotal, urlsMatched, conditions, isFolded, rowsMatched, folds }: QueryAnswer) {
  const total = pagesTotal === null ? "an unknown number" : formatCount(pagesTotal);
  if (conditions.length === 0) {
    const plural = pagesTotal === 1 ? "" : "s";
    return `${formatCount(urlsMatched)} of ${total} URL${plural} fetched${isFolded ? describeFolding(urlsMatched, rowsMatched) : ""}`;
  }
  const inAll = pagesTotal === pagesFetched ? "" : ` (of ${total} in all)`;
  const urls = `${formatCount(urlsMatched)} of ${countOf(pagesFetched, "URL")} fetched`;
  return isFolded
    ? `${formatCount(rowsMatched)} of ${countOf(folds, "page")} match, ${urls}${inAll}`
    : `${urls} match${inAll}`;
}

/** Its groups are months that nobody asked to order otherwise: the newest are shown, in the order of time. */
const isOfTime = ({ groupBy, order }: QueryAnswer): boolean =>
  groupBy !== null && order.length === 0 && groupBy.startsWith("month_");

function describeOrder(answer: QueryAnswer): string[] {
  const { order, groupBy, table } = answer;
  if (table === null) return [];
  if (isOfTime(answer))
    return [table.skipped === 0 && countAfter(table, true) > 0 ? "the newest, in order of time" : "in order of time"];
  if (groupBy !== null && order.length === 0)
    return [`by ${table.columns.includes("ref_links") ? "ref_links" : "backlinks"} desc`];
  return [order.length === 0 ? "in fetched order" : `by ${order.join(", ")}`];
}

/** What an imported one once cost: it has no other price. */
const costOfImport = ({ source, upstreamCostUsd }: QueryAnswer): number | null =>
  source === "import" ? upstreamCostUsd : null;

/** When it was fetched, that it costs nothing now, and which links its figures count. */
function describeOrigin(answer: QueryAnswer): string {
  const when = answer.fetchedAt === null ? "of unknown time" : `of ${formatMinute(answer.fetchedAt)}`;
  const importCost = costOfImport(answer);
  const parts = [
    answer.source === "import" ? `${when}, imported` : when,
    ...(importCost === null ? [] : [`upstream cost ${formatUsd(importCost)} when fetched`]),
    "free: answered from the snapshot",
    `${answer.statusType} backlinks, subdomains ${answer.includeSubdomains ? "included" : "left out"}`,
    ...(answer.excludeInternal ? [] : ["internal links counted"]),
    ...(answer.rankScale === "one_hundred" ? ["rank 0-100"] : []),
    // A record tells when its own page was.
    ...(answer.records === null ? describeCrawled(answer) : []),
  ];
  return parts.join("; ");
}

function describeShown(answer: QueryAnswer): string {
  const { table, backlinksShown, backlinksMatched, backlinksFetched, groupBy, conditions } = answer;
  const all = conditions.length === 0 ? "" : "matching ";
  const whole = `${formatCount(backlinksMatched)} ${all}backlinks`;
  const share = backlinksMatched > 0 ? ` (${Math.floor((100 * backlinksShown) / backlinksMatched)}%)` : "";
  const held =
    groupBy !== null
      ? `the grouped rows hold ${whole}`
      : backlinksShown === backlinksMatched
        ? `the rows hold all ${whole}`
        : `the rows hold ${formatCount(backlinksShown)} of ${whole}${share}`;
  const fetched = conditions.length === 0 ? "" : `, of ${formatCount(backlinksFetched)} fetched`;
  const unknown =
    answer.rowsWithoutCount === 0 ? "" : ` (${countOf(answer.rowsWithoutCount, "row")} without a full count)`;
  return [`${held}${fetched}${unknown}`, ...(table === null ? [] : describeLeftOut(answer, table))].join("; ");
}

const wordSkipped = (count: number, noun: string, isNewer: boolean): string =>
  isNewer ? `${countOf(count, `newer ${noun}`)} skipped` : `${countOf(count, noun)} before these skipped`;

/** Groups that have no row are summed in one, so that only rows are ever out of sight. */
function describeLeftOut(answer: QueryAnswer, table: QueryTable): string[] {
  const isGroups = answer.groupBy !== null;
  const after = countAfter(table, isGroups);
  const noun = isGroups ? "group" : "row";
  const why = wordBoundOf(answer, after);
  const bound = why === undefined ? "" : ` (${why})`;
  const parts = [
    ...(table.skipped > 0 ? [wordSkipped(table.skipped, noun, isOfTime(answer))] : []),
    ...(after > 0 ? [`${countOf(after, `more ${noun}`)} ${isGroups ? "summed up" : "left out"}${bound}`] : []),
    ...(table.columnsLeftOut.length > 0 ? [`the columns ${table.columnsLeftOut.join(", ")} left out`] : []),
    ...(table.cutTo === null ? [] : [`texts cut to ${table.cutTo} characters to fit`]),
  ];
  return parts;
}

/** Rows or groups behind those shown; the row of the others is none of them. */
export function countAfter({ total, skipped, rows }: QueryTable, isGroups: boolean): number {
  const isSummed = isGroups && /^\(\d+ others?\)$/.test(String(rows.at(-1)?.[0]));
  return total - skipped - (isSummed ? rows.length - 1 : rows.length);
}
