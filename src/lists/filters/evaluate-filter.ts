import { RE2JS } from "re2js";
import { BREAKDOWNS, EMPTY_KEY_PLACEHOLDER, NOFOLLOW_SHARE } from "../../pages/catalogue.ts";
import { type Condition, compileLike, type Filter, type FilterScalar, type Operator, parseTime } from "./filter.ts";

export type Predicate = (item: unknown) => boolean;

/** Makes of a regular expression (RE2) the test of one text. */
export type CompileRegex = (pattern: string) => (text: string) => boolean;

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
 * Compiles a checked filter into a test of one raw item of the endpoint (or one backlink).
 *
 * Where the documentation is silent: an unknown (null or missing) value satisfies no condition, negated ones
 * included, and a value of another type than the field's only negated ones; a key missing from a counting map that is there and whole counts 0, from one that may be cut it is
 * unknown; `like` knows only `%`; `match` wants every word, in any order and case; a regex may match anywhere in the
 * text (RE2); a condition on an array holds when any element satisfies it, a negated one when none satisfies its
 * opposite.
 *
 * No pattern backtracks, so one item costs at most in proportion to text × pattern. For a regex with large counts over
 * wide classes (`[\p{L}\p{N}]{1,1000}`) that is up to half a second for a text of 10,000 characters: who serves
 * strangers has their expressions settled elsewhere first (`match-texts.ts`), and hands in what came of it.
 * @param compileRegex left out: expressions run here and now
 */
export function compileFilter(
  filter: Filter,
  rules: ItemRules = NEVER_CUT,
  compileRegex: CompileRegex = compileHere,
): Predicate {
  if (filter.kind === "condition") return compileCondition(filter, rules, compileRegex);
  const members = filter.members.map((member) => compileFilter(member, rules, compileRegex));
  return filter.join === "and"
    ? (item) => members.every((holds) => holds(item))
    : (item) => members.some((holds) => holds(item));
}

const compileHere: CompileRegex = (pattern) => {
  const compiled = RE2JS.compile(pattern);
  // Unlike a matcher, `test` wants no positions and so runs on the automaton, a hundred times faster at worst.
  return (text) => compiled.test(text);
};

const POSITIVE_OF: Partial<Record<Operator, Operator>> = {
  "<>": "=",
  not_in: "in",
  not_like: "like",
  not_ilike: "ilike",
  not_match: "match",
  not_regex: "regex",
  has_not: "has",
};

function compileCondition(
  { field, type, operator, value }: Condition,
  rules: ItemRules,
  compileRegex: CompileRegex,
): Predicate {
  const read = compileFieldReader(field, rules);
  const positive = POSITIVE_OF[operator];
  const test =
    (positive ?? operator) === "regex"
      ? onText(compileRegex(String(value)))
      : compileTest(positive ?? operator, value, type === "time");
  return (item) => {
    const found = read(item);
    if (found === null || found === undefined) return false;
    const holds = Array.isArray(found) ? found.some((each) => each !== null && test(each)) : test(found);
    return positive === undefined ? holds : !holds;
  };
}

function compileTest(operator: Operator, value: Condition["value"], isTime: boolean): (found: unknown) => boolean {
  if (Array.isArray(value)) {
    // As many values as fit into a filter, against as many pages as were fetched: looked up, not tried one by one.
    if (!isTime) {
      const values = new Set<unknown>(value);
      return (found) => values.has(found);
    }
    const tests = value.map((each) => compileScalarTest("=", each, isTime));
    return (found) => tests.some((test) => test(found));
  }
  return compileScalarTest(operator, value, isTime);
}

function compileScalarTest(operator: Operator, value: FilterScalar, isTime: boolean): (found: unknown) => boolean {
  const wanted = isTime ? toComparableTime(value) : value;
  const comparable = isTime ? toComparableTime : (found: unknown) => found;
  const compare = (holds: (found: never, wanted: never) => boolean) => (found: unknown) => {
    const left = comparable(found);
    return typeof left === typeof wanted && holds(left as never, wanted as never);
  };
  switch (operator) {
    case "<":
      return compare((found, bound) => found < bound);
    case "<=":
      return compare((found, bound) => found <= bound);
    case ">":
      return compare((found, bound) => found > bound);
    case ">=":
      return compare((found, bound) => found >= bound);
    case "like":
      return onText(compileLike(String(value)));
    case "ilike":
      return onText(compileLike(foldCase(String(value))), true);
    case "match":
      return onText(compileMatch(String(value)), true);
    default:
      return compare((found, bound) => found === bound);
  }
}

function onText(test: (text: string) => boolean, anyCase = false): (found: unknown) => boolean {
  return (found) => typeof found === "string" && test(anyCase ? foldCase(found) : found);
}

/** One capital sigma has two small ones, and which of them it becomes depends on what stands behind it. */
const foldCase = (text: string): string => text.toLowerCase().replaceAll("ς", "σ");

function toComparableTime(value: unknown): number | undefined {
  return typeof value === "string" ? parseTime(value) : undefined;
}

function compileMatch(words: string): (text: string) => boolean {
  const wanted = wordsOf(foldCase(words));
  const rarest = wanted.reduce((longest, word) => (word.length > longest.length ? word : longest), "");
  return (text) => {
    // To look for one is far cheaper than to part the text, and most texts lack it.
    if (!text.includes(rarest)) return false;
    const found = new Set(wordsOf(text));
    return wanted.every((word) => found.has(word));
  };
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];

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
  if (map === undefined) {
    const steps = field.split(".");
    return (item) => steps.reduce(stepInto, item);
  }
  if (field.endsWith("%")) return compileShare(field.slice(0, -1), rules, 1);
  const steps = map.split(".");
  const key = ANSWER_KEYS.get(field) ?? field.slice(map.length + 1);
  const isOfParts = PARTS.has(map);
  const isCut = (found: object, item: unknown) =>
    listLimit !== null && Object.keys(found).length >= listLimit && !(isOfParts && holdsAll(found, item));
  const whenMissing = (found: object, item: unknown) => (map === SOCIAL_TAGS || isCut(found, item) ? null : 0);
  return (item) => {
    const found = steps.reduce(stepInto, item);
    if (typeof found !== "object" || found === null || Array.isArray(found)) return null;
    return Object.hasOwn(found, key) ? (found as Record<string, unknown>)[key] : whenMissing(found, item);
  };
}

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

/** `12.3`; null where either count is not known, or the whole is none. */
export function toPercent(part: unknown, whole: unknown, digits: number): number | null {
  if (typeof part !== "number" || typeof whole !== "number" || !(whole > 0)) return null;
  const percent = Math.round((100 * part * 10 ** digits) / whole) / 10 ** digits;
  return Number.isFinite(percent) ? percent : null;
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

function stepInto(value: unknown, key: string): unknown {
  // One level of array is all that the endpoint has (`indirect_link_path`); more would be a stranger's stack of them.
  if (Array.isArray(value)) return value.map((each) => (Array.isArray(each) ? null : stepInto(each, key)));
  if (typeof value !== "object" || value === null) return null;
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : null;
}
