import { got, Refusal, readJsonString } from "../arguments.ts";
import { quoteForMessage } from "../text.ts";
import { type FieldRules, type ResolvedField, resolveField } from "./field-names.ts";

/** The upstream's limit. */
const MAX_RULES = 3;

const WORKS = 'for example ["page_summary.backlinks,desc"]';

export interface OrderRule {
  field: string;
  direction: "asc" | "desc";
  /** A name of ours under which the field was asked for; left out where that is the field's own. */
  shown?: string;
}

/**
 * Reads sorting rules: `["field,desc"]`, one rule as plain text, or the pair `["field", "desc"]`.
 * @throws {Refusal} naming `order_by[i]`, the rule and a form that works
 */
export function parseOrderBy(input: unknown, rules: FieldRules): { order: OrderRule[]; notes: string[] } {
  return readOrder(input, (written, path) => resolveField(written, path, rules));
}

/** What a sorting rule's name stands for; its refusal names the place. */
type ResolveName = (written: string, path: string) => ResolvedField;

/** As {@link parseOrderBy}, over names of the caller's. */
export function readOrder(input: unknown, resolve: ResolveName): { order: OrderRule[]; notes: string[] } {
  const value = readJsonString(input);
  const list = typeof value === "string" ? [value] : value;
  if (!Array.isArray(list))
    throw new Refusal("order_by", `must be an array of "field,direction", ${got(input)}`, WORKS);
  if (list.length > 2 * MAX_RULES) throw tooMany(list.length);
  const written = joinPairs(list);
  if (written.length > MAX_RULES) throw tooMany(written.length);
  const notes: string[] = [];
  const order = written.map((rule, index) => parseRule(rule, `order_by[${index}]`, resolve, notes));
  return { order, notes };
}

const tooMany = (count: number): Refusal =>
  new Refusal("order_by", `${count} rules, at most ${MAX_RULES} are allowed`, WORKS);

export function toWireOrder(order: readonly OrderRule[]): string[] {
  return order.map(({ field, direction }) => `${field},${direction}`);
}

/** The same in the names that it was asked in. */
export const toAskedOrder = (order: readonly OrderRule[]): string[] =>
  order.map(({ field, shown = field, direction }) => `${shown},${direction}`);

/** `["field", "desc"]` and `[["field", "desc"]]` → `["field,desc"]`. */
function joinPairs(list: unknown[]): unknown[] {
  const joined: unknown[] = [];
  for (const part of list) {
    const before = joined.at(-1);
    if (typeof part === "string" && isDirection(part) && typeof before === "string" && !before.includes(",")) {
      joined[joined.length - 1] = `${before},${part}`;
    } else if (Array.isArray(part) && part.length === 2 && part.every((each) => typeof each === "string")) {
      joined.push(part.join(","));
    } else joined.push(part);
  }
  return joined;
}

const isDirection = (text: string): boolean => /^\s*(?:asc|desc)\s*$/i.test(text);

function parseRule(rule: unknown, path: string, resolve: ResolveName, notes: string[]): OrderRule {
  if (typeof rule !== "string") throw new Refusal(path, `must be text, ${got(rule)}`, WORKS);
  const comma = rule.lastIndexOf(",");
  const fieldPart = comma < 0 ? rule : rule.slice(0, comma);
  const direction =
    comma < 0
      ? ""
      : rule
          .slice(comma + 1)
          .trim()
          .toLowerCase();
  const field = resolve(fieldPart, path);
  const { name, shown = name } = field;
  if (direction !== "asc" && direction !== "desc") {
    throw new Refusal(path, `${quoteForMessage(rule)} must end in ",asc" or ",desc"`, `for example "${shown},desc"`);
  }
  if (field.type.startsWith("array.")) {
    throw new Refusal(path, `${shown} holds a list and cannot be sorted by`, WORKS);
  }
  if (field.note !== undefined) notes.push(field.note);
  return { field: name, direction, ...(shown !== name && { shown }) };
}
