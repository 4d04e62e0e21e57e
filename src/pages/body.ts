import type { ListRequest } from "../lists/request.ts";
import type { RequestField } from "../lists/request-fields.ts";

/** The upstream's limits for the request body (docs.dataforseo.com, domain_pages/live, read 2026-11). */
export const MAX_LIMIT = 1000;

/** What the upstream does where a key is left out. */
export const BODY_DEFAULTS = {
  limit: 100,
  offset: 0,
  internal_list_limit: 10,
  backlinks_status_type: "live",
  include_subdomains: true,
  exclude_internal_backlinks: true,
  rank_scale: "one_thousand",
} as const;

/** A checked request for the pages of a target. */
export interface PagesRequest extends ListRequest {
  internal_list_limit?: number;
  backlinks_status_type?: "live" | "all" | "lost";
  include_subdomains?: boolean;
  exclude_internal_backlinks?: boolean;
  rank_scale?: "one_thousand" | "one_hundred";
}

/** The request with the upstream's documented defaults filled in. */
export function withDefaults(
  request: PagesRequest,
): PagesRequest & Required<Pick<PagesRequest, keyof typeof BODY_DEFAULTS>> {
  return { ...BODY_DEFAULTS, ...request };
}

/** The request body, field for field, in the order in which the tool lists them. */
export const BODY = {
  target: { kind: "target", says: 'Domain or subdomain, e.g. "forbes.com". URLs are reduced to their host.' },
  limit: {
    kind: "whole",
    min: 1,
    max: MAX_LIMIT,
    default: BODY_DEFAULTS.limit,
    says: "Pages to fetch. Most of the price is per call, so one large call beats many small ones.",
  },
  offset: {
    kind: "whole",
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    default: BODY_DEFAULTS.offset,
    says: "Pages to skip.",
  },
  internal_list_limit: {
    kind: "whole",
    min: 1,
    max: MAX_LIMIT,
    default: BODY_DEFAULTS.internal_list_limit,
    says: "Longest breakdown list (TLDs, link types, …) per page.",
  },
  backlinks_status_type: {
    kind: "choice",
    choices: ["live", "all", "lost"],
    default: BODY_DEFAULTS.backlinks_status_type,
    says: "Which backlinks count: found at the last check, all ever, or lost ones.",
  },
  filters: {
    kind: "filter",
    catalogue: "pages",
    says:
      'Selects pages. One condition [field, operator, value], or conditions joined by "and"/"or" (one kind per ' +
      'level, nest to mix), at most 8. E.g. ["status_code",">=",400] or [["page_summary.backlinks",">",10],"and",' +
      '["page","like","%/blog/%"]]. Numbers: = <> < <= > >= in not_in. Text: = <> in not_in like ilike match regex ' +
      "and not_…; % is the wildcard of like. Fields: status_code, page, meta.title, meta.language, first_visited, " +
      "page_summary.{rank, backlinks, referring_domains, backlinks_spam_score, lost_date, " +
      "referring_links_types.redirect, referring_links_tld.com}, …; a wrong name is answered with the nearest ones, free.",
  },
  order_by: {
    kind: "order",
    catalogue: "pages",
    says: 'At most 3 rules "field,asc" or "field,desc", fields as in filters. Default: by rank.',
  },
  backlinks_filters: {
    kind: "filter",
    catalogue: "backlinks",
    says: 'Selects the backlinks that are counted, same grammar. E.g. ["dofollow","=",true] or ["domain_from_country","=","US"].',
  },
  include_subdomains: {
    kind: "switch",
    default: BODY_DEFAULTS.include_subdomains,
    says: "Pages of subdomains too.",
  },
  exclude_internal_backlinks: {
    kind: "switch",
    default: BODY_DEFAULTS.exclude_internal_backlinks,
    says: "Leave out links from the target's own subdomains.",
  },
  rank_scale: {
    kind: "choice",
    choices: ["one_thousand", "one_hundred"],
    default: BODY_DEFAULTS.rank_scale,
    says: "Rank as 0–1000 or 0–100.",
  },
  tag: { kind: "label", maxChars: 255, example: "march-audit", says: "Your own label for this call." },
} as const satisfies Readonly<Record<keyof PagesRequest, RequestField>>;
