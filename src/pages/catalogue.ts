import type { Catalogue, FieldType } from "../lists/filters/field-names.ts";

/**
 * The filterable fields of the endpoint and their types.
 * @see GET /v3/backlinks/available_filters (free), sections `domain_pages` and `backlinks`, as answered on 2026-07-08
 */

/** Which list of fields a filter speaks of: `filters` selects pages, `backlinks_filters` selects backlinks. */
export type CatalogueName = "pages" | "backlinks";

type FieldsByType = Partial<Record<Exclude<FieldType, "any">, string[]>>;

const under = (prefix: string, names: string): string[] => words(names).map((name) => `${prefix}.${name}`);

function words(list: string): string[] {
  return list.trim().split(/\s+/);
}

function toCatalogue(fields: FieldsByType): Catalogue {
  return new Map(
    Object.entries(fields).flatMap(([type, names]) => names.map((name) => [name, type as FieldType] as const)),
  );
}

/** The counting maps of a page; only some of their keys can be filtered by. */
export const LINK_MAPS = words("tld types attributes platform_types semantic_locations").map(
  (name) => `page_summary.referring_links_${name}`,
);

/** The map of countries; the upstream neither filters nor sorts by it, a kept snapshot does. */
export const COUNTRY_MAP = "page_summary.referring_links_countries";

/** The breakdowns of a page by the names under which answers group by them: `country:US` is one count, `country:US%` its share. */
export const BREAKDOWNS: ReadonlyMap<string, string> = new Map([
  ["tld", "page_summary.referring_links_tld"],
  ["country", COUNTRY_MAP],
  ["platform", "page_summary.referring_links_platform_types"],
  ["link_type", "page_summary.referring_links_types"],
  ["attribute", "page_summary.referring_links_attributes"],
  ["semantic_location", "page_summary.referring_links_semantic_locations"],
]);

/** Names under which answers show fields of a page: as good as the upstream's own, which stand beside them. */
export const SHOWN_NAMES: ReadonlyMap<string, string> = new Map([
  ["url", "page"],
  ["http", "status_code"],
  ["status", "status_code"],
  ["rank", "page_summary.rank"],
  ["backlinks", "page_summary.backlinks"],
  ["ref_domains", "page_summary.referring_domains"],
  ["spam", "page_summary.backlinks_spam_score"],
  ["lost", "page_summary.lost_date"],
  ["title", "meta.title"],
  ["language", "meta.language"],
]);

/** Names that exported tables have beside those; of what is kept they can be asked for as well. */
export const EXPORTED_NAMES: ReadonlyMap<string, string> = new Map([
  ["first_seen", "page_summary.first_seen"],
  ["ref_pages", "page_summary.referring_pages"],
  ["ref_ips", "page_summary.referring_ips"],
  ["ref_subnets", "page_summary.referring_subnets"],
  ["referring_domains", "page_summary.referring_domains"],
  ["referring_pages", "page_summary.referring_pages"],
  ["referring_pages_nofollow", "page_summary.referring_pages_nofollow"],
  ["backlinks_spam_score", "page_summary.backlinks_spam_score"],
  ["lost_date", "page_summary.lost_date"],
]);

/**
 * What an answer says of a page that no field of the endpoint holds: its handle, and the groups that it belongs to. The
 * upstream knows none of these, a kept snapshot all.
 */
export const OWN_FIELDS: ReadonlyMap<string, FieldType> = new Map([
  ["id", "str"],
  ["section", "str"],
  ["area", "str"],
  ["subdomain", "str"],
  ["technology", "array.str"],
  ["month_first_seen", "str"],
  ["month_first_visited", "str"],
  ["page_language", "str"],
  ["page_media_type", "str"],
]);

/** Share of the referring pages that link with nofollow, in whole percent, as tables show it. */
export const NOFOLLOW_SHARE = "nofollow%";

/** A catalogue key that stands for any TLD: `page_summary.referring_links_tld.com`. */
export const TLD_PLACEHOLDER = "$tld";

/** The catalogue's own spelling of the empty key `""` of a counting map. */
export const EMPTY_KEY_PLACEHOLDER = "$empty";

const pages = toCatalogue({
  str: [
    ...words("main_domain domain tld page ip location content_encoding media_type server"),
    ...under("meta", "title canonical language charset"),
    ...under("meta.technologies", "cms blogs cdn"),
    ...under(
      "meta.social_media_tags",
      `og:locale og:type og:title og:description og:url og:site_name og:updated_time og:image og:image:secure_url
       og:image:width og:image:height og:image:alt og:image:type og:video twitter:card twitter:title
       twitter:description twitter:image twitter:label1 twitter:data1 twitter:label2 twitter:data2`,
    ),
  ],
  time: [...words("first_visited prev_visited fetch_time"), ...under("page_summary", "first_seen lost_date")],
  num: [
    ...words("status_code size encoded_size"),
    ...under("meta", "internal_links_count external_links_count images_count words_count page_spam_score"),
    ...under(
      "page_summary",
      `rank backlinks backlinks_spam_score referring_pages referring_pages_nofollow referring_domains
       referring_domains_nofollow referring_main_domains referring_main_domains_nofollow broken_pages
       broken_backlinks referring_ips referring_subnets`,
    ),
    `page_summary.referring_links_tld.${TLD_PLACEHOLDER}`,
    ...under("page_summary.referring_links_types", "anchor alternate canonical redirect image link meta rss form"),
    ...under(
      "page_summary.referring_links_attributes",
      `alternate author bookmark canonical dns-prefetch external expect help icon license manifest me modulepreload
       next nofollow noopener noreferrer opener pingback preconnect prefetch preload prerender prev privacy-policy
       search stylesheet tag terms-of-service`,
    ),
    ...under("page_summary.referring_links_platform_types", "unknown cms blogs ecommerce message_boards wiki"),
    ...under(
      "page_summary.referring_links_semantic_locations",
      `${EMPTY_KEY_PLACEHOLDER} article aside details figcaption figure footer header main mark nav section summary
       time`,
    ),
  ],
  "array.str": under("meta", "h1 h2 h3 images_alt powered_by platform_type"),
});

const backlinks = toCatalogue({
  str: words(
    `domain_from url_from domain_to url_to tld_from domain_from_ip domain_from_country page_from_encoding
     page_from_language page_from_title type alt image_url anchor text_pre text_post semantic_location
     url_to_redirect_target item_type`,
  ),
  bool: words(
    "url_from_https url_to_https is_new is_lost domain_from_is_ip dofollow original is_broken is_indirect_link",
  ),
  num: [
    ...words(
      `backlink_spam_score rank page_from_rank domain_from_rank page_from_external_links page_from_internal_links
       page_from_size page_from_status_code links_count group_count url_to_status_code url_to_spam_score`,
    ),
    ...under(
      "ranked_keywords_info",
      "page_from_keywords_count_top_3 page_from_keywords_count_top_10 page_from_keywords_count_top_100",
    ),
  ],
  time: words("first_seen prev_seen last_seen"),
  "array.str": [...words("domain_from_platform_type attributes"), ...under("indirect_link_path", "type url")],
  "array.num": ["indirect_link_path.status_code"],
});

export const CATALOGUES: Readonly<Record<CatalogueName, Catalogue>> = { pages, backlinks };

/** Of single links: where they stand, and what they say. What they lead to is told of pages as well. */
const LINK_FIELDS =
  /^(?:(?:domain|url|page|tld)_from(?:_\w+)?|anchor|alt|image_url|text_(?:pre|post)|dofollow|is_(?:new|lost|indirect_link)|(?:links|group)_count|indirect_link_path(?:\.\w+)?|ranked_keywords_info(?:\.\w+)?)$/;

/** Other words for the sites that link, and for what they write. */
const LINK_WORDS =
  /^(?:who_links?(?:_\w+)?|link(?:ing|er)?s?_from(?:_\w+)?|(?:back)?link(?:ing|er)?s?_(?:sites?|websites?|domains?|pages?|urls?|hosts?|sources?|names?|list)|linkers?|referrers?|(?:ref|referring)_(?:(?:main_)?domains?|pages?)_(?:list|names?|urls?)|(?:ref|referring|referrer|source|from|inbound)_(?:sites?|websites?|urls?|hosts?)|(?:source|from)_(?:domains?|pages?)|anchors|anchor_?texts?|list_of_\w*(?:links?|domains?|sites?))$/;

/** Whether a name asks for single links, which the endpoint counts and does not tell: `domain_from`, `linking_sites`. */
export function asksForLinkers(written: string): boolean {
  const name = written
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  return LINK_FIELDS.test(name) || LINK_WORDS.test(name);
}

/** Said wherever they are asked for. */
export const LINKERS_UNNAMED = "linking sites are not named by this endpoint, which only counts them";
