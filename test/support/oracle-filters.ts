import { ORACLE_FIELDS, type OracleField, readOracleField } from "./oracle-fields.ts";
import { type Choices, createChoices } from "./oracle-random.ts";

export type WrittenValue = string | number | (string | number)[];
export type WrittenCondition = [field: string, operator: string, value: WrittenValue];
export type WrittenFilter = WrittenCondition | WrittenGroup;
export type WrittenGroup = (WrittenFilter | "and" | "or")[];

const MAX_CONDITIONS = 8;
const MAX_DEPTH = 3;

/** How often a condition speaks of the page that its filter was made for; else of any. */
const WITNESS_SHARE = 0.9;
const FIELDS_TRIED = 4;

/**
 * Patterns that RE2 and JavaScript read alike: no bare dot, no `\s`, no flags, no word on a character that the database
 * cannot store.
 */
const PATTERNS = [
  "^https://[^/]+/(blog|shop)/",
  "[A-Z]{2,}",
  "\\d+$",
  "^\\w+$",
  "\\b(best|tools?)\\b",
  "^[^ ]* [^ ]*$",
  "(a|aa)+b",
  "(\\w+[-_ ])+\\w*$",
  "\\p{Lu}",
  "[à-я]",
  "^\\P{L}|\\P{L}$",
  "^(?:[^o]*o){3}",
  "e{1}[^\\n]{2,4}s",
  "^$",
];

/** Filters as a caller writes them, each made around a page so that it speaks of values that are really there. */
export function makeOracleFilters(count: number, items: readonly unknown[], seed: number): WrittenFilter[] {
  const choices = createChoices(seed);
  return Array.from({ length: count }, () => {
    const witness = choices.one(items);
    return makeFilter({ choices, items, witness }, 1 + choices.below(MAX_CONDITIONS), MAX_DEPTH);
  });
}

interface Making {
  choices: Choices;
  items: readonly unknown[];
  witness: unknown;
}

function makeFilter(making: Making, conditions: number, depth: number): WrittenFilter {
  if (conditions === 1) return makeCondition(making);
  const { choices } = making;
  const join = choices.chance(0.5) ? "and" : "or";
  const sizes = depth === 1 ? Array.from({ length: conditions }, () => 1) : split(conditions, choices);
  return sizes.flatMap(
    (size, index) => [...(index === 0 ? [] : [join]), makeFilter(making, size, depth - 1)] as WrittenGroup,
  );
}

/** 5 → 2 + 3, 1 + 1 + 3, …: at least two parts, none of them empty. */
function split(count: number, { below }: Choices): number[] {
  const first = 1 + below(count - 1);
  const rest = count - first;
  return rest > 2 && below(2) === 0 ? [first, 1, rest - 1] : [first, rest];
}

function makeCondition({ choices, items, witness }: Making): WrittenCondition {
  const drawn = choices.some(ORACLE_FIELDS, FIELDS_TRIED);
  const known = drawn.find((each) => valueIn(witness, each, choices) !== undefined);
  const field = (choices.chance(WITNESS_SHARE) ? known : undefined) ?? choices.one(drawn);
  const own = field === known ? valueIn(witness, field, choices) : undefined;
  const any = () => anyValue(items, field, choices);
  const value = own ?? any();
  if (typeof value === "number") return [field.field, ...numberTest(value, any as () => number, choices)];
  if (field.kind === "time") {
    return [field.field, choices.one(["<", "<=", ">", ">=", "=", "<>"]), value];
  }
  return [field.field, ...textTest(field.kind === "texts", value, any as () => string, choices)];
}

function valueIn(item: unknown, field: OracleField, choices: Choices): string | number | undefined {
  const found = readOracleField(item, field);
  const value: unknown = Array.isArray(found) && found.length > 0 ? choices.one<unknown>(found) : found;
  if (field.kind === "num") return typeof value === "number" ? value : undefined;
  if (typeof value !== "string") return undefined;
  return field.kind !== "time" || /^\d{4}-(?!02-31|13)/.test(value) ? value : undefined;
}

function anyValue(items: readonly unknown[], field: OracleField, choices: Choices): string | number {
  for (;;) {
    const value = valueIn(choices.one(items), field, choices);
    if (value !== undefined) return value;
  }
}

function numberTest(value: number, any: () => number, { one }: Choices): [string, WrittenValue] {
  return one<() => [string, WrittenValue]>([
    () => ["=", value],
    () => ["<>", any()],
    () => [one(["<=", ">="]), value],
    () => ["<", value + one([0, 1, 1])],
    () => [">", value - one([0, 1, 1])],
    () => ["in", [value, any(), any()]],
    () => ["not_in", [any(), any()]],
  ])();
}

function textTest(isList: boolean, value: string, any: () => string, choices: Choices): [string, WrittenValue] {
  const { one, chance } = choices;
  const not = chance(0.3) ? "not_" : "";
  // What the witness holds, a negated condition would mostly deny it.
  const of = not === "" ? value : any();
  return one<() => [string, WrittenValue]>([
    () => (isList ? [not === "" ? "has" : "has_not", of] : ["=", value]),
    () => ["<>", any()],
    () => [`${not}in`, [of, any(), any()]],
    () => [`${not}like`, makeLike(of, choices)],
    () => [`${not}like`, makeLike(of, choices)],
    () => [`${not}ilike`, swapCase(makeLike(of, choices), choices)],
    () => [`${not}match`, makeMatch(of, choices)],
    () => [`${not}regex`, chance(0.6) ? one(PATTERNS) : makeRegex(of, choices)],
  ])();
}

/** A few characters of a text, or all of it. */
function pieceOf(text: string, { below, chance }: Choices): string {
  const characters = Array.from(text);
  if (chance(0.1)) return text;
  const from = below(characters.length);
  return characters.slice(from, from + 1 + below(6)).join("");
}

function makeLike(text: string, choices: Choices): string {
  const characters = Array.from(text);
  const half = Math.floor(characters.length / 2);
  const start = characters.slice(0, half).join("");
  const end = characters.slice(half).join("");
  return choices.one([
    () => text,
    () => `%${pieceOf(text, choices)}%`,
    () => `%${pieceOf(text, choices)}%`,
    () => `%${pieceOf(start, choices)}%${pieceOf(end, choices)}%`,
    () => `${characters.slice(0, 3).join("")}%`,
    () => `%${characters.slice(-3).join("")}`,
    () => `%%${pieceOf(text, choices)}%%`,
  ])();
}

const swapCase = (text: string, { one }: Choices): string =>
  one([text, text.toUpperCase().length === text.length ? text.toUpperCase() : text, text.toLowerCase()]);

function makeMatch(text: string, choices: Choices): string {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? ["seo"];
  return swapCase(choices.some(words.slice(0, 50), 1 + choices.below(2)).join(choices.one([" ", ", "])), choices);
}

function makeRegex(text: string, choices: Choices): string {
  const escaped = pieceOf(text, choices)
    .slice(0, 100)
    .replace(/[\^$\\.*+?()[\]{}|]/g, "\\$&");
  return choices.one([escaped, `(${escaped})+`, `${escaped}$`, `^[^0-9]*${escaped}`]);
}
