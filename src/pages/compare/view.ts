import { toRequestBody, withDefaults } from "../request/request.ts";
import { BODY_DEFAULTS } from "../request/schema.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { formatCount, toOneLine, toSafeJson } from "../text.ts";
import type { Side } from "./comparison.ts";

const MAX_FILTER_CHARS = 160;
const MAX_TARGET_CHARS = 253;

/** One of the two snapshots, as its line tells it. */
export function toSide(snapshot: Snapshot, folds: number): Side {
  return {
    snapshotId: snapshot.id,
    target: toOneLine(snapshot.request.target, MAX_TARGET_CHARS),
    source: snapshot.source,
    fetchedAt: snapshot.fetchedAt,
    pagesFetched: snapshot.pages.length,
    pagesTotal: snapshot.totalCount,
    folds,
    view: describeView(snapshot),
  };
}

/** `by rank; live backlinks, subdomains included` */
function describeView({ request }: Snapshot): string {
  const all = withDefaults(request);
  const { order_by = [], filters, backlinks_filters } = toRequestBody(request);
  const order = order_by.length === 0 ? "rank" : order_by.map((rule) => rule.replace(",", " ")).join(", ");
  const told = (name: string, filter: unknown) =>
    filter === undefined ? [] : [`${name} ${toOneLine(toSafeJson(filter), MAX_FILTER_CHARS)}`];
  return [
    `by ${toOneLine(order, MAX_FILTER_CHARS)}${all.rank_scale === BODY_DEFAULTS.rank_scale ? "" : " (rank 0-100)"}`,
    ...(all.offset > 0 ? [`from offset ${formatCount(all.offset)}`] : []),
    `${all.backlinks_status_type} backlinks, subdomains ${all.include_subdomains ? "included" : "left out"}`,
    ...(all.exclude_internal_backlinks ? [] : ["internal links counted"]),
    ...told("filters", filters),
    ...told("backlinks_filters", backlinks_filters),
  ].join("; ");
}
