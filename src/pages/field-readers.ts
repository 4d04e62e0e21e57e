import {
  type CompileRegex,
  compileFilter,
  type Predicate,
  readSteps,
  stepInto,
  toPercent,
} from "../lists/filters/evaluate-filter.ts";
import type { Filter } from "../lists/filters/filter.ts";
import { BREAKDOWNS, EMPTY_KEY_PLACEHOLDER, NOFOLLOW_SHARE } from "./catalogue.ts";

const SOCIAL_TAGS = "meta.social_media_tags";
const OPEN_MAPS = [...BREAKDOWNS.values(), SOCIAL_TAGS];

/** How the items that a filter is put to were asked for. */
export interface ItemRules {
  /**
   * The `internal_list_limit` that cut the items' counting maps; null for maps that were never cut. A map with that
   * many entries or more may have lost a key, so the count of a key that it does not hold is unknown there, not 0.
   */
  listLimit: number | null;
  /** Whose pages they are: a `url` is then also read as tables show it, `/path` on the target itself. */
  target?: string;
  /** What is known of an item that none of its fields holds, by name: its handle, its section. */
  own?: ReadonlyMap<string, (item: unknown) => unknown>;
}

const NEVER_CUT: ItemRules = { listLimit: null };

/** Filters spell some keys in their own way; answers hold the keys on the right. */
const ANSWER_KEYS: ReadonlyMap<string, string> = new Map([
  ...[...BREAKDOWNS.values()].map((map): [string, string] => [`${map}.${EMPTY_KEY_PLACEHOLDER}`, ""]),
  ["page_summary.referring_links_platform_types.message_boards", "message-boards"],
  ["page_summary.referring_links_platform_types.wiki", "wikis"],
]);

/**
 * Compiles a checked filter into a test of one raw page (or one backlink, whose fields are read by their steps). A key
 * missing from a counting map that is there and whole counts 0, from one that may be cut it is unknown.
 * @see compileFilter for what values mean
 */
export const compilePageFilter = (
  filter: Filter,
  rules: ItemRules = NEVER_CUT,
  compileRegex?: CompileRegex,
): Predicate => compileFilter(filter, (field) => compileFieldReader(field, rules), compileRegex);

/**
 * A reader of one catalogue field: `page_summary.referring_links_tld.co.in`, `meta.h1`, `indirect_link_path.url`.
 * It gives null for what is not there, 0 for a key missing from a whole counting map (null from one that may be cut),
 * an array for a field of arrays. Beside the catalogue it knows what answers show of a page: `nofollow%`, a breakdown's
 * share (`page_summary.referring_links_countries.US%`), and `url` in both of its spellings.
 */
export function compileFieldReader(field: string, rules: ItemRules = NEVER_CUT): (item: unknown) => unknown {
  const own = rules.own?.get(field);
  if (own !== undefined) return own;
  if (field === NOFOLLOW_SHARE) return compileShare("page_summary.referring_pages_nofollow", rules, 0);
  if (field === "url") return compileUrlReader(rules);
  const { listLimit } = rules;
  const map = OPEN_MAPS.find((prefix) => field.startsWith(`${prefix}.`));
  if (map === undefined) return readSteps(field);
  if (field.endsWith("%")) return compileShare(field.slice(0, -1), rules, 1);
  const steps = map.split(".");
  const key = ANSWER_KEYS.get(field) ?? field.slice(map.length + 1);
  const isOfParts = PARTS.has(map);
  const isCut = (found: object, item: unknown) =>
    listLimit !== null && Object.keys(found).length >= listLimit && !(isOfParts && holdsAll(found, item));
  const whenMissing = (found: object, item: unknown) => (map === SOCIAL_TAGS || isCut(found, item) ? null : 0);
  const isNone = COUNTED_BESIDE.get(`${map}.${key}`);
  return (item) => {
    const found = steps.reduce(stepInto, item);
    if (typeof found !== "object" || found === null || Array.isArray(found)) return isNone?.(item) ? 0 : null;
    return Object.hasOwn(found, key) ? (found as Record<string, unknown>)[key] : whenMissing(found, item);
  };
}

const countsNone =
  (...names: string[]) =>
  (item: unknown): boolean =>
    names.some((name) => stepInto(stepInto(item, "page_summary"), name) === 0);

/** Keys that a page counts beside its breakdowns as well: where it counts none there, a breakdown that is not told has none. */
const COUNTED_BESIDE: ReadonlyMap<string, (item: unknown) => boolean> = new Map([
  ["page_summary.referring_links_attributes.nofollow", countsNone("referring_pages_nofollow", "referring_pages")],
]);

/** Breakdowns of which each referring page stands under one key: a whole one comes to all of them. */
const PARTS: ReadonlySet<string> = new Set(
  ["tld", "types", "semantic_locations", "countries"].map((name) => `page_summary.referring_links_${name}`),
);

/** A list of exactly as many entries as there could be is whole all the same, where its counts come to all there is. */
function holdsAll(found: object, item: unknown): boolean {
  const of = stepInto(stepInto(item, "page_summary"), "referring_pages");
  const counts: unknown[] = Object.values(found);
  const sum = counts.reduce((total: number, each) => total + (typeof each === "number" && each > 0 ? each : 0), 0);
  return typeof of === "number" && sum >= of;
}

/** Of the referring pages, in percent, rounded as it is shown; null where either count is not known, or there are none. */
function compileShare(field: string, rules: ItemRules, digits: number): (item: unknown) => number | null {
  const [part, whole] = [compileFieldReader(field, rules), compileFieldReader("page_summary.referring_pages", rules)];
  return (item) => toPercent(part(item), whole(item), digits);
}

/** The whole URL and the short one of tables: a condition that holds for either holds. */
function compileUrlReader({ target }: ItemRules): (item: unknown) => unknown {
  return (item) => {
    const url = stepInto(item, "page");
    if (typeof url !== "string" || target === undefined) return url;
    const short = url.replace(/^https?:\/\/(?:www\.)?/i, "");
    const isOwn = short.toLowerCase().startsWith(target) && !/[\w.:-]/.test(short[target.length] ?? "/");
    return [url, isOwn ? short.slice(target.length) || "/" : short];
  };
}
