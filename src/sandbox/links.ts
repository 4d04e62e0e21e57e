import { toUpstreamTime } from "../lists/filters/filter.ts";
import type { JsonObject } from "../lists/snapshot.ts";
import type { PageSpec } from "./sites.ts";

/**
 * One backlink with the 51 fields that `backlinks_filters` can speak of, in the upstream's names.
 * What aggregation needs beyond them stands beside.
 */
export interface Backlink {
  fields: JsonObject;
  referrer: Referrer;
  urlFrom: string;
  isLost: boolean;
  lastSeen: string;
}

/** The sandbox's own present: crawl dates lie before it, so that answers never change with the clock. */
export const WORLD_NOW = Date.UTC(2026, 10, 1);
const DAY_MS = 86_400_000;

const ITEM_TYPES = ["anchor", "anchor", "anchor", "anchor", "anchor", "anchor", "image", "redirect", "canonical"];
const LOCATIONS = ["article", "article", "main", "section", "footer", "nav", "aside", "", ""];
const ANCHORS = ["Acme", "read more", "here", "source", "anvils", "this guide", "homepage", "shop", ""];

/** All backlinks of one page, the same on every call. */
export function createBacklinks(page: PageSpec, referrers: readonly Referrer[]): Backlink[] {
  const random = createRandom(seedOf(page.url));
  const sitewide = page.sitewide === true ? random.pickSkewed(referrers) : undefined;
  return Array.from({ length: page.links }, (_, index) => {
    const isSitewide = sitewide !== undefined && index > page.links / 5;
    return createBacklink(page, isSitewide ? sitewide : random.pickSkewed(referrers), isSitewide, index, random);
  });
}

function createBacklink(page: PageSpec, from: Referrer, isSitewide: boolean, index: number, random: Random): Backlink {
  const urlFrom = `https://${from.domain}/${random.pick(["posts", "links", "t", "articles"])}/${isSitewide ? index : random.whole(1, 400)}`;
  const itemType = isSitewide ? "anchor" : random.pick(ITEM_TYPES);
  const attributes = createAttributes(from, random);
  const firstSeen = WORLD_NOW - random.whole(20, 2400) * DAY_MS;
  const isLost = page.lost === true || random.chance(0.15);
  const lastSeenMs = isLost ? firstSeen + random.whole(1, 19) * DAY_MS : WORLD_NOW - random.whole(1, 18) * DAY_MS;
  const lastSeen = toUpstreamTime(lastSeenMs);
  const host = new URL(page.url).hostname;
  const fields: JsonObject = {
    type: "backlink",
    domain_from: from.domain,
    url_from: urlFrom,
    url_from_https: true,
    domain_to: host,
    url_to: page.url,
    url_to_https: page.url.startsWith("https:"),
    tld_from: from.tld,
    is_new: WORLD_NOW - firstSeen < 60 * DAY_MS,
    is_lost: isLost,
    backlink_spam_score: from.spam,
    rank: Math.round(from.rank / 3),
    page_from_rank: Math.round(from.rank * (random.whole(20, 90) / 100)),
    domain_from_rank: from.rank,
    domain_from_platform_type: from.platforms,
    domain_from_is_ip: false,
    domain_from_ip: from.ip,
    domain_from_country: from.country === "" ? null : from.country,
    page_from_external_links: random.whole(1, 120),
    page_from_internal_links: random.whole(5, 300),
    page_from_size: random.whole(8_000, 240_000),
    page_from_encoding: "utf-8",
    page_from_language: from.language,
    page_from_title: `${from.domain} links`,
    page_from_status_code: 200,
    first_seen: toUpstreamTime(firstSeen),
    prev_seen: toUpstreamTime(Math.max(firstSeen, lastSeenMs - 30 * DAY_MS)),
    last_seen: lastSeen,
    item_type: itemType,
    attributes: attributes.length === 0 ? null : attributes,
    dofollow: !attributes.includes("nofollow"),
    original: random.chance(0.7),
    alt: itemType === "image" ? "logo" : null,
    image_url: itemType === "image" ? `https://${from.domain}/logo.png` : null,
    anchor: itemType === "anchor" ? random.pick(ANCHORS) : null,
    text_pre: null,
    text_post: null,
    semantic_location: isSitewide ? "footer" : createLocation(itemType, random),
    links_count: 1,
    group_count: 1,
    is_broken: page.status >= 400,
    url_to_status_code: page.status,
    url_to_spam_score: 0,
    url_to_redirect_target: page.location ?? null,
    ranked_keywords_info: {
      page_from_keywords_count_top_3: random.whole(0, 4),
      page_from_keywords_count_top_10: random.whole(0, 20),
      page_from_keywords_count_top_100: random.whole(0, 90),
    },
    is_indirect_link: false,
    indirect_link_path: null,
  };
  return { fields, referrer: from, urlFrom, isLost, lastSeen };
}

function createAttributes(from: Referrer, random: Random): string[] {
  const isForum = from.platforms.includes("message-boards");
  const chances: Record<string, number> = { nofollow: 0.28, ugc: isForum ? 0.6 : 0, sponsored: 0.04, noopener: 0.4 };
  return Object.keys(chances).filter((name) => random.chance(chances[name] ?? 0));
}

/** A redirect stands nowhere in a page. */
function createLocation(itemType: string, random: Random): string {
  return itemType === "redirect" ? "" : random.pick(LOCATIONS);
}

/** A site that links to others. All names are reserved ones: nobody is being quoted. */
export interface Referrer {
  domain: string;
  mainDomain: string;
  tld: string;
  ip: string;
  country: string;
  language: string;
  platforms: string[];
  /** 0 to 1000. */
  rank: number;
  /** 0 to 100. */
  spam: number;
}

const WORDS = [
  "iron",
  "ember",
  "maker",
  "forge",
  "craft",
  "steel",
  "atlas",
  "river",
  "north",
  "daily",
  "open",
  "garden",
  "signal",
  "paper",
  "copper",
  "field",
];
const KINDS = ["news", "blog", "wiki", "guide", "club", "review", "shop", "forum"];
const COUNTRIES = ["US", "US", "DE", "GB", "FR", "IN", "JP", "BR", "UA", "", "WW"];
const LANGUAGES = ["en", "en", "en", "de", "fr", "ja", "pt", "uk"];
const PLATFORMS: readonly string[][] = [
  ["cms", "blogs"],
  ["cms", "blogs"],
  ["organization"],
  ["news"],
  ["message-boards"],
  ["wikis"],
  ["ecommerce"],
  ["unknown"],
  ["unknown"],
];

/** `.example` and `.test` names are domains of their own; the others are hosts of the three documentation domains. */
const ZONES = ["example", "example", "test", "example.com", "example.net", "example.org"];

const REFERRER_COUNT = 260;

/** Every linking site of the world, the most prolific first. */
export function createReferrers(): Referrer[] {
  const random = createRandom(1911);
  const referrers = new Map<string, Referrer>();
  while (referrers.size < REFERRER_COUNT) {
    const zone = random.pick(ZONES);
    const name = `${random.pick(WORDS)}-${random.pick(WORDS)}-${random.pick(KINDS)}`;
    const domain = `${name}.${zone}`;
    if (referrers.has(domain)) continue;
    const isSpammy = random.chance(0.12);
    referrers.set(domain, {
      domain,
      mainDomain: zone.includes(".") ? zone : domain,
      tld: zone.slice(zone.lastIndexOf(".") + 1),
      ip: `${random.pick(["192.0.2", "198.51.100", "203.0.113"])}.${random.whole(1, 254)}`,
      country: random.pick(COUNTRIES),
      language: random.pick(LANGUAGES),
      platforms: random.pick(PLATFORMS),
      rank: isSpammy ? random.whole(0, 60) : random.whole(10, 620),
      spam: isSpammy ? random.whole(45, 95) : random.whole(0, 25),
    });
  }
  return [...referrers.values()];
}

/** A seeded source of numbers: the same seed gives the same world on every machine. */
export interface Random {
  /** At least `low`, at most `high`, both whole. */
  whole(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Like `pick`, but early items come up far more often (Zipf-like), as linking sites do. */
  pickSkewed<T>(items: readonly T[]): T;
}

/** mulberry32: 32 bits of state are plenty for a few thousand made-up links. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const at = <T>(items: readonly T[], share: number): T => {
    const item = items[Math.floor(share * items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  };
  return {
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => at(items, next()),
    pickSkewed: (items) => at(items, next() ** 3),
  };
}

/** A seed from text, so that every site and page has its own stream of numbers. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
