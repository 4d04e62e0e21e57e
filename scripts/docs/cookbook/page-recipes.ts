import { get, query, type RecipeGroup } from "./recipe.ts";

const MOST_LINKS = ["page_summary.backlinks,desc"];

/** About the pages themselves: what they answer, where they stand, in which language, what they hold. */
export const PAGE_RECIPES: readonly RecipeGroup[] = [
  {
    title: "Broken links",
    recipes: [
      get("Which dead pages still hold links?", { filters: ["status_code", ">=", 400], order_by: MOST_LINKS }),
      get("Which of them do at least 20 domains link to?", {
        filters: [["status_code", ">=", 400], "and", ["page_summary.referring_domains", ">=", 20]],
        order_by: ["page_summary.referring_domains,desc"],
      }),
      get("Which pages are gone for good (404 or 410), and not merely out of order?", {
        target: "example.org",
        filters: ["status_code", "in", [404, 410]],
        order_by: ["status_code,desc", "page_summary.backlinks,desc"],
      }),
      get("Which dead files, such as PDFs, do people link to?", {
        filters: [["status_code", ">=", 400], "and", ["page", "ilike", "%.pdf"]],
      }),
      query("The same from what is kept, worst first", {
        status: "broken",
        min_backlinks: 20,
        order_by: MOST_LINKS,
        columns: ["http", "backlinks", "ref_domains"],
      }),
    ],
  },
  {
    title: "Redirects",
    intro:
      "With folding (the default), a redirect to a fetched page is part of that page's row. `fold: false` shows every " +
      "URL as it was fetched.",
    recipes: [
      get("Which redirects hold links?", {
        filters: [["status_code", ">=", 300], "and", ["status_code", "<", 400]],
        order_by: MOST_LINKS,
      }),
      get("Which of them are temporary, and so may pass less on?", { filters: ["status_code", "in", [302, 303, 307]] }),
      get("Which lead away from the site?", {
        filters: [["status_code", "in", [301, 302, 307, 308]], "and", ["location", "not_like", "%acme.example%"]],
      }),
      query("Where do they lead?", { status: "redirect", fold: false, columns: ["http", "backlinks", "location"] }),
    ],
  },
  {
    title: "Sections and subdomains",
    recipes: [
      get("What earns links in the blog, tag pages left out?", {
        filters: [["page", "like", "%/blog/%"], "and", ["page", "not_like", "%/blog/tag/%"]],
      }),
      get("What earns links on one subdomain?", { filters: ["domain", "=", "shop.acme.example"] }),
      get(
        "What earns links on the main host alone?",
        { include_subdomains: false },
        { note: "Not a filter, but cheaper than one: pages of other hosts are not even counted." },
      ),
      get("Which linked URLs carry parameters?", { filters: ["page", "like", "%?%"] }),
      query("How are links spread over the sections?", { group_by: "section", limit: 4 }),
      query("What is strong in one section?", { section: "/blog", min_referring_domains: 20 }),
    ],
  },
  {
    title: "Languages",
    recipes: [
      get(
        "Which linked pages are not in German?",
        {
          target: "xn--bcher-kva.example",
          filters: ["meta.language", "<>", "de"],
        },
        { show: ["meta.language", "backlinks", "ref_domains"] },
      ),
      query("How are links spread over languages?", {
        target: "xn--bcher-kva.example",
        group_by: "language",
        limit: 4,
      }),
    ],
  },
  {
    title: "Text, patterns and content",
    intro:
      "`like` knows one wildcard, `%`, and without it means equality; `ilike` does not mind case. `match` wants every " +
      "word, in any order. A `regex` is RE2 (no look-ahead, no back-references) and may match anywhere in the text.",
    recipes: [
      get("Which pages speak of the documentation in their title?", { filters: ["meta.title", "match", "forge docs"] }),
      get("Which are pricing or plan pages, by title or address?", {
        filters: [["meta.title", "regex", "(?i)pric(e|ing)|plans?"], "or", ["page", "ilike", "%pric%"]],
      }),
      get("Which dated addresses are still linked?", { filters: ["page", "regex", "/(19|20)[0-9]{2}/"] }),
      get("Which pages say little and are linked all the same?", {
        filters: [
          [["meta.words_count", "<", 300], "and", ["status_code", "=", 200]],
          "and",
          ["page_summary.backlinks", ">=", 20],
        ],
        order_by: ["meta.words_count,asc"],
      }),
      query("Where do some words stand in address or title?", { text: "rust blog" }),
    ],
  },
];
