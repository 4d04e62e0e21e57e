import type { FieldType } from "./catalogue.ts";

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
