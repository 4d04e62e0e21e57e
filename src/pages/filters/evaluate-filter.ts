import { RE2JS } from "re2js";
import { EMPTY_KEY_PLACEHOLDER, LINK_MAPS } from "./catalogue.ts";
import type { Condition, Filter, FilterScalar } from "./filter.ts";
import type { Operator } from "./operators.ts";
import { parseTime } from "./time-value.ts";

export type Predicate = (item: unknown) => boolean;

const SOCIAL_TAGS = "meta.social_media_tags";
const OPEN_MAPS = [...LINK_MAPS, SOCIAL_TAGS];

/** Filters spell three keys in their own way; answers hold the keys on the right. */
const ANSWER_KEYS: ReadonlyMap<string, string> = new Map([
  [`page_summary.referring_links_semantic_locations.${EMPTY_KEY_PLACEHOLDER}`, ""],
  ["page_summary.referring_links_platform_types.message_boards", "message-boards"],
  ["page_summary.referring_links_platform_types.wiki", "wikis"],
]);

/**
 * Compiles a checked filter into a test of one raw item of the endpoint (or one backlink).
 *
 * Where the documentation is silent: an unknown (null or missing) value satisfies no condition, negated ones
 * included; a key missing from a counting map that is there counts 0; `like` knows only `%`; `match` wants
 * every word, in any order and case; a regex may match anywhere in the text, in linear time (RE2); a condition
 * on an array holds when any element satisfies it, a negated one when none satisfies its opposite.
 */
export function compileFilter(filter: Filter): Predicate {
  if (filter.kind === "condition") return compileCondition(filter);
  const members = filter.members.map(compileFilter);
  return filter.join === "and"
    ? (item) => members.every((holds) => holds(item))
    : (item) => members.some((holds) => holds(item));
}

const POSITIVE_OF: Partial<Record<Operator, Operator>> = {
  "<>": "=",
  not_in: "in",
  not_like: "like",
  not_ilike: "ilike",
  not_match: "match",
  not_regex: "regex",
  has_not: "has",
};

function compileCondition({ field, type, operator, value }: Condition): Predicate {
  const read = compileFieldReader(field);
  const positive = POSITIVE_OF[operator];
  const test = compileTest(positive ?? operator, value, type === "time");
  return (item) => {
    const found = read(item);
    if (found === null || found === undefined) return false;
    const holds = Array.isArray(found) ? found.some((each) => each !== null && test(each)) : test(found);
    return positive === undefined ? holds : !holds;
  };
}

function compileTest(operator: Operator, value: Condition["value"], isTime: boolean): (found: unknown) => boolean {
  if (Array.isArray(value)) {
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
      return onText(compileLike(String(value).toLowerCase()), true);
    case "match":
      return onText(compileMatch(String(value)), true);
    case "regex": {
      const pattern = RE2JS.compile(String(value));
      return onText((text) => pattern.matcher(text).find());
    }
    default:
      return compare((found, bound) => found === bound);
  }
}

function onText(test: (text: string) => boolean, lowerCase = false): (found: unknown) => boolean {
  return (found) => typeof found === "string" && test(lowerCase ? found.toLowerCase() : found);
}

function toComparableTime(value: unknown): number | undefined {
  return typeof value === "string" ? parseTime(value) : undefined;
}

/** `%` stands for any run of characters; greedy left to right, so linear in practice and never exponential. */
function compileLike(pattern: string): (text: string) => boolean {
  const [head = "", ...rest] = pattern.split("%");
  const tail = rest.pop();
  if (tail === undefined) return (text) => text === pattern;
  return (text) => {
    if (!text.startsWith(head)) return false;
    let from = head.length;
    for (const piece of rest) {
      const at = text.indexOf(piece, from);
      if (at < 0) return false;
      from = at + piece.length;
    }
    return text.length - tail.length >= from && text.endsWith(tail);
  };
}

function compileMatch(words: string): (text: string) => boolean {
  const wanted = wordsOf(words.toLowerCase());
  return (text) => {
    const found = new Set(wordsOf(text));
    return wanted.every((word) => found.has(word));
  };
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * A reader of one catalogue field: `page_summary.referring_links_tld.co.in`, `meta.h1`, `indirect_link_path.url`.
 * It gives null for what is not there, 0 for a key missing from a counting map, an array for a field of arrays.
 */
export function compileFieldReader(field: string): (item: unknown) => unknown {
  const map = OPEN_MAPS.find((prefix) => field.startsWith(`${prefix}.`));
  if (map === undefined) {
    const steps = field.split(".");
    return (item) => steps.reduce(stepInto, item);
  }
  const steps = map.split(".");
  const key = ANSWER_KEYS.get(field) ?? field.slice(map.length + 1);
  const whenMissing = map === SOCIAL_TAGS ? null : 0;
  return (item) => {
    const found = steps.reduce(stepInto, item);
    if (typeof found !== "object" || found === null) return null;
    return Object.hasOwn(found, key) ? (found as Record<string, unknown>)[key] : whenMissing;
  };
}

function stepInto(value: unknown, key: string): unknown {
  // One level of array is all that the endpoint has (`indirect_link_path`); more would be a stranger's stack of them.
  if (Array.isArray(value)) return value.map((each) => (Array.isArray(each) ? null : stepInto(each, key)));
  if (typeof value !== "object" || value === null) return null;
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : null;
}
