import fc from "fast-check";
import type { JsonObject } from "../../src/lists/snapshot.ts";
import { hostileText } from "./hostile-text.ts";
import { STAND_INS } from "./oracle-database.ts";
import { type Choices, createChoices } from "./oracle-random.ts";

/** Every tenth value is null and every tenth is not there at all. */
const UNKNOWN_SHARE = 0.1;
const ODD_SHARE = 0.03;
const LONG_SHARE = 0.01;
const LONG_CHARS = 10_000;

/** Objects that hold other fields: an array in their place is a question of its own. */
const PARENTS = ["meta", "page_summary", "technologies"];

/** Words with a twin in the other case, in several scripts, and such as stand inside others. */
export const WORDS = [
  ...["SEO", "seo", "Tools", "tools", "tool", "best", "BEST", "guide", "100%", "a_b", "a.b", "naïve", "NAÏVE", "été"],
  ...[
    "ÉTÉ",
    "Москва",
    "МОСКВА",
    "ΟΔΟΣ",
    "οδος",
    "straße",
    "STRAẞE",
    "日本",
    "日本語",
    "x2",
    "404",
    "\u212Aelvin",
    "kelvin",
  ],
] as const;
const JOINTS = [" ", " ", " ", "-", ", ", "\n", "\u00a0", "_", "|", "’", "%"];

const TIMES = [
  "2024-02-29 00:00:00 +00:00",
  "2024-02-29 00-00-00 +00:00",
  "2024-02-29 02:00:00 +02:00",
  "2024-03-01 12:30:15 +00:00",
  "2024-03-01 12-30-15 +00:00",
  "2024-03-01T12:30:15Z",
  "2024-03-01",
  "2025-12-31 23:59:59 +00:00",
  "2026-01-01 00:59:59 +01:00",
  "2026-01-01 00:00:00 -00:30",
  "2026-07-08",
];
const NO_TIMES = ["", "soon", "2025-02-31 00:00:00 +00:00", "2025-13-01", "00:00:00"];

const MAP_KEYS = {
  tld: ["com", "org", "co.in", "wiki", "wikis", "de", "net", "io", "", "github.io", "constructor", "日本"],
  types: ["anchor", "alternate", "canonical", "redirect", "image", "link", "meta", "rss", "form"],
  attributes: ["nofollow", "noopener", "noreferrer", "external", "ugc", "sponsored", "dns-prefetch", "tag"],
  platform_types: ["unknown", "cms", "blogs", "ecommerce", "message-boards", "message_boards", "wikis", "wiki", "news"],
  semantic_locations: ["", "$empty", "article", "footer", "header", "main", "nav", "section"],
} as const;

/**
 * Raw items of the endpoint, such as real and hostile ones may be: unknown values, values of another type, maps cut to
 * `listLimit` entries and shorter ones, empty arrays, times in every spelling, titles of 10,000 characters.
 */
export function makeOraclePages(count: number, listLimit: number, seed: number): JsonObject[] {
  const choices = createChoices(seed);
  const hostile = fc.sample(hostileText, { seed, numRuns: 200 }).filter((text) => !STAND_INS.test(text));
  return Array.from({ length: count }, () => makePage(choices, hostile, listLimit));
}

function makePage(choices: Choices, hostile: readonly string[], listLimit: number): JsonObject {
  const { one, below, chance } = choices;
  const text = () => makeText(choices, hostile);
  const short = () => one(WORDS);
  const time = () => (chance(ODD_SHARE) ? one(NO_TIMES) : one(TIMES));
  const few = () => below(8);
  const many = () => one([0, 1, 10, 100, 1000, 2 ** 31, 2 ** 53, below(50)]);
  const texts = () => Array.from({ length: below(4) }, () => (chance(0.05) ? null : text()));
  const map = (keys: readonly string[]) => makeMap(choices, keys, listLimit);
  return withGaps(choices, {
    type: () => "backlinks_domain_page",
    page: () => `https://${one(["a", "A", "b"])}.example/${one(["blog", "Blog", "shop"])}/${short()}`,
    domain: short,
    location: () => one([null, null, `https://a.example/${short()}`]),
    media_type: () => one(["text/html", "text/HTML", "application/pdf"]),
    status_code: () => one([200, 200, 200, 301, 302, 404, 404, 500]),
    size: many,
    first_visited: time,
    fetch_time: time,
    meta: () =>
      withGaps(choices, {
        title: text,
        language: () => one(["en", "EN", "de", ""]),
        words_count: few,
        page_spam_score: () => one([0, 0.5, 1.5, -1, 1e21, 12]),
        h1: texts,
        h2: texts,
        platform_type: () => choices.some(["cms", "blogs", "CMS", "unknown"], below(4)),
        technologies: () => withGaps(choices, { cms: () => one(["WordPress", "wordpress", "Drupal"]) }),
        social_media_tags: () => withGaps(choices, { "og:title": text, "twitter:card": short }),
      }),
    page_summary: () =>
      withGaps(choices, {
        first_seen: time,
        lost_date: time,
        rank: few,
        backlinks: many,
        referring_domains: few,
        referring_links_tld: () => map(MAP_KEYS.tld),
        referring_links_types: () => map(MAP_KEYS.types),
        referring_links_attributes: () => map(MAP_KEYS.attributes),
        referring_links_platform_types: () => map(MAP_KEYS.platform_types),
        referring_links_semantic_locations: () => map(MAP_KEYS.semantic_locations),
      }),
  });
}

function makeText(choices: Choices, hostile: readonly string[]): string {
  if (choices.chance(0.15)) return choices.one(hostile);
  const count = choices.chance(LONG_SHARE) ? LONG_CHARS : 1 + choices.below(5);
  let text: string = choices.one(WORDS);
  for (let words = 1; words < count && text.length < LONG_CHARS; words++) {
    text += choices.one(JOINTS) + choices.one(WORDS);
  }
  return text.slice(0, LONG_CHARS);
}

function makeMap(choices: Choices, keys: readonly string[], listLimit: number): JsonObject | null {
  const counts = choices.some(keys, choices.below(listLimit * 2)).map((key) => [key, choices.below(5)] as const);
  const largestFirst = counts.sort((a, b) => b[1] - a[1]).slice(0, listLimit);
  return Object.fromEntries(largestFirst.map(([key, count]) => [key, choices.chance(0.02) ? null : count]));
}

/** Makes each field, or leaves it null, out, or of a type that nobody asked for. */
function withGaps(choices: Choices, fields: Readonly<Record<string, () => unknown>>): JsonObject {
  const item: JsonObject = {};
  for (const [name, make] of Object.entries(fields)) {
    if (!PARENTS.includes(name)) {
      if (choices.chance(UNKNOWN_SHARE)) continue;
      if (choices.chance(UNKNOWN_SHARE)) item[name] = null;
      else if (choices.chance(ODD_SHARE)) item[name] = choices.one<unknown>(["404", 404, true, {}, [], ["seo", 404]]);
      else item[name] = make();
    } else if (!choices.chance(ODD_SHARE)) item[name] = make();
  }
  return item;
}
