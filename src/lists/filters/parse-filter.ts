import { got, Refusal, readJsonString } from "../arguments.ts";
import { quoteForMessage } from "../text.ts";
import { type FieldRules, resolveField } from "./field-names.ts";
import {
  type Condition,
  countConditions,
  type Filter,
  OPERATOR_ALIASES,
  OPERATORS,
  type Operator,
  toAskedFilter,
} from "./filter.ts";
import { parseConditionValue, refuseNoTime } from "./parse-value.ts";

/** The upstream's limit for one filter, groups counted through. */
const MAX_CONDITIONS = 8;

/** Deeper than any eight conditions can mean; bounds the work on a hostile argument. */
const MAX_DEPTH = 16;

/** How much of a refused filter is written out again as the form that works. */
const MAX_SUGGESTION_CHARS = 600;

export interface ParsedFilter {
  /** Undefined for an empty array: no filter at all. */
  filter: Filter | undefined;
  notes: string[];
}

export interface FilterRules extends FieldRules {
  /** The argument's name, for messages: `filters`. */
  argument: string;
}

interface Context extends FilterRules {
  notes: string[];
}

/**
 * Checks a filter as a caller wrote it against the whole documented language, before money is spent.
 * Kind on form (JSON strings, needless wrapping, capital AND, other operator spellings), strict on meaning.
 * @throws {Refusal} naming the place (`filters[2]`), the rule, and a form that works
 */
export function parseFilter(input: unknown, rules: FilterRules): ParsedFilter {
  const context: Context = { ...rules, notes: [] };
  const value = readJsonString(input);
  if (!Array.isArray(value)) {
    throw new Refusal(rules.argument, `must be an array, ${got(input)}`, `for example ${rules.fields.example}`);
  }
  if (value.length === 0) return { filter: undefined, notes: [] };
  const filter = parseNode(value, rules.argument, 0, context);
  const count = countConditions(filter);
  if (count > MAX_CONDITIONS) throw tooMany(rules.argument, String(count));
  return { filter, notes: context.notes };
}

function tooMany(path: string, count: string): Refusal {
  return new Refusal(
    path,
    `${count} conditions, at most ${MAX_CONDITIONS} are allowed`,
    'drop some, or gather values of one field with "in"',
  );
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels <= 0 || Object.values(value).some((child) => isDeeperThan(child, levels - 1));
}

function parseNode(node: unknown, path: string, depth: number, context: Context): Filter {
  const value = readJsonString(node);
  if (isDeeperThan(value, MAX_DEPTH - depth)) {
    throw new Refusal(context.argument, `nested more than ${MAX_DEPTH} deep`, "unwrap the needless brackets");
  }
  if (!Array.isArray(value)) {
    throw new Refusal(path, `a condition is an array of three, ${got(node)}`, rewriteObject(value, context));
  }
  if (value.length === 0) throw new Refusal(path, "empty brackets", `for example ${context.fields.example}`);
  // No field is called "and": a list that begins so is a group written word first.
  if (!isBracketed(value[0]) && readJoin(value[0]) === undefined && typeof value[0] === "string") {
    return parseCondition(value, path, context);
  }
  if (value.length === 1) return parseNode(value[0], `${path}[0]`, depth + 1, context);
  return parseGroup(value, path, depth, context);
}

function parseGroup(parts: unknown[], path: string, depth: number, context: Context): Filter {
  if (parts.length > 2 * MAX_CONDITIONS) throw tooMany(path, `${Math.ceil(parts.length / 2)} or more`);
  const joins = parts.map(readJoin);
  const members = parts.filter((_, index) => joins[index] === undefined);
  const alternates =
    parts.length % 2 === 1 && parts.every((_, index) => (joins[index] !== undefined) === (index % 2 === 1));
  if (!alternates) {
    const first = joins.find((join) => join !== undefined) ?? "and";
    throw new Refusal(
      path,
      'conditions must be joined by "and" or "or", one between each two',
      members.length > 0 && members.every(isBracketed)
        ? suggest(interleave(members, first))
        : `write [a,"and",b], where a and b are conditions such as ${context.fields.example}`,
    );
  }
  const words = joins.filter((join) => join !== undefined);
  const join = words[0] ?? "and";
  if (words.some((word) => word !== join)) {
    throw new Refusal(
      path,
      '"and" and "or" at one level: which binds first is not documented',
      `${suggest(nestAndFirst(members, words))} (group the other way if you meant that)`,
    );
  }
  const filters = parts.flatMap((part, index) =>
    index % 2 === 0 ? [parseNode(part, `${path}[${index}]`, depth + 1, context)] : [],
  );
  return { kind: "group", join, members: filters };
}

function parseCondition(parts: unknown[], path: string, context: Context): Filter {
  if (parts.length !== 3) {
    throw new Refusal(
      path,
      `a condition has three parts, field, operator and value; this one has ${parts.length}`,
      `for example ${context.fields.example}`,
    );
  }
  const field = resolveField(parts[0], path, context);
  if (field.note !== undefined) context.notes.push(field.note);
  const { name, type, shown = name } = field;
  refuseNoTime(parts[2], type, shown, path);
  const operator = parseOperator(parts[1], type, shown, path);
  const bare: Omit<Condition, "operator" | "value"> = { kind: "condition", field: name, type };
  const named = shown === name ? bare : { ...bare, shown };
  const worded = context.mapBareNames && name === "status_code" ? readStatusWords(parts[2]) : undefined;
  if (worded !== undefined) return parseStatusWords(worded, operator, named, path, context);
  const { value, notes } = parseConditionValue(parts[2], { name: shown, type, operator, path });
  context.notes.push(...notes);
  // Of what is kept it is our own engine that filters, as documented.
  if (context.isKept !== true && (type === "array.str" || type === "array.num")) {
    context.notes.push(`${path}: how the upstream filters array fields such as ${name} is not documented`);
  }
  return { ...named, operator, value };
}

/** @returns the words that stand where a status could; undefined for numbers, which are read as for any field */
function readStatusWords(input: unknown): string[] | undefined {
  const value = readJsonString(input);
  const words = (Array.isArray(value) ? value : [value]).filter(
    (each) => typeof each === "string" && !/^[\s\d.-]*$/.test(each),
  );
  return words.length === 0 || (Array.isArray(value) && words.length < value.length) ? undefined : (words as string[]);
}

/** `["status","=","gone"]`: the words of answers for statuses, written out as the numbers that they stand for. */
function parseStatusWords(
  words: readonly string[],
  operator: Operator,
  field: Omit<Condition, "operator" | "value">,
  path: string,
  context: Context,
): Filter {
  const isPositive = operator === "=" || operator === "in";
  const name = field.shown ?? field.field;
  const members = words.map((word): Filter => {
    const known = STATUS_RANGES.get(word.trim().toLowerCase());
    if (known === undefined || (!isPositive && operator !== "<>" && operator !== "not_in")) {
      const rule = `${name} is a number, or with = <> in not_in one of ${[...STATUS_RANGES.keys()].join(", ")}, ${got(word)}`;
      throw new Refusal(path, rule, `for example ["${name}","=","dead"]`);
    }
    return isPositive ? toStatusFilter(known, field, "and") : toStatusFilter(known.map(negate), field, "or");
  });
  const [only, ...more] = members;
  const filter: Filter =
    only !== undefined && more.length === 0 ? only : { kind: "group", join: isPositive ? "or" : "and", members };
  context.notes.push(`${path}: ${quoteForMessage(words.join(", "))} read as ${JSON.stringify(toAskedFilter(filter))}`);
  return filter;
}

type StatusTest = readonly [Operator, number | number[]] | readonly StatusTest[];

/** By the rule that classes every status (`pages/page.ts`); all of a line holds together, or one of an inner list. */
const STATUS_RANGES: ReadonlyMap<string, readonly StatusTest[]> = new Map<string, readonly StatusTest[]>([
  [
    "live",
    [
      [">=", 200],
      ["<", 300],
    ],
  ],
  [
    "redirect",
    [
      [">=", 300],
      ["<", 400],
    ],
  ],
  ["dead", [[">=", 400]]],
  ["broken", [[">=", 400]]],
  ["gone", [["in", [404, 410]]]],
  [
    "refused",
    [
      [">=", 400],
      ["not_in", [404, 410]],
      [
        ["<", 500],
        [">=", 600],
      ],
    ],
  ],
  [
    "trouble",
    [
      [">=", 500],
      ["<", 600],
    ],
  ],
]);

const OPPOSITES: Partial<Record<Operator, Operator>> = { ">=": "<", "<": ">=", in: "not_in", not_in: "in" };

const isLeaf = (test: StatusTest): test is readonly [Operator, number | number[]] => typeof test[0] === "string";

const negate = (test: StatusTest): StatusTest =>
  isLeaf(test) ? [OPPOSITES[test[0]] ?? test[0], test[1]] : test.map(negate);

function toStatusFilter(
  tests: readonly StatusTest[],
  field: Omit<Condition, "operator" | "value">,
  join: "and" | "or",
): Filter {
  const members = tests.map(
    (test): Filter =>
      isLeaf(test)
        ? { ...field, operator: test[0], value: test[1] }
        : toStatusFilter(test, field, join === "and" ? "or" : "and"),
  );
  const [only, ...more] = members;
  return only !== undefined && more.length === 0 ? only : { kind: "group", join, members };
}

function parseOperator(written: unknown, type: Condition["type"], field: string, path: string): Operator {
  const allowed = OPERATORS[type];
  const fits = `${field} (${type}) takes ${allowed.join(" ")}`;
  if (typeof written !== "string") throw new Refusal(path, `the operator must be in quotes, ${got(written)}`, fits);
  const lower = written.trim().toLowerCase();
  const operator = OPERATOR_ALIASES[lower] ?? allowed.find((each) => each === lower);
  if (operator === undefined || !allowed.includes(operator)) {
    throw new Refusal(path, `operator ${quoteForMessage(written)} does not fit`, fits);
  }
  return operator;
}

function readJoin(part: unknown): "and" | "or" | undefined {
  if (typeof part !== "string") return undefined;
  const word = part.trim().toLowerCase();
  return word === "and" || word === "or" ? word : undefined;
}

/** A condition or group: an array, or one that a client sent as a JSON string inside the array. */
function isBracketed(part: unknown): boolean {
  return Array.isArray(part) || (typeof part === "string" && part.trimStart().startsWith("["));
}

function interleave(members: unknown[], join: string): unknown[] {
  return members.flatMap((member, index) => (index === 0 ? [member] : [join, member]));
}

/** `a and b or c` → `[[a,"and",b],"or",c]`, the usual precedence made visible. */
function nestAndFirst(members: unknown[], words: ("and" | "or")[]): unknown[] {
  const groups: unknown[][] = [[members[0]]];
  words.forEach((word, index) => {
    const member = members[index + 1];
    if (word === "and") groups.at(-1)?.push(member);
    else groups.push([member]);
  });
  return interleave(
    groups.map((group) => (group.length === 1 ? group[0] : interleave(group, "and"))),
    "or",
  );
}

function suggest(form: unknown): string {
  const text = JSON.stringify(form);
  return text.length <= MAX_SUGGESTION_CHARS ? `write ${text}` : 'write [[a,"and",b],"or",c]';
}

/** `{field, operator, value}`, which other APIs use, written out as the array this one takes. */
function rewriteObject(value: unknown, context: Context): string {
  if (typeof value === "object" && value !== null) {
    const { field, operator, op, value: operand } = value as Record<string, unknown>;
    if (typeof field === "string" && operand !== undefined) return suggest([field, operator ?? op ?? "=", operand]);
  }
  return `for example ${context.fields.example}`;
}
