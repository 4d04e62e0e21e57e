import { BODY_DEFAULTS } from "../request/schema.ts";
import { formatAge } from "../text.ts";
import type { Answer } from "./answer.ts";
import { describeEvidence, needsNote, SHARE_NOTE } from "./findings/finding.ts";
import { wordBound } from "./render-header.ts";

/**
 * The answer as data: the same facts as the text, in columns and rows. Keys are left out where they would say
 * nothing: no filters, no notes, the whole list fetched.
 */
export function renderStructured(answer: Answer): Record<string, unknown> {
  return dropEmpty({
    target: answer.target,
    snapshot_id: answer.snapshotId,
    source: answer.source,
    fetched_at: answer.fetchedAt === null ? null : new Date(answer.fetchedAt).toISOString(),
    ...toMoney(answer),
    upstream_cost_usd: answer.upstreamCostUsd ?? undefined,
    pages_fetched: answer.pagesFetched,
    pages_total: answer.pagesTotal,
    pages_after_folding: answer.folds,
    order_by: answer.orderBy.length === 0 ? "rank" : answer.orderBy.join("; "),
    rank_scale: answer.rankScale === BODY_DEFAULTS.rank_scale ? undefined : answer.rankScale,
    backlinks_status_type: answer.statusType,
    include_subdomains: answer.includeSubdomains,
    exclude_internal_backlinks: answer.excludeInternal ? undefined : false,
    filters: answer.filters ?? undefined,
    backlinks_filters: answer.backlinksFilters ?? undefined,
    coverage: toCoverage(answer),
    columns: answer.columns,
    rows: answer.rows,
    findings_note: needsNote(answer.findings) ? SHARE_NOTE : undefined,
    findings: answer.findings.map(({ rule, pages, backlinks, top }) => ({
      rule,
      pages,
      backlinks,
      top: top.map(describeEvidence),
    })),
    sections: answer.sections.rows.length === 0 ? undefined : answer.sections,
    notes: answer.notes.length === 0 ? undefined : answer.notes,
    next: answer.next.map(({ cost, call, gain }) => `${cost}: ${call} (${gain})`),
  });
}

/** A kept snapshot costs nothing now; what it cost when it was fetched stands beside that. */
function toMoney({ charge, delivery }: Answer): Record<string, unknown> {
  const told = charge.kind === "reported" ? charge.usd : charge.kind === "none" ? undefined : "not reported";
  if (delivery?.how !== "kept") {
    return {
      charge_usd: told,
      charge_shared: delivery?.how === "shared" ? true : undefined,
      budget_left_usd: delivery?.leftUsd ?? undefined,
    };
  }
  const age = delivery.ageMs === null ? undefined : formatAge(delivery.ageMs);
  return { kept_age: age, charge_usd: told === undefined ? undefined : 0, charge_usd_when_fetched: told };
}

function toCoverage({ coverage, ...answer }: Answer): Record<string, unknown> {
  return dropEmpty({
    backlinks_fetched: coverage.backlinksFetched,
    backlinks_shown: answer.backlinksShown,
    pages_without_count: coverage.pagesWithoutCount || undefined,
    pages_skipped: coverage.pagesSkipped || undefined,
    pages_not_fetched: coverage.pagesNotFetched,
    not_fetched_have: coverage.bound === null ? undefined : wordBound(coverage.bound),
    rows_left_out: answer.rowsLeftOut || undefined,
    columns_left_out: answer.columnsLeftOut.length === 0 ? undefined : answer.columnsLeftOut,
    findings_left_out: answer.findingsLeftOut || undefined,
  });
}

function dropEmpty(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
