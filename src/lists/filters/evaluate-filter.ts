import { RE2JS } from "re2js";
import { type Condition, compileLike, type Filter, type FilterScalar, type Operator, parseTime } from "./filter.ts";

export type Predicate = (item: unknown) => boolean;

/** Makes of a regular expression (RE2) the test of one text. */
export type CompileRegex = (pattern: string) => (text: string) => boolean;

/** Makes the reader of one field: it gives null for what is not known of an item, an array for a field of arrays. */
export type ReaderOf = (field: string) => (item: unknown) => unknown;

/**
 * Compiles a checked filter into a test of one item of an endpoint.
 *
 * Where the documentation is silent: an unknown (null or missing) value satisfies no condition, negated ones
 * included, and a value of another type than the field's only negated ones; `like` knows only `%`; `match` wants every word, in any order and case; a regex may match anywhere in the
 * text (RE2); a condition on an array holds when any element satisfies it, a negated one when none satisfies its
 * opposite.
 *
 * No pattern backtracks, so one item costs at most in proportion to text × pattern. For a regex with large counts over
 * wide classes (`[\p{L}\p{N}]{1,1000}`) that is up to half a second for a text of 10,000 characters: who serves
 * strangers has their expressions settled elsewhere first (`match-texts.ts`), and hands in what came of it.
 * @param readerOf left out: fields are read by their steps, `meta.h1`
 * @param compileRegex left out: expressions run here and now
 */
export function compileFilter(
  filter: Filter,
  readerOf: ReaderOf = readSteps,
  compileRegex: CompileRegex = compileHere,
): Predicate {
  if (filter.kind === "condition") return compileCondition(filter, readerOf, compileRegex);
  const members = filter.members.map((member) => compileFilter(member, readerOf, compileRegex));
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
  readerOf: ReaderOf,
  compileRegex: CompileRegex,
): Predicate {
  const read = readerOf(field);
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

/** The steps of a field's name, one after the other: `meta.h1`, `indirect_link_path.url`. */
export const readSteps: ReaderOf = (field) => {
  const steps = field.split(".");
  return (item) => steps.reduce(stepInto, item);
};

export function stepInto(value: unknown, key: string): unknown {
  // One level of array is all that the endpoint has (`indirect_link_path`); more would be a stranger's stack of them.
  if (Array.isArray(value)) return value.map((each) => (Array.isArray(each) ? null : stepInto(each, key)));
  if (typeof value !== "object" || value === null) return null;
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : null;
}

/** `12.3`; null where either count is not known, or the whole is none. */
export function toPercent(part: unknown, whole: unknown, digits: number): number | null {
  if (typeof part !== "number" || typeof whole !== "number" || !(whole > 0)) return null;
  const percent = Math.round((100 * part * 10 ** digits) / whole) / 10 ** digits;
  return Number.isFinite(percent) ? percent : null;
}
