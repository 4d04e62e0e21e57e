import type { Random } from "./random.ts";

export interface Item {
  url: string;
  title: string | null;
  status: number;
  location: string | null;
  /** What its links are told apart by; plain words where nothing is said. */
  linkType?: string;
  country?: string;
}

/** A saved answer of the endpoint with these pages; figures fall from the first to the last. */
export function toAnswer(target: string, items: readonly Item[], random: Random): string {
  const result = {
    target,
    total_count: items.length * 3,
    items_count: items.length,
    items: items.map((item, at) => toItem(target, item, at, items.length, random)),
  };
  return JSON.stringify({ status_code: 20_000, tasks: [{ status_code: 20_000, data: { target }, result: [result] }] });
}

function toItem(target: string, item: Item, at: number, count: number, random: Random) {
  const { url, title, status, location, linkType = "anchor", country = "US" } = item;
  const domains = Math.max(1, Math.round(400 * (1 - at / count) ** 4 * random.fraction()));
  const backlinks = domains * (1 + random.below(6));
  const day = `20${random.below(11) + 15}-${String(random.below(12) + 1).padStart(2, "0")}-11 00:00:00 +00:00`;
  return {
    type: "backlinks_domain_page",
    main_domain: target,
    domain: target,
    page: url,
    status_code: status,
    location,
    media_type: "text/html",
    meta: { title, words_count: 400 },
    page_summary: {
      first_seen: day,
      lost_date: null,
      rank: Math.round(500 * (1 - at / count)),
      backlinks,
      backlinks_spam_score: random.below(70),
      referring_domains: domains,
      referring_pages: backlinks,
      referring_pages_nofollow: random.below(backlinks),
      referring_links_types: { [linkType]: backlinks },
      referring_links_countries: { [country]: Math.ceil(backlinks / 2), DE: Math.floor(backlinks / 2) },
    },
  };
}

/** A plain list of many pages in a dozen sections. */
export function plainItems(target: string, count: number, random: Random): Item[] {
  return Array.from({ length: count }, (_, at) => ({
    url: `https://${target}/section-${random.below(12)}/page-${at}`,
    title: `Page ${at} of a list that is long enough to scroll`,
    status: random.pick([200, 200, 200, 200, 404, 301]),
    location: null,
  }));
}
