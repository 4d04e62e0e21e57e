import type { FieldType } from "./field-names.ts";

export type FilterScalar = string | number | boolean;

/** One checked condition: the field exists, the operator fits its type, the value is of that type. */
export interface Condition {
  kind: "condition";
  field: string;
  type: FieldType;
  operator: Operator;
  value: FilterScalar | FilterScalar[];
  /** A name of ours under which the field was asked for, and is told; left out where that is the field's own. */
  shown?: string;
}

/** Conditions and groups joined by one word; at least two members. */
export interface Group {
  kind: "group";
  join: "and" | "or";
  members: Filter[];
}

/** A checked filter. */
export type Filter = Condition | Group;

/** What goes over the wire: `[field, operator, value]` or `[filter, "and", filter, …]`. */
export type WireFilter = (string | FilterScalar | FilterScalar[] | WireFilter)[];

/** The one canonical spelling of a filter: a single condition bare, groups without needless wrapping. */
export function toWireFilter(filter: Filter): WireFilter {
  if (filter.kind === "condition") return [filter.field, filter.operator, filter.value];
  return filter.members.flatMap((member, index) =>
    index === 0 ? [toWireFilter(member)] : [filter.join, toWireFilter(member)],
  );
}

/** The same in the names that it was asked in: what answers say of it, and what a question takes. */
export function toAskedFilter(filter: Filter): WireFilter {
  if (filter.kind === "condition") return [filter.shown ?? filter.field, filter.operator, filter.value];
  return filter.members.flatMap((member, index) =>
    index === 0 ? [toAskedFilter(member)] : [filter.join, toAskedFilter(member)],
  );
}

/** How many conditions a filter holds, groups opened. */
export function countConditions(filter: Filter): number {
  if (filter.kind === "condition") return 1;
  return filter.members.reduce((sum, member) => sum + countConditions(member), 0);
}

const EQUALITY = ["=", "<>"] as const;
const ORDER = ["<", "<=", ">", ">="] as const;
const LIST = ["in", "not_in"] as const;
const PATTERN = ["like", "not_like", "ilike", "not_ilike", "match", "not_match", "regex", "not_regex"] as const;
/** Known from a sibling API (Labs) for array fields; not documented for this endpoint. */
const MEMBER = ["has", "has_not"] as const;

export type Operator =
  | (typeof EQUALITY)[number]
  | (typeof ORDER)[number]
  | (typeof LIST)[number]
  | (typeof PATTERN)[number]
  | (typeof MEMBER)[number];

/**
 * Which operators a type takes. The endpoint's own list leaves out `<`, `<=`, `>`, `>=`, which its examples use.
 * On array fields the operators are not documented here; ours hold when any element matches (negated: when none does).
 * @see docs.dataforseo.com, Backlinks filters and the help-center page on filters, read 2026-11
 */
export const OPERATORS: Readonly<Record<FieldType, readonly Operator[]>> = {
  num: [...EQUALITY, ...ORDER, ...LIST],
  str: [...EQUALITY, ...LIST, ...PATTERN],
  time: [...ORDER, ...EQUALITY],
  bool: EQUALITY,
  "array.str": [...MEMBER, ...EQUALITY, ...LIST, ...PATTERN],
  "array.num": [...MEMBER, ...EQUALITY, ...ORDER, ...LIST],
  any: [...EQUALITY, ...ORDER, ...LIST, ...PATTERN, ...MEMBER],
};

/** Other spellings that callers bring along, and the upstream's own. */
export const OPERATOR_ALIASES: Readonly<Record<string, Operator>> = {
  "==": "=",
  "===": "=",
  eq: "=",
  "!=": "<>",
  ne: "<>",
  gt: ">",
  gte: ">=",
  "=>": ">=",
  lt: "<",
  lte: "<=",
  "=<": "<=",
  "not in": "not_in",
  "not like": "not_like",
  "not ilike": "not_ilike",
  "not match": "not_match",
  "not regex": "not_regex",
};

const FORM = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2})[:-](\d{2})(?:[:-](\d{2}))?(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/;

/** The years that four digits can write; an offset may lead out of them. */
const FIRST_MS = Date.parse("0000-01-01T00:00:00Z");
const LAST_MS = Date.parse("9999-12-31T23:59:59Z");

/**
 * Reads a time as the upstream writes it (`2026-01-31 12:00:00 +00:00`, documented also with dashes in the
 * clock part), as ISO 8601, or as a bare date (midnight UTC). Without an offset it is UTC.
 * @returns ms since the epoch, or undefined when it is none of these or no real date
 */
export function parseTime(text: string): number | undefined {
  const plain = parsePlainTime(text);
  if (plain !== undefined) return plain;
  const parts = FORM.exec(text.trim());
  if (parts === null) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", zone = "Z"] = parts;
  const offset = zone === "Z" ? "Z" : zone.replace(/^([+-]\d{2}):?(\d{2})$/, "$1:$2");
  const epochMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  if (Number.isNaN(epochMs) || epochMs < FIRST_MS || epochMs > LAST_MS) return undefined;
  // Date.parse takes 31 February for 3 March.
  const isRealDay =
    Number(day) <= 28 || new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  return isRealDay ? epochMs : undefined;
}

const PLAIN_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+00:00$/;
const PLAIN_CHARS = "2026-01-31 12:00:00 +00:00".length;

/**
 * The upstream's own form with figures that no month or clock refuses: nearly every time there is, in every item of a list.
 * @returns undefined for all that has to be read with more care
 */
function parsePlainTime(text: string): number | undefined {
  if (text.length !== PLAIN_CHARS || !PLAIN_TIME.test(text)) return undefined;
  const year = 100 * twoDigits(text, 0) + twoDigits(text, 2);
  const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)];
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)];
  // `Date.UTC` takes the year 26 for 1926.
  const isPlain =
    year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour <= 23 && minute <= 59 && second <= 59;
  return isPlain ? Date.UTC(year, month - 1, day, hour, minute, second) : undefined;
}

const ZERO = "0".charCodeAt(0);

/** Of a text known to have two digits there. */
export const twoDigits = (text: string, at: number): number =>
  10 * text.charCodeAt(at) + text.charCodeAt(at + 1) - 11 * ZERO;

/** ms since the epoch → `2026-01-31 12:00:00 +00:00`, the form of answers and filters. */
export function toUpstreamTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replace("T", " ")} +00:00`;
}

/** Up to here the engine's own search is fast on any text; past it a hostile text costs it length × length. */
const MAX_SHORT_PIECE = 200;

type Find = (text: string, from: number) => number;

/**
 * Compiles a `like` pattern into a test of a whole text: `%` stands for any run of characters, all else for itself.
 * A pattern without `%` is equality. Pieces are found greedily from left to right, each character of the text once.
 */
export function compileLike(pattern: string): (text: string) => boolean {
  const [head = "", ...rest] = pattern.split("%");
  const tail = rest.pop();
  if (tail === undefined) return (text) => text === pattern;
  const pieces = rest.map((piece) => ({ length: piece.length, find: compileFind(piece) }));
  return (text) => {
    if (!text.startsWith(head)) return false;
    let from = head.length;
    for (const { length, find } of pieces) {
      const at = find(text, from);
      if (at < 0) return false;
      from = at + length;
    }
    return text.length - tail.length >= from && text.endsWith(tail);
  };
}

function compileFind(piece: string): Find {
  return piece.length <= MAX_SHORT_PIECE ? (text, from) => text.indexOf(piece, from) : compileLinearFind(piece);
}

/** `indexOf` by Knuth, Morris and Pratt: never goes back in the text. */
function compileLinearFind(piece: string): Find {
  const fallback = new Int32Array(piece.length + 1);
  /** How much of the piece stands before a place of the text, the character there taken in. */
  const extend = (matched: number, character: number): number => {
    let length = matched;
    while (length > 0 && piece.charCodeAt(length) !== character) length = fallback[length] ?? 0;
    return piece.charCodeAt(length) === character ? length + 1 : length;
  };
  for (let at = 1; at < piece.length; at++) {
    fallback[at + 1] = extend(fallback[at] ?? 0, piece.charCodeAt(at));
  }
  return (text, from) => {
    let matched = 0;
    for (let at = from; at < text.length; at++) {
      matched = extend(matched, text.charCodeAt(at));
      if (matched === piece.length) return at + 1 - piece.length;
    }
    return -1;
  };
}
