import { countOf, formatCount } from "../text.ts";
import { wordLoosened } from "./explain-empty.ts";
import { toQuotedLine } from "./fit-rows.ts";
import { renderRecord, wordLeftOut } from "./page-record.ts";
import type { QueryAnswer } from "./query-answer.ts";
import { countAfter, renderQueryHeader, renderQueryNext } from "./render-query-header.ts";

/** The answer as text: header, coverage, one CSV line per row (or the records), next calls. No newline at its end. */
export function renderQueryText(answer: QueryAnswer): string {
  const blocks = [
    renderQueryHeader(answer),
    renderTable(answer),
    ...(answer.records ?? []).map(renderRecord),
    describeEmpty(answer),
    renderQueryNext(answer),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function renderTable({ table }: QueryAnswer): string {
  if (table === null || table.rows.length === 0) return "";
  return [table.columns.join(","), ...table.rows.map((row) => toQuotedLine(table, row))].join("\n");
}

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
    backlinks_status_type: answer.statusType,
    include_subdomains: answer.includeSubdomains,
    exclude_internal_backlinks: answer.excludeInternal ? undefined : false,
    rank_scale: answer.rankScale === "one_hundred" ? answer.rankScale : undefined,
    pages_fetched: answer.pagesFetched,
    ...(records === null && {
      pages_total: answer.pagesTotal,
      pages_matched: answer.pagesMatched,
      rows_matched: answer.rowsMatched,
      folded: answer.isFolded ? undefined : false,
      group_by: answer.groupBy ?? undefined,
      where: listOrNothing(answer.conditions),
      order_by: answer.groupBy !== null || table === null ? undefined : answer.order.join("; ") || "fetched order",
    }),
    coverage: table === null ? undefined : toCoverage(answer),
    not_in_snapshot: listOrNothing(answer.missing),
    notes: listOrNothing(answer.notes),
    columns: table?.columns,
    rows: table?.rows,
    records: records === null ? undefined : Object.fromEntries(records.map(toRecordFacts)),
    without: loosened === null ? undefined : Object.fromEntries(loosened.map(({ words, pages }) => [words, pages])),
    without_left_out: answer.loosenedLeftOut || undefined,
    empty: describeEmpty(answer).split("\n", 1)[0] || undefined,
    next: listOrNothing(answer.next.map(({ cost, call, gain }) => `${cost}: ${call} (${gain})`)),
  });
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
