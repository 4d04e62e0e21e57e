import { createRandom } from "./random.ts";

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
