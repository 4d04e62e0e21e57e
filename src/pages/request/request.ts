import type { Filter, WireFilter } from "../filters/filter.ts";
import { toWireFilter } from "../filters/filter.ts";
import { type OrderRule, toWireOrder } from "./order-by.ts";
import { BODY_DEFAULTS, type RankScale, type StatusType } from "./schema.ts";

/** A checked request. Keys that the caller left out stay out, so that the upstream's defaults apply. */
export interface PagesRequest {
  target: string;
  limit?: number;
  offset?: number;
  internal_list_limit?: number;
  backlinks_status_type?: StatusType;
  filters?: Filter;
  order_by?: OrderRule[];
  backlinks_filters?: Filter;
  include_subdomains?: boolean;
  exclude_internal_backlinks?: boolean;
  rank_scale?: RankScale;
  tag?: string;
}

/** The body as the upstream takes it. */
export type RequestBody = Omit<PagesRequest, "filters" | "order_by" | "backlinks_filters"> & {
  filters?: WireFilter;
  order_by?: string[];
  backlinks_filters?: WireFilter;
};

/**
 * The body of a request: filters and sorting in the upstream's own form; unset keys left out, never null.
 * @example
 * const body = JSON.stringify(toRequestBody(request));
 */
export function toRequestBody(request: PagesRequest): RequestBody {
  const { filters, order_by, backlinks_filters, ...rest } = request;
  return {
    ...rest,
    ...(filters && { filters: toWireFilter(filters) }),
    ...(order_by && order_by.length > 0 && { order_by: toWireOrder(order_by) }),
    ...(backlinks_filters && { backlinks_filters: toWireFilter(backlinks_filters) }),
  };
}

/** The request with the upstream's documented defaults filled in. */
export function withDefaults(
  request: PagesRequest,
): PagesRequest & Required<Pick<PagesRequest, keyof typeof BODY_DEFAULTS>> {
  return { ...BODY_DEFAULTS, ...request };
}
