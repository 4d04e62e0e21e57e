export type OracleKind = "num" | "str" | "time" | "texts";

/** A field that the oracle asks for: how filters write it, and where an item holds it. */
export interface OracleField {
  field: string;
  kind: OracleKind;
  steps: readonly string[];
  /** The last step is a key of a counting map. */
  counts: boolean;
}

const plain = (kind: OracleKind, fields: string): OracleField[] =>
  fields.split(/\s+/).map((field) => ({ field, kind, steps: field.split("."), counts: false }));

/** Keys as filters write them, and as items hold them where that is not the same. */
function counting(name: string, keys: Readonly<Record<string, string>>): OracleField[] {
  const map = `page_summary.referring_links_${name}`;
  return Object.entries(keys).map(([written, held]) => ({
    field: `${map}.${written}`,
    kind: "num" as const,
    steps: [...map.split("."), held],
    counts: true,
  }));
}

const same = (keys: string) => Object.fromEntries(keys.split(" ").map((key) => [key, key]));

export const ORACLE_FIELDS: readonly OracleField[] = [
  ...plain("str", "page domain location media_type meta.title meta.title meta.language meta.technologies.cms"),
  ...["og:title", "twitter:card"].map((tag) => ({
    field: `meta.social_media_tags.${tag}`,
    kind: "str" as const,
    steps: ["meta", "social_media_tags", tag],
    counts: false,
  })),
  ...plain("num", "status_code size meta.words_count meta.page_spam_score"),
  ...plain("num", "page_summary.rank page_summary.backlinks page_summary.referring_domains"),
  ...plain("time", "first_visited fetch_time page_summary.first_seen page_summary.lost_date"),
  ...plain("texts", "meta.h1 meta.h2 meta.platform_type"),
  ...counting("tld", same("com co.in wiki wikis constructor")),
  ...counting("types", same("anchor redirect")),
  ...counting("attributes", same("nofollow dns-prefetch")),
  ...counting("platform_types", { cms: "cms", message_boards: "message-boards", wiki: "wikis" }),
  ...counting("semantic_locations", { $empty: "", footer: "footer" }),
];

export function findOracleField(field: string): OracleField {
  const found = ORACLE_FIELDS.find((each) => each.field === field);
  if (found === undefined) throw new Error(`the oracle knows no field ${field}`);
  return found;
}

/** What an item holds there, of whatever type; undefined for nothing. */
export function readOracleField(item: unknown, { steps }: OracleField): unknown {
  let value = item;
  for (const step of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}
