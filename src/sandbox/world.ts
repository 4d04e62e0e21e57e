import { toUpstreamTime } from "../lists/filters/filter.ts";
import type { JsonObject } from "../lists/snapshot.ts";
import { registrableDomain } from "../lists/target.ts";
import {
  type Backlink,
  createBacklinks,
  createRandom,
  createReferrers,
  type Referrer,
  seedOf,
  WORLD_NOW,
} from "./links.ts";
import { type PageSpec, SITES, type SiteSpec } from "./sites.ts";

/** A crawled page with everything that is known about it but its link metrics, which depend on the request. */
export interface WorldPage {
  domain: string;
  mainDomain: string;
  status: number;
  firstVisited: string;
  /** The item as the upstream would send it, without `page_summary`. */
  facts: JsonObject;
  backlinks: Backlink[];
}

export interface World {
  /** Registrable domains that have pages. */
  targets: string[];
  /** Every page whose registrable domain is this one; empty for a domain that is not in the world. */
  pagesOf(mainDomain: string): WorldPage[];
}

const DAY_MS = 86_400_000;

/** Share of the pages of a subdomain that link back to the main site: internal backlinks. */
const INTERNAL_LINK_SHARE = 0.4;

/** The world is the same in every process; sites are built when first asked for. */
export function createWorld(): World {
  const built = new Map<string, WorldPage[]>();
  let referrers: Referrer[] | undefined;
  return {
    targets: SITES.map(({ domain }) => domain),
    pagesOf(mainDomain) {
      const known = built.get(mainDomain);
      if (known !== undefined) return known;
      const site = SITES.find(({ domain }) => domain === mainDomain);
      if (site === undefined) return [];
      referrers ??= createReferrers();
      const pages = buildSite(site, referrers);
      built.set(mainDomain, pages);
      return pages;
    },
  };
}

function buildSite(site: SiteSpec, referrers: readonly Referrer[]): WorldPage[] {
  const own = ownHosts(site);
  return site.pages.map((page) => {
    const host = new URL(page.url).hostname;
    const inner = createRandom(seedOf(`internal ${page.url}`)).chance(INTERNAL_LINK_SHARE)
      ? createBacklinks(
          { ...page, links: Math.ceil(page.links / 10), lost: false },
          own.filter((each) => each.domain !== host),
        )
      : [];
    return toWorldPage(site, page, [...createBacklinks(page, referrers), ...inner]);
  });
}

/** The site's own subdomains, as places links can come from. */
function ownHosts(site: SiteSpec): Referrer[] {
  const hosts = [...new Set(site.pages.map((page) => new URL(page.url).hostname)), `blog.${site.domain}`];
  return hosts.map((domain) => ({
    domain,
    mainDomain: site.domain,
    tld: domain.slice(domain.lastIndexOf(".") + 1),
    ip: "192.0.2.10",
    country: "US",
    language: "en",
    platforms: ["organization"],
    rank: 200,
    spam: 0,
  }));
}

function toWorldPage(site: SiteSpec, page: PageSpec, backlinks: Backlink[]): WorldPage {
  const random = createRandom(seedOf(`facts ${page.url}`));
  const domain = new URL(page.url).hostname;
  const firstVisited = toUpstreamTime(WORLD_NOW - random.whole(400, 2600) * DAY_MS);
  const size = page.status === 200 ? random.whole(12_000, 320_000) : random.whole(300, 4000);
  const facts: JsonObject = {
    type: "backlinks_domain_page",
    main_domain: registrableDomain(site.domain),
    domain,
    tld: site.domain.slice(site.domain.lastIndexOf(".") + 1),
    page: page.url,
    ip: "192.0.2.10",
    first_visited: firstVisited,
    prev_visited: random.chance(0.1) ? null : toUpstreamTime(WORLD_NOW - random.whole(60, 200) * DAY_MS),
    fetch_time: toUpstreamTime(WORLD_NOW - random.whole(1, 50) * DAY_MS),
    status_code: page.status,
    location: page.location === undefined ? null : new URL(page.location, page.url).href,
    size,
    encoded_size: random.chance(0.5) ? 0 : Math.round(size / 4),
    content_encoding: random.chance(0.8) ? "br" : null,
    media_type: page.url.endsWith(".pdf") ? "application/pdf" : "text/html",
    server: "sandbox",
    meta: toMeta(site, page, domain),
  };
  return { domain, mainDomain: registrableDomain(site.domain), status: page.status, firstVisited, facts, backlinks };
}

/** A page that does not answer with content has counts of 0 and nothing else, as in real answers. */
const EMPTY_META: JsonObject = {
  title: null,
  canonical: null,
  internal_links_count: 0,
  external_links_count: 0,
  images_count: 0,
  words_count: 0,
  page_spam_score: 0,
  social_media_tags: null,
  h1: null,
  h2: null,
  h3: null,
  images_alt: null,
  powered_by: null,
  language: null,
  charset: null,
  platform_type: null,
  technologies: null,
};

function toMeta(site: SiteSpec, page: PageSpec, domain: string): JsonObject {
  if (page.status !== 200) return EMPTY_META;
  const random = createRandom(seedOf(`meta ${page.url}`));
  const title = page.title ?? null;
  return {
    ...EMPTY_META,
    title,
    canonical: page.url.split("?", 1)[0] ?? null,
    internal_links_count: random.whole(10, 180),
    external_links_count: random.whole(0, 30),
    images_count: random.whole(0, 60),
    words_count: random.whole(40, 2400),
    page_spam_score: random.whole(0, 8),
    social_media_tags: {
      "og:title": title,
      "og:type": "website",
      "og:url": page.url,
      "og:site_name": site.domain,
      "twitter:card": "summary",
    },
    h1: title === null ? null : [title],
    h2: ["Contents", "Questions and answers"],
    powered_by: domain.startsWith("forum.") ? ["Sandbox Forum 3"] : null,
    language: page.language ?? "en",
    charset: "utf-8",
    platform_type: domain.startsWith("shop.") ? ["ecommerce"] : ["cms", "blogs"],
    technologies: { cms: "wordpress", cdn: "cloudflare" },
  };
}
