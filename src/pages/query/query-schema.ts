const text = { type: "string" };
const whole = { type: "integer" };
const texts = { type: "array", items: text };

/**
 * The JSON Schema of a question, as it is advertised. Every model pays for this: what a name says needs no words, and a
 * wrong value is answered with the right ones.
 */
export const toQuerySchema = (): Record<string, unknown> => ({
  type: "object",
  properties: {
    snapshot_id: text,
    target: text,
    filters: { type: "array", items: {} },
    status: { ...text, description: "live, redirect, dead, gone, refused, trouble, 404." },
    section: { ...text, description: '"/blog" or "shop.acme.example".' },
    min_backlinks: whole,
    min_referring_domains: whole,
    text: { ...text, description: "In URL or title." },
    order_by: texts,
    columns: texts,
    group_by: { ...text, enum: GROUPINGS },
    fold: { type: "boolean" },
    limit: whole,
    offset: whole,
    handles: { ...texts, description: '["p1"]: full records.' },
  },
  additionalProperties: false,
});

/** `broken` is `dead`; `unknown` is a page whose status is not told, or says nothing. */
export const STATUS_WORDS = ["live", "redirect", "dead", "broken", "gone", "refused", "trouble", "unknown"] as const;
/** What a page answered when it was last crawled: a class, one status (`404`), or all of a hundred (`4xx`). */
export type PageState = (typeof STATUS_WORDS)[number] | `${number}` | `${number}xx`;

export const GROUPINGS = [
  "section",
  "subdomain",
  "area",
  "status",
  "media_type",
  "language",
  "technology",
  "tld",
  "country",
  "platform",
  "link_type",
  "attribute",
  "semantic_location",
  "month_first_seen",
  "month_first_visited",
] as const;
/** What rows can be grouped by. */
export type Grouping = (typeof GROUPINGS)[number];

/** What the tool takes; all of it text. */
export const COMPARISON_FIELDS = ["snapshot_id", "other_snapshot_id", "target", "other_target"] as const;
