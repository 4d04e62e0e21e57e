import { describeSource } from "../answer/render-header.ts";
import { countOf, formatCount, formatMinute } from "../text.ts";
import type { QueryAnswer, QueryTable } from "./query-answer.ts";

/** The lines above the table: what matches, of which snapshot, how much of it is shown, and what is not in it. */
export function renderQueryHeader(answer: QueryAnswer): string {
  return [
    ...describeSource(answer.source),
    `${answer.target}: ${answer.records === null ? describeMatch(answer) : describeOpened(answer)}`,
    ...(answer.conditions.length === 0 ? [] : [`where ${answer.conditions.join("; ")}`]),
    `snapshot ${answer.snapshotId} ${describeOrigin(answer)}`,
    ...(answer.table === null ? [] : [`coverage: ${describeShown(answer)}`]),
    ...answer.missing.map((sentence) => `not in this snapshot: ${sentence}`),
    ...answer.notes.map((note) => `note: ${note}`),
  ].join("\n");
}

/** The calls that make sense next, one a line; empty when there are none. */
export function renderQueryNext({ next }: QueryAnswer): string {
  return next.map(({ cost, call, gain }) => `next, ${cost}: ${call} (${gain})`).join("\n");
}

function describeOpened({ records, pagesFetched }: QueryAnswer): string {
  return `${countOf(records?.length ?? 0, "full record")} of ${countOf(pagesFetched, "page")} fetched`;
}

function describeMatch(answer: QueryAnswer): string {
  const { pagesFetched, pagesTotal, pagesMatched, conditions, isFolded, rowsMatched, table, groupBy } = answer;
  const total = pagesTotal === null ? "an unknown number" : formatCount(pagesTotal);
  const matched =
    conditions.length === 0
      ? `${formatCount(pagesMatched)} of ${total} pages fetched`
      : `${formatCount(pagesMatched)} of ${countOf(pagesFetched, "page")} fetched match${pagesTotal === pagesFetched ? "" : ` (of ${total} in all)`}`;
  const folded = isFolded && rowsMatched < pagesMatched ? [`${formatCount(rowsMatched)} after folding`] : [];
  const unfolded = isFolded ? [] : ["not folded"];
  const groups = groupBy === null || table === null ? [] : [`${countOf(table.total, "group")} by ${groupBy}`];
  return [[matched, ...folded, ...unfolded, ...groups].join(", "), ...describeOrder(answer)].join("; ");
}

function describeOrder({ order, groupBy, table }: QueryAnswer): string[] {
  if (table === null) return [];
  if (groupBy !== null) return [`by ${table.columns.includes("ref_links") ? "ref_links" : "backlinks"} desc`];
  return [order.length === 0 ? "in fetched order" : `by ${order.join(", ")}`];
}

/** When it was fetched, that it costs nothing now, and which links its figures count. */
function describeOrigin(answer: QueryAnswer): string {
  const when = answer.fetchedAt === null ? "of unknown time" : `of ${formatMinute(answer.fetchedAt)}`;
  const parts = [
    answer.source === "import" ? `${when}, imported` : when,
    "free: answered from the snapshot",
    `${answer.statusType} backlinks, subdomains ${answer.includeSubdomains ? "included" : "left out"}`,
    ...(answer.excludeInternal ? [] : ["internal links counted"]),
    ...(answer.rankScale === "one_hundred" ? ["rank 0-100"] : []),
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
  return [`${held}${fetched}${unknown}`, ...(table === null ? [] : describeLeftOut(table, groupBy !== null))].join(
    "; ",
  );
}

/** Groups that have no row are summed in one, so that only rows are ever out of sight. */
function describeLeftOut(table: QueryTable, isGroups: boolean): string[] {
  const after = countAfter(table, isGroups);
  const noun = isGroups ? "group" : "row";
  const parts = [
    ...(table.skipped > 0 ? [`${countOf(table.skipped, noun)} before these skipped`] : []),
    ...(after > 0 ? [`${countOf(after, `more ${noun}`)} ${isGroups ? "summed up" : "left out"}`] : []),
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
