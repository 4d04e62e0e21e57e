import { z } from "zod";

/** The upstream's limits for the request body (docs.dataforseo.com, domain_pages/live, read 2026-11). */
export const MAX_LIMIT = 1000;
export const MAX_TAG_CHARS = 255;

export const STATUS_TYPES = ["live", "all", "lost"] as const;
export const RANK_SCALES = ["one_thousand", "one_hundred"] as const;

export type StatusType = (typeof STATUS_TYPES)[number];
export type RankScale = (typeof RANK_SCALES)[number];

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

/** The names of the body, in the order in which the tool lists them. */
export const REQUEST_FIELDS = [
  "target",
  "limit",
  "offset",
  "internal_list_limit",
  "backlinks_status_type",
  "filters",
  "order_by",
  "backlinks_filters",
  "include_subdomains",
  "exclude_internal_backlinks",
  "rank_scale",
  "tag",
] as const;

/**
 * The request body, field for field, as it is advertised to clients. Kept flat and within the subset that every
 * client known to us passes on unharmed: no unions, no `$ref`, `items: {}` for the nested filter arrays.
 * It describes; `parseRequest` validates, with messages that teach.
 */
const RequestShape = z.strictObject({
  target: z.string().describe('Domain or subdomain, e.g. "forbes.com". URLs are reduced to their host.'),
  limit: z
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .default(BODY_DEFAULTS.limit)
    .describe("Pages to fetch. Most of the price is per call, so one large call beats many small ones."),
  offset: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(BODY_DEFAULTS.offset).describe("Pages to skip."),
  internal_list_limit: z
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .default(BODY_DEFAULTS.internal_list_limit)
    .describe("Longest breakdown list (TLDs, link types, …) per page."),
  backlinks_status_type: z
    .enum(STATUS_TYPES)
    .default(BODY_DEFAULTS.backlinks_status_type)
    .describe("Which backlinks count: found at the last check, all ever, or lost ones."),
  filters: z
    .array(z.unknown())
    .optional()
    .describe(
      'Selects pages. One condition [field, operator, value], or conditions joined by "and"/"or" (one kind per ' +
        'level, nest to mix), at most 8. E.g. ["status_code",">=",400] or [["page_summary.backlinks",">",10],"and",' +
        '["page","like","%/blog/%"]]. Numbers: = <> < <= > >= in not_in. Text: = <> in not_in like ilike match regex ' +
        "and not_…; % is the wildcard of like. Fields: status_code, page, meta.title, meta.language, first_visited, " +
        "page_summary.{rank, backlinks, referring_domains, backlinks_spam_score, lost_date, " +
        "referring_links_types.redirect, referring_links_tld.com}, …; a wrong name is answered with the nearest ones, free.",
    ),
  order_by: z
    .array(z.string())
    .optional()
    .describe('At most 3 rules "field,asc" or "field,desc", fields as in filters. Default: by rank.'),
  backlinks_filters: z
    .array(z.unknown())
    .optional()
    .describe(
      'Selects the backlinks that are counted, same grammar. E.g. ["dofollow","=",true] or ["domain_from_country","=","US"].',
    ),
  include_subdomains: z.boolean().default(BODY_DEFAULTS.include_subdomains).describe("Pages of subdomains too."),
  exclude_internal_backlinks: z
    .boolean()
    .default(BODY_DEFAULTS.exclude_internal_backlinks)
    .describe("Leave out links from the target's own subdomains."),
  rank_scale: z.enum(RANK_SCALES).default(BODY_DEFAULTS.rank_scale).describe("Rank as 0–1000 or 0–100."),
  tag: z.string().max(MAX_TAG_CHARS).optional().describe("Your own label for this call."),
} satisfies Record<(typeof REQUEST_FIELDS)[number], z.ZodType>);

/**
 * The same names and types without a word of description: for a tool that takes the same arguments as another. What
 * they mean is said once, in the other's schema, since every model pays for both.
 */
export function toNamesOnlySchema(): Record<string, unknown> {
  const { properties, ...rest } = toAdvertisedSchema();
  const bare = Object.entries(properties as Record<string, Record<string, unknown>>).map(([name, { type, items }]) => [
    name,
    { type, ...(type === "array" && { items }) },
  ]);
  return { ...rest, properties: Object.fromEntries(bare) };
}

/** The JSON Schema that `tools/list` shows: the shape above without `$schema`, defaults kept. */
export function toAdvertisedSchema(): Record<string, unknown> {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(RequestShape, { io: "input" });
  return schema;
}
