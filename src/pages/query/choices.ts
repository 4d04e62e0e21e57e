export const PAGE_STATES = ["live", "redirect", "broken"] as const;
/** What a page answered when it was last crawled: 2xx, 3xx, 400 and more. */
export type PageState = (typeof PAGE_STATES)[number];

export const GROUPINGS = [
  "section",
  "subdomain",
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
] as const;
/** What rows can be grouped by. */
export type Grouping = (typeof GROUPINGS)[number];
