import { get, query, type RecipeGroup } from "./recipe.ts";

const MOST_LINKS = ["page_summary.backlinks,desc"];
const MOST_DOMAINS = ["page_summary.referring_domains,desc"];

/** About the links: how good they are, what they look like, where they come from, when they came and went. */
export const LINK_RECIPES: readonly RecipeGroup[] = [
  {
    title: "Link quality",
    recipes: [
      get("Which pages do many domains link to?", {
        filters: ["page_summary.referring_domains", ">=", 40],
        order_by: MOST_DOMAINS,
      }),
      get("Which pages have many links from few domains?", {
        filters: [["page_summary.backlinks", ">", 100], "and", ["page_summary.referring_domains", "<", 30]],
      }),
      get("Which pages are linked from running text?", {
        filters: ["page_summary.referring_links_semantic_locations.article", ">=", 15],
        order_by: ["page_summary.referring_links_semantic_locations.article,desc"],
      }),
      get("What is left when only links from strong sites count?", {
        backlinks_filters: ["domain_from_rank", ">=", 400],
      }),
      get(
        "The strongest pages, ranked 0 to 100",
        { rank_scale: "one_hundred", filters: ["page_summary.rank", ">=", 40] },
        { show: ["http", "rank", "backlinks", "ref_domains"] },
      ),
    ],
  },
  {
    title: "Spam",
    recipes: [
      get(
        "Which pages are linked by spam?",
        {
          filters: ["page_summary.backlinks_spam_score", ">", 40],
          order_by: ["page_summary.backlinks_spam_score,desc"],
        },
        { show: ["http", "backlinks", "spam"] },
      ),
      get("What is left without links from spammy sites?", { backlinks_filters: ["backlink_spam_score", "<", 30] }),
      get("Which pages are linked from footers?", {
        filters: ["page_summary.referring_links_semantic_locations.footer", ">=", 20],
      }),
    ],
  },
  {
    title: "Nofollow and sponsored",
    recipes: [
      get(
        "Which pages have many nofollow links?",
        {
          filters: ["page_summary.referring_links_attributes.nofollow", ">=", 20],
          order_by: ["page_summary.referring_links_attributes.nofollow,desc"],
        },
        { show: ["http", "backlinks", "nofollow%"] },
      ),
      get("What is left when only followed links count?", { backlinks_filters: ["dofollow", "=", true] }),
      get("Which pages have paid links that are marked so?", {
        backlinks_filters: ["attributes", "has", "sponsored"],
        order_by: MOST_LINKS,
      }),
    ],
  },
  {
    title: "Where links come from",
    intro:
      "The upstream does not filter pages by country: before fetching, `backlinks_filters` counts the links of one. A kept " +
      "answer does, as by any group that it shows: `country:DE`, `tld:edu`, and their shares with a `%`.",
    recipes: [
      get("Which pages are linked from Germany?", {
        backlinks_filters: ["domain_from_country", "=", "DE"],
        order_by: MOST_LINKS,
      }),
      get("Which pages are linked from one top-level domain?", {
        filters: ["page_summary.referring_links_tld.test", ">=", 10],
        order_by: ["page_summary.referring_links_tld.test,desc"],
      }),
      get("Which pages do wikis link to?", { filters: ["page_summary.referring_links_platform_types.wiki", ">=", 5] }),
      get("What do sites of one kind link to?", {
        backlinks_filters: [["domain_from", "like", "%-forum.%"], "or", ["domain_from", "like", "%-club.%"]],
        order_by: MOST_DOMAINS,
      }),
      query("Which countries link most?", { group_by: "country", limit: 4 }),
      query("Which pages live on links from one country?", {
        filters: [["country:DE", ">=", 3], "and", ["country:DE%", ">", 10]],
        order_by: ["country:DE%,desc"],
        columns: ["backlinks", "country:DE", "country:DE%"],
      }),
    ],
  },
  {
    title: "Time",
    intro: 'A time is a date (`"2026-01-31"`) or a date with a time (`"2026-01-31 08:00:00"`), UTC.',
    recipes: [
      get("Which pages earn new links?", { backlinks_filters: ["is_new", "=", true], order_by: MOST_LINKS }),
      get("Which links came this year, to which pages?", {
        backlinks_filters: ["first_seen", ">=", "2026-01-01"],
        order_by: MOST_LINKS,
      }),
      get("Which pages became known in 2025?", {
        filters: [
          ["page_summary.first_seen", ">=", "2025-01-01"],
          "and",
          ["page_summary.first_seen", "<", "2026-01-01"],
        ],
      }),
      get("Which pages were not crawled for a month?", {
        filters: ["fetch_time", "<", "2026-10-01"],
        order_by: ["fetch_time,asc"],
      }),
    ],
  },
  {
    title: "Lost links",
    recipes: [
      get("Which pages lost links, and how many?", { backlinks_status_type: "lost", order_by: MOST_LINKS }),
      get(
        "Which pages lost their last link?",
        { backlinks_status_type: "all", filters: ["page_summary.lost_date", ">", "2000-01-01"] },
        { show: ["http", "backlinks", "lost"] },
      ),
    ],
  },
];
