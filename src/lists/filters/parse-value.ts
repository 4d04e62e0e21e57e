import { RE2JS } from "re2js";
import { got, Refusal, readJsonString } from "../arguments.ts";
import { quoteForMessage } from "../text.ts";
import type { FieldType } from "./field-names.ts";
import { type FilterScalar, type Operator, parseTime, toUpstreamTime } from "./filter.ts";

/** The upstream's limit for a regular expression, in characters. */
const MAX_REGEX_CHARS = 1000;

/**
 * Our own bound on what the counts of a regular expression multiply it to: to make the expression ready takes time in
 * proportion, and it is made ready while everybody waits.
 */
const MAX_REGEX_COPIES = 2000;

/** Our own bound for `in` lists and texts: far above use, far below what a URL-sized field can hold. */
const MAX_LIST = 1000;
const MAX_TEXT_CHARS = 10_000;

export interface ValueContext {
  name: string;
  type: FieldType;
  operator: Operator;
  path: string;
}

export interface ParsedValue {
  value: FilterScalar | FilterScalar[];
  notes: string[];
}

/**
 * Checks a condition's value against its field's type and its operator.
 * @throws {Refusal} naming the condition, the rule, and a value that works
 */
export function parseConditionValue(input: unknown, context: ValueContext): ParsedValue {
  const notes: string[] = [];
  if (context.operator === "in" || context.operator === "not_in") {
    const list = readJsonString(input);
    if (!Array.isArray(list) || list.length === 0 || list.length > MAX_LIST) {
      throw refuse(context, `${context.operator} takes an array of 1 to ${MAX_LIST} values, ${got(list)}`);
    }
    return { value: list.map((each) => parseScalar(each, context, notes)), notes: [...new Set(notes)] };
  }
  if (Array.isArray(input)) {
    throw refuse(context, `${quoteForMessage(context.operator)} takes one value, ${got(input)}; use "in" for a list`);
  }
  const value = parseScalar(input, context, notes);
  checkPattern(value, context, notes);
  return { value, notes };
}

function parseScalar(input: unknown, context: ValueContext, notes: string[]): FilterScalar {
  switch (context.type) {
    case "num":
    case "array.num":
      return parseNumber(input, context);
    case "bool":
      return parseBoolean(input, context);
    case "time":
      return parseTimeValue(input, context, notes);
    case "str":
    case "array.str":
      return parseText(input, context);
    case "any":
      if (typeof input === "string" || typeof input === "boolean") return input;
      if (typeof input === "number" && Number.isFinite(input)) return input;
      throw refuse(context, `the value must be text, a number or a boolean, ${got(input)}`);
  }
}

function parseNumber(input: unknown, context: ValueContext): number {
  const value = typeof input === "string" && /^\s*-?\d+(?:\.\d+)?\s*$/.test(input) ? Number(input) : input;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw refuse(context, `${context.name} is a number, ${got(input)}`);
}

function parseBoolean(input: unknown, context: ValueContext): boolean {
  const value = readJsonString(input);
  if (typeof value === "boolean") return value;
  throw refuse(context, `${context.name} is true or false, ${got(input)}`);
}

function parseTimeValue(input: unknown, context: ValueContext, notes: string[]): string {
  const epochMs = typeof input === "string" ? parseTime(input) : undefined;
  if (epochMs === undefined) throw refuse(context, `${context.name} is a time, ${got(input)}`);
  const value = toUpstreamTime(epochMs);
  if (value !== input) notes.push(`${context.path}: time ${quoteForMessage(String(input))} read as "${value}"`);
  return value;
}

/**
 * Who asks whether there is a time at all (`<> null`, `is not null`) hears what asks it.
 * @throws {Refusal} for null as the value of a time, whatever the operator
 */
export function refuseNoTime(input: unknown, type: FieldType, name: string, path: string): void {
  const isNull = input === null || (typeof input === "string" && /^\s*(?:not\s+)?null\s*$/i.test(input));
  if (type !== "time" || !isNull) return;
  const rule = `${name} cannot be compared with null: a page without this time meets no condition on it`;
  throw new Refusal(path, rule, `whether it has one asks ${JSON.stringify([name, ">", "2000-01-01"])}`);
}

function parseText(input: unknown, context: ValueContext): string {
  if (typeof input !== "string") throw refuse(context, `${context.name} is text, ${got(input)}`);
  if (input.length > MAX_TEXT_CHARS) {
    throw refuse(context, `the text may have ${MAX_TEXT_CHARS} characters, this one has ${input.length}`);
  }
  return input;
}

function checkPattern(value: FilterScalar, context: ValueContext, notes: string[]): void {
  if (typeof value !== "string") return;
  const { operator, path } = context;
  if (operator.endsWith("like") && !value.includes("%")) {
    notes.push(
      `${path}: ${operator} ${quoteForMessage(value)} has no %, so it compares whole values; ${quoteForMessage(`%${value}%`)} finds it anywhere`,
    );
  }
  if (operator === "match" || operator === "not_match") {
    if (!/[\p{L}\p{N}]/u.test(value)) throw refuse(context, `${operator} looks for words, ${got(value)} holds none`);
  }
  if (operator === "regex" || operator === "not_regex") checkRegex(value, context);
}

function checkRegex(pattern: string, context: ValueContext): void {
  const length = Array.from(pattern).length;
  if (length > MAX_REGEX_CHARS) {
    throw refuse(context, `a regex may have ${MAX_REGEX_CHARS} characters, this one has ${length}`);
  }
  const copies = countCopies(pattern);
  if (copies > MAX_REGEX_COPIES) {
    throw refuse(
      context,
      `the counts in braces multiply this regex to ${copies} parts, at most ${MAX_REGEX_COPIES} are allowed; * and + have no such cost`,
    );
  }
  try {
    RE2JS.compile(pattern);
  } catch {
    throw refuse(
      context,
      `${quoteForMessage(pattern)} is not a valid RE2 expression (no look-around, no back-references)`,
    );
  }
}

/** A count, a class, a quote, an escape, the beginning of a group, or any other character. */
const REGEX_PARTS =
  /\{(\d{1,4})(?:,(\d{0,4}))?\}|\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]?|\\Q[\s\S]*?(?:\\E|$)|\\(?:[pPx]\{[^}]*\}?|[pP][\s\S]|[\s\S]?)|\((?:\?(?:P?<\w+>|[a-zA-Z-]*:?))?|[\s\S]/g;

/** How many characters and classes a regular expression has once its counts are written out; roughly, for a wrong one. */
function countCopies(pattern: string): number {
  /** Of each group that is open: what stands in it, and the last thing in it, which a count multiplies. */
  const open = [{ before: 0, last: 0 }];
  for (const [part, least, most] of pattern.matchAll(REGEX_PARTS)) {
    const group = open.at(-1) ?? { before: 0, last: 0 };
    if (least !== undefined) {
      group.last *= Math.max(1, Number(least), Number(most ?? 0));
      continue;
    }
    const around = open.at(-2);
    if (part === ")" && around !== undefined) {
      open.pop();
      around.last = group.before + group.last;
      continue;
    }
    const isQuote = part.startsWith("\\Q");
    group.before += group.last + (isQuote ? part.length : 0);
    group.last = part.startsWith("(") ? 0 : 1;
    if (part.startsWith("(")) open.push({ before: 0, last: 0 });
  }
  return open.reduce((sum, { before, last }) => sum + before + last, 0);
}

const EXAMPLE: Readonly<Record<FieldType, FilterScalar>> = {
  num: 10,
  "array.num": 301,
  str: "blog",
  "array.str": "blog",
  time: "2026-01-31 00:00:00 +00:00",
  bool: true,
  any: 10,
};

function refuse(context: ValueContext, rule: string): Refusal {
  const { operator, type, name, path } = context;
  return new Refusal(path, rule, `for example ${JSON.stringify([name, operator, exampleValue(operator, type)])}`);
}

function exampleValue(operator: Operator, type: FieldType): FilterScalar | FilterScalar[] {
  if (operator === "in" || operator === "not_in") return [EXAMPLE[type]];
  if (operator.endsWith("like")) return "%blog%";
  if (operator.endsWith("regex")) return "^https://[^/]+/blog/";
  return operator.endsWith("match") ? "blog" : EXAMPLE[type];
}
