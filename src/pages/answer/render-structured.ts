import type { Answer } from "./answer.ts";
import type { Range } from "./fold.ts";

/**
 * The answer as data: the same facts as the text, in columns and rows. Keys are left out where they would say
 * nothing: no filters, no notes, the whole list fetched.
 */
export function renderStructured(answer: Answer): Record<string, unknown> {
  const { coverage, charge } = answer;
  return dropEmpty({
    target: answer.target,
    snapshot_id: answer.snapshotId,
    source: answer.source,
    fetched_at: answer.fetchedAt === null ? null : new Date(answer.fetchedAt).toISOString(),
    charge_usd: charge.kind === "reported" ? charge.usd : charge.kind === "none" ? undefined : "not reported",
    upstream_cost_usd: answer.upstreamCostUsd,
    pages_fetched: answer.pagesFetched,
    pages_total: answer.pagesTotal,
    pages_after_folding: answer.folds,
    rows_left_out: answer.rowsLeftOut,
    order_by: answer.orderBy.length === 0 ? "default (rank)" : answer.orderBy,
    rank_scale: answer.rankScale,
    backlinks_status_type: answer.statusType,
    include_subdomains: answer.includeSubdomains,
    exclude_internal_backlinks: answer.excludeInternal,
    filters: answer.filters ?? undefined,
    backlinks_filters: answer.backlinksFilters ?? undefined,
    coverage: dropEmpty({
      backlinks_fetched: coverage.backlinksFetched,
      backlinks_shown: answer.backlinksShown,
      pages_without_count: coverage.pagesWithoutCount || undefined,
      pages_skipped: coverage.pagesSkipped || undefined,
      pages_not_fetched: coverage.pagesNotFetched,
      not_fetched_bound:
        coverage.bound === null
          ? undefined
          : `${coverage.bound.field} ${coverage.bound.side} ${coverage.bound.value}${coverage.bound.byDefaultOrder ? " (default order)" : ""}`,
    }),
    columns: answer.columns,
    rows: answer.rows,
    findings: answer.findings.map(({ rule, pages, backlinks, top }) => ({
      rule,
      pages,
      backlinks,
      top: top.map(({ handle, url, backlinks, referringDomains }) => [
        handle,
        backlinks,
        toBounds(referringDomains),
        ...(url === null ? [] : [url]),
      ]),
    })),
    notes: answer.notes.length === 0 ? undefined : answer.notes,
    next: answer.next.map(({ cost, call, gain }) => `${cost}: ${call} (${gain})`),
  });
}

const toBounds = (range: Range | null): number | string | null =>
  range === null ? null : range.low === range.high ? range.low : `${range.low}-${range.high}`;

function dropEmpty(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
