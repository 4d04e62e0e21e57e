import type { Block } from "../../lists/budget.ts";
import { type Cell, toCsv } from "../../lists/cells.ts";
import { describeSource } from "../../lists/header.ts";
import { countOf, formatAge, formatCount, formatMinute } from "../../lists/text.ts";
import { describeFolding } from "../answer/render-answer.ts";
import { withNamedSections } from "../answer/sections.ts";
import { type Comparison, type PageCounts, roleNames, rolesOf, type Side } from "./comparison.ts";

/**
 * The comparison as text: what is compared, what is not, counts, figures, tables, next calls. No newline at its end.
 * @param draw how tables are drawn, if not as CSV
 */
export function renderComparisonText(
  comparison: Comparison,
  draw: DrawTable = (table) => toCsvTable(withNamedSections(table)),
): string {
  const { figures, blocks } = comparison;
  return [
    renderHead(comparison),
    draw(figures),
    ...blocks.map((block) => renderBlock(block, draw)),
    comparison.next.map(({ cost, call, gain }) => `next, ${cost}: ${call} (${gain})`).join("\n"),
  ]
    .filter((block) => block !== "")
    .join("\n\n");
}

type DrawTable = (table: { columns: readonly string[]; rows: readonly (readonly Cell[])[] }) => string;

/** A table as CSV, for programs: sections have their values. */
export const toCsvTable: DrawTable = ({ columns, rows }) => toCsv(columns, rows);

function renderHead(comparison: Comparison): string {
  const { first, second, notes, limits, pages } = comparison;
  const [firstName, secondName] = roleNames(rolesOf(comparison));
  const isSameView = first.view === second.view;
  const sources = [first.source, second.source].includes("sandbox") ? describeSource("sandbox") : [];
  return [
    // Where only one is generated, a limit says so.
    ...(first.source === second.source ? sources : []),
    describeTitle(comparison),
    `${firstName}: ${describeSide(first, !isSameView)}`,
    `${secondName}: ${describeSide(second, !isSameView)}`,
    ...(isSameView ? [`both: ${first.view}`] : []),
    ...notes.map((note) => `note: ${note}`),
    ...limits.map((limit) => `not comparable: ${limit}`),
    ...(pages === null ? [] : [`pages: ${describePages(pages)}`]),
  ].join("\n");
}

function describeTitle({ kind, first, second }: Comparison): string {
  if (kind === "side_by_side") return `${first.target} beside ${second.target}`;
  const elapsed = toElapsed(first, second);
  return `${first.target}: what changed${elapsed === null ? "" : ` in ${elapsed}`}`;
}

const toElapsed = ({ fetchedAt: from }: Side, { fetchedAt: to }: Side): string | null =>
  from === null || to === null || from === to ? null : formatAge(Math.max(0, to - from));

function describeSide(side: Side, withView: boolean): string {
  const { snapshotId, source, fetchedAt, pagesFetched, pagesTotal, folds, view } = side;
  const total = pagesTotal === null ? "an unknown number of" : formatCount(pagesTotal);
  return [
    `snapshot ${snapshotId} of ${describeTime(fetchedAt)}`,
    ...(source === "import" ? ["imported"] : []),
    `${formatCount(pagesFetched)} of ${total} URL${pagesTotal === 1 ? "" : "s"} fetched${describeFolding(pagesFetched, folds)}`,
    ...(withView ? [view] : []),
  ].join("; ");
}

const describeTime = (fetchedAt: number | null): string =>
  fetchedAt === null ? "unknown time" : formatMinute(fetchedAt);

function describePages({ added, removed, ...counts }: PageCounts): string {
  const { inBoth, inBothBefore, inBothAfter, changed, statusChanges } = counts;
  const isUneven = inBothBefore !== inBoth || inBothAfter !== inBoth;
  const rows = isUneven ? ` (${countOf(inBothBefore, "row")} before, ${formatCount(inBothAfter)} after)` : "";
  return [
    `${formatCount(inBoth)} in both${rows}, ${formatCount(changed)} of them changed, ${formatCount(statusChanges)} in status`,
    `${formatCount(added.told)} new`,
    `${formatCount(removed.told)} lost`,
    ...(removed.untold > 0
      ? [`${formatCount(removed.untold)} not in the later list, ${removed.why}: may still be there`]
      : []),
    ...(added.untold > 0
      ? [`${formatCount(added.untold)} not in the earlier list, ${added.why}: may have been there`]
      : []),
  ].join("; ");
}

function renderBlock({ name, says, columns, rows, leftOut, leftOutAre }: Block, draw: DrawTable): string {
  const head = says === "" ? name : `${name} (${says})`;
  const rest =
    leftOut > 0 ? [`${formatCount(leftOut)} more left out${leftOutAre === null ? "" : `: ${leftOutAre}`}`] : [];
  return [head, ...(rows.length > 0 ? [draw({ columns, rows })] : []), ...rest].join("\n");
}

/** The comparison as data: the same facts as the text, in columns and rows. */
export function renderComparisonStructured(comparison: Comparison): Record<string, unknown> {
  const { kind, first, second, notes, limits, pages, figures, blocks, next } = comparison;
  // Programs read these keys, whichever domains are compared.
  const [firstName, secondName] = kind === "over_time" ? ["before", "after"] : ["first", "second"];
  const isSameView = first.view === second.view;
  return {
    kind,
    [firstName]: toSideFacts(first, !isSameView),
    [secondName]: toSideFacts(second, !isSameView),
    ...(isSameView && { view: first.view }),
    ...(kind === "over_time" && toElapsed(first, second) !== null && { elapsed: toElapsed(first, second) }),
    ...(notes.length > 0 && { notes }),
    ...(limits.length > 0 && { not_comparable: limits }),
    ...(pages !== null && { pages: toPageFacts(pages) }),
    figures,
    ...Object.fromEntries(blocks.map((block) => [block.name.replaceAll(" ", "_"), toBlockFacts(block)])),
    next: next.map(({ cost, call, gain }) => `${cost}: ${call} (${gain})`),
  };
}

function toSideFacts(side: Side, withView: boolean): Record<string, unknown> {
  return {
    target: side.target,
    snapshot_id: side.snapshotId,
    source: side.source,
    fetched_at: side.fetchedAt === null ? null : new Date(side.fetchedAt).toISOString(),
    urls_fetched: side.pagesFetched,
    urls_total: side.pagesTotal,
    pages_after_folding: side.folds,
    ...(withView && { view: side.view }),
  };
}

function toPageFacts({ added, removed, ...counts }: PageCounts): Record<string, unknown> {
  const { inBoth, inBothBefore, inBothAfter, changed, statusChanges, notCrawledAgain } = counts;
  return {
    in_both: inBoth,
    ...((inBothBefore !== inBoth || inBothAfter !== inBoth) && { rows_before: inBothBefore, rows_after: inBothAfter }),
    changed,
    changed_status: statusChanges,
    ...(notCrawledAgain > 0 && { not_crawled_again: notCrawledAgain }),
    new: added.told,
    lost: removed.told,
    ...(removed.untold > 0 && { maybe_lost: removed.untold, later_list: removed.why }),
    ...(added.untold > 0 && { maybe_new: added.untold, earlier_list: added.why }),
  };
}

function toBlockFacts({ says, columns, rows, leftOut, leftOutAre }: Block): Record<string, unknown> {
  return {
    ...(says !== "" && { order: says }),
    columns,
    rows,
    ...(leftOut > 0 && { left_out: leftOut, ...(leftOutAre !== null && { left_out_are: leftOutAre }) }),
  };
}
