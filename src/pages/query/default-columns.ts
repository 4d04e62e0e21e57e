/** The columns of an answer's table (`answer/table.ts`), by name; a test holds the two together. */
export const DEFAULT_COLUMNS = [
  "id",
  "url",
  "http",
  "rank",
  "backlinks",
  "ref_domains",
  "nofollow%",
  "spam",
  "lost",
  "title",
] as const;
