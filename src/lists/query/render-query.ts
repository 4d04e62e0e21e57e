import type { Cell } from "../cells.ts";
import { describeSource } from "../header.ts";
import { countOf, formatCount, formatMinute, formatUsd } from "../text.ts";
import type { AskedWords } from "./asking.ts";
import { type QueryTable, toQuotedLine } from "./fit-table.ts";
import { renderRecord, wordLeftOut } from "./item-record.ts";
import { type QueryAnswer, wordBoundOf, wordLoosened, wordRecordsBound } from "./query-answer.ts";

/** What a list is told by; an `Asking` is all of it. */
export interface Telling {
  readonly words: Pick<AskedWords, "one" | "many" | "counted">;
  readonly groupings: Readonly<Record<string, { readonly isTime?: true }>>;
  readonly folding?: { describe(items: number, rows: number): string };
  nameCells?(columns: readonly string[], row: readonly Cell[]): Cell[];
  nameCondition?(words: string): string;
}

/**
 * The answer as text: header, coverage, one CSV line per row (or the records), next calls. No newline at its end.
 * @param draw how the table is drawn, if not as CSV
 */
export function renderQueryText(
  asking: Telling,
  answer: QueryAnswer,
  draw: (table: QueryTable) => string = (table) => toCsvTable(withNamedCells(asking, table)),
): string {
  const blocks = [
    renderQueryHeader(asking, answer),
    answer.table === null || answer.table.rows.length === 0 ? "" : draw(answer.table),
    ...(answer.records ?? []).map(renderRecord),
    describeEmpty(asking, answer),
    renderQueryNext(answer),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

const withNamedCells = ({ nameCells }: Telling, table: QueryTable): QueryTable =>
  nameCells === undefined ? table : { ...table, rows: table.rows.map((row) => nameCells(table.columns, row)) };

/** A table as CSV, for programs: everything has its value. */
export const toCsvTable = (table: QueryTable): string =>
  [table.columns.join(","), ...table.rows.map((row) => toQuotedLine(table, row))].join("\n");

/** Why nothing is shown; empty for an answer that shows something. */
function describeEmpty({ words: { one, many } }: Telling, answer: QueryAnswer): string {
  const { loosened, loosenedLeftOut, table, itemsFetched, conditions, groupBy } = answer;
  if (table?.total === 0) return `no group: none of these ${many} tells its ${groupBy}`;
  if (table !== null && table.rows.length === 0) {
    return table.skipped >= table.total
      ? `no ${groupBy === null ? "row" : "group"} this far: there are ${formatCount(table.total)}`
      : "not one row fits: ask for fewer columns, or raise the tokens an answer may have";
  }
  if (loosened === null) return "";
  if (itemsFetched === 0) return `no ${one} matches: the snapshot holds none`;
  if (loosened.length + loosenedLeftOut > 0) {
    const more = loosenedLeftOut === 0 ? [] : [`${countOf(loosenedLeftOut, "more condition")} left out`];
    return [`no ${one} matches`, ...loosened.map(wordLoosened), ...more].join("\n");
  }
  return conditions.length === 1
    ? `no ${one} matches`
    : `no ${one} matches, and none would without any single one of the conditions: nothing in this snapshot is near`;
}

/** The answer as data: the same facts as the text, in columns and rows. Keys that would say nothing are left out. */
export function renderQueryStructured(asking: Telling, answer: QueryAnswer): Record<string, unknown> {
  const { table, records, loosened } = answer;
  const { many, counted } = asking.words;
  const items = `${counted.toLowerCase()}s`;
  return dropEmpty({
    target: answer.target,
    snapshot_id: answer.snapshotId,
    source: answer.source,
    fetched_at: answer.fetchedAt === null ? null : new Date(answer.fetchedAt).toISOString(),
    cost: "free: answered from the snapshot",
    upstream_cost_usd: costOfImport(answer) ?? undefined,
    ...answer.viewFacts,
    [`${items}_fetched`]: answer.itemsFetched,
    ...(records === null && {
      [`${many}_last_crawled`]: answer.crawledFacts ?? undefined,
      [`${items}_total`]: answer.itemsTotal,
      [`${items}_matched`]: answer.itemsMatched,
      rows_matched: answer.rowsMatched,
      folded: answer.isFolded || asking.folding === undefined ? undefined : false,
      group_by: answer.groupBy ?? undefined,
      where: listOrNothing(answer.conditions),
      order_by: toOrderFact(asking, answer),
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
    empty: describeEmpty(asking, answer).split("\n", 1)[0] || undefined,
    next: listOrNothing(answer.next.map(({ cost, call, gain }) => `${cost}: ${call} (${gain})`)),
  });
}

function toOrderFact(asking: Telling, answer: QueryAnswer): string | undefined {
  const { table, order, groupBy } = answer;
  if (table === null) return undefined;
  if (isOfTime(asking, answer) && countAfter(table, true) > 0) return describeOrder(asking, answer)[0];
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
export function renderQueryHeader(asking: Telling, answer: QueryAnswer): string {
  const nameCondition = asking.nameCondition ?? ((words: string) => words);
  return [
    ...describeSource(answer.source),
    `${answer.target}: ${answer.records === null ? describeMatch(asking, answer) : describeOpened(asking, answer)}`,
    ...(answer.conditions.length === 0
      ? []
      : [`where ${answer.conditions.map((each) => nameCondition(each)).join("; ")}`]),
    `snapshot ${answer.snapshotId} ${describeOrigin(answer)}`,
    ...(answer.table === null ? [] : [`coverage: ${describeShown(asking, answer)}`]),
    ...answer.missing.map((sentence) => `not in this snapshot: ${sentence}`),
    ...answer.notes.map((note) => `note: ${note}`),
  ].join("\n");
}

/** The calls that make sense next, one a line; empty when there are none. */
export function renderQueryNext({ next }: QueryAnswer): string {
  return next.map(({ cost, call, gain }) => `next, ${cost}: ${call} (${gain})`).join("\n");
}

function describeOpened({ words }: Telling, answer: QueryAnswer): string {
  const { records, itemsFetched } = answer;
  const bound = wordRecordsBound(answer);
  const opened = countOf(records?.length ?? 0, bound === undefined ? "full record" : "record");
  const of = `${opened} of ${countOf(itemsFetched, words.counted)} fetched`;
  return bound === undefined ? of : `${of}; ${bound}`;
}

function describeMatch(asking: Telling, answer: QueryAnswer): string {
  const { isFolded, table, groupBy } = answer;
  const unfolded = isFolded || asking.folding === undefined ? [] : ["not folded"];
  const groups = groupBy === null || table === null ? [] : [`${countOf(table.total, "group")} by ${groupBy}`];
  return [[countMatch(asking, answer), ...unfolded, ...groups].join(", "), ...describeOrder(asking, answer)].join("; ");
}

/** Rows are one thing, and what was fetched another: both are told, so that neither is taken for the other. */
function countMatch(
  { words: { one, counted }, folding }: Telling,
  { itemsFetched, itemsTotal, itemsMatched, conditions, isFolded, rowsMatched, rowsInAll }: QueryAnswer,
): string {
  const total = itemsTotal === null ? "an unknown number" : formatCount(itemsTotal);
  if (conditions.length === 0) {
    const plural = itemsTotal === 1 ? "" : "s";
    const folded = isFolded ? folding?.describe(itemsMatched, rowsMatched) : undefined;
    return `${formatCount(itemsMatched)} of ${total} ${counted}${plural} fetched${folded ?? ""}`;
  }
  const inAll = itemsTotal === itemsFetched ? "" : ` (of ${total} in all)`;
  const items = `${formatCount(itemsMatched)} of ${countOf(itemsFetched, counted)} fetched`;
  return isFolded
    ? `${formatCount(rowsMatched)} of ${countOf(rowsInAll, one)} match, ${items}${inAll}`
    : `${items} match${inAll}`;
}

/** Its groups are months that nobody asked to order otherwise: the newest are shown, in the order of time. */
const isOfTime = ({ groupings }: Telling, { groupBy, order }: QueryAnswer): boolean =>
  groupBy !== null && order.length === 0 && groupings[groupBy]?.isTime === true;

function describeOrder(asking: Telling, answer: QueryAnswer): string[] {
  const { order, groupBy, table } = answer;
  if (table === null) return [];
  if (isOfTime(asking, answer))
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
    ...answer.view,
    // A record tells when its own item was.
    ...(answer.records === null ? answer.crawled : []),
  ];
  return parts.join("; ");
}

function describeShown(asking: Telling, answer: QueryAnswer): string {
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
  return [`${held}${fetched}${unknown}`, ...(table === null ? [] : describeLeftOut(asking, answer, table))].join("; ");
}

const wordSkipped = (count: number, noun: string, isNewer: boolean): string =>
  isNewer ? `${countOf(count, `newer ${noun}`)} skipped` : `${countOf(count, noun)} before these skipped`;

/** Groups that have no row are summed in one, so that only rows are ever out of sight. */
function describeLeftOut(asking: Telling, answer: QueryAnswer, table: QueryTable): string[] {
  const isGroups = answer.groupBy !== null;
  const after = countAfter(table, isGroups);
  const noun = isGroups ? "group" : "row";
  const why = wordBoundOf(answer, after);
  const bound = why === undefined ? "" : ` (${why})`;
  const parts = [
    ...(table.skipped > 0 ? [wordSkipped(table.skipped, noun, isOfTime(asking, answer))] : []),
    ...(after > 0 ? [`${countOf(after, `more ${noun}`)} ${isGroups ? "summed up" : "left out"}${bound}`] : []),
    ...(table.columnsLeftOut.length > 0 ? [`the columns ${table.columnsLeftOut.join(", ")} left out`] : []),
    ...(table.cutTo === null ? [] : [`texts cut to ${table.cutTo} characters to fit`]),
  ];
  return parts;
}

/** Rows or groups behind those shown; the row of the others is none of them. */
function countAfter({ total, skipped, rows }: QueryTable, isGroups: boolean): number {
  const isSummed = isGroups && /^\(\d+ others?\)$/.test(String(rows.at(-1)?.[0]));
  return total - skipped - (isSummed ? rows.length - 1 : rows.length);
}
