import type { WireFilter } from "../filters/filter.ts";
import { toRequestBody, withDefaults } from "../request/request.ts";
import type { Charge, Snapshot, Source } from "../snapshot/snapshot.ts";
import { countOf } from "../text.ts";
import { type Coverage, measureCoverage } from "./coverage.ts";
import type { Delivery } from "./delivery.ts";

/** What is told of a snapshot above its rows: what was asked, what came, what it cost, and how much of the whole it is. */
export interface HeaderFacts {
  target: string;
  snapshotId: string;
  source: Source;
  fetchedAt: number | null;
  charge: Charge;
  /** null where nothing was asked of an upstream: an imported file. */
  delivery: Delivery | null;
  upstreamCostUsd: number | null;
  pagesFetched: number;
  pagesTotal: number | null;
  folds: number;
  /** Sorting in force, in the upstream's form; empty for its default. */
  orderBy: string[];
  statusType: string;
  includeSubdomains: boolean;
  excludeInternal: boolean;
  rankScale: string;
  filters: WireFilter | null;
  backlinksFilters: WireFilter | null;
  coverage: Coverage;
  notes: string[];
}

export interface HeaderOptions {
  /** What the request parser read differently, and other things the reader must know. */
  notes?: readonly string[];
  /** How the snapshot came; left out for an imported one. */
  delivery?: Delivery;
}

/** @param folds how many rows its pages make */
export function toHeaderFacts(snapshot: Snapshot, folds: number, { notes = [], delivery }: HeaderOptions): HeaderFacts {
  const request = withDefaults(snapshot.request);
  const body = toRequestBody(snapshot.request);
  return {
    target: request.target,
    snapshotId: snapshot.id,
    source: snapshot.source,
    fetchedAt: snapshot.fetchedAt,
    charge: snapshot.charge,
    delivery: delivery ?? null,
    upstreamCostUsd: snapshot.upstreamCostUsd,
    pagesFetched: snapshot.pages.length,
    pagesTotal: snapshot.totalCount,
    folds,
    orderBy: body.order_by ?? [],
    statusType: request.backlinks_status_type,
    includeSubdomains: request.include_subdomains,
    excludeInternal: request.exclude_internal_backlinks,
    rankScale: request.rank_scale,
    filters: body.filters ?? null,
    backlinksFilters: body.backlinks_filters ?? null,
    coverage: measureCoverage(snapshot),
    notes: [...notes, ...noteOddFields(snapshot)],
  };
}

function noteOddFields({ oddFields }: Snapshot): string[] {
  if (oddFields === 0) return [];
  return [
    `${countOf(oddFields, "field")} not in the documented form; read as unknown where no value could be made out`,
  ];
}
