import { toQuestionSchema } from "../../lists/query/question-schema.ts";

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

const text = { type: "string" };
const whole = { type: "integer" };

/** What the conditions on pages take, by their arguments; how each is read stands in `page-conditions.ts`. */
export const PAGE_CONDITION_SCHEMAS = {
  status: { ...text, description: "live, redirect, dead, gone, refused, trouble, 404." },
  section: { ...text, description: '"/blog" or "shop.acme.example".' },
  min_backlinks: whole,
  min_referring_domains: whole,
} as const;

/** The JSON Schema of a question about pages, as it is advertised. */
export const toQuerySchema = (): Readonly<Record<string, unknown>> =>
  toQuestionSchema({
    conditions: PAGE_CONDITION_SCHEMAS,
    groupings: GROUPINGS,
    textIn: "In URL or title.",
    folds: true,
    handle: "p1",
  });

/** What the tool takes; all of it text. */
export const COMPARISON_FIELDS = ["snapshot_id", "other_snapshot_id", "target", "other_target"] as const;
