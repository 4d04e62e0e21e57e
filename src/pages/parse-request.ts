import { got, parseChoice, parseSwitch, parseWhole, Refusal, readArguments, toInputError } from "../lists/arguments.ts";
import { parseOrderBy } from "../lists/filters/order-by.ts";
import { parseFilter } from "../lists/filters/parse-filter.ts";
import { parseTarget } from "../lists/target.ts";
import { refuseLinkers } from "./asked-for.ts";
import { MAX_LIMIT, MAX_TAG_CHARS, RANK_SCALES, REQUEST_FIELDS, STATUS_TYPES } from "./body.ts";
import { BACKLINK_FIELDS, PAGE_FIELDS } from "./page-fields.ts";
import type { PagesRequest } from "./request.ts";

export interface RequestRules {
  /** Let filter and sort fields pass that our catalogue does not know (a server setting). */
  allowUnknownFields: boolean;
  /** Map bare field names to full ones; off for the sandbox, which takes only the upstream's own names. */
  mapBareNames: boolean;
}

/** What arguments came to. */
export interface ParsedRequest {
  request: PagesRequest;
  /** What was read differently from how it was written; one sentence each, for the answer. */
  notes: string[];
}

type FieldName = keyof PagesRequest;

/**
 * Checks arguments against everything the endpoint documents, before anything is sent.
 * @param input the tool's arguments or a request body; `isLeftOut` says what counts as left out
 * @throws {AppError} `input`, with one line per refused argument
 */
export function parseRequest(input: unknown, rules: RequestRules): ParsedRequest {
  const request: Partial<Record<FieldName, unknown>> = {};
  const read: string[] = [];
  const { refusals, notes } = readArguments(input, VOCABULARY, (field, value) => {
    request[field] = PARSERS[field](value, rules, read);
  });
  if (request.target === undefined && !refusals.some(({ argument }) => argument === "target")) {
    refusals.unshift(new Refusal("target", "is required", 'use a domain or subdomain such as "forbes.com"'));
  }
  if (refusals.length > 0) throw toInputError(refusals);
  const given = Object.entries(request).filter(([, value]) => value !== undefined);
  return { request: Object.fromEntries(given) as unknown as PagesRequest, notes: [...notes, ...read] };
}

/** What other APIs call the same thing; no spelling is near enough to find these. */
const OTHER_WORDS: ReadonlyMap<string, FieldName> = new Map([
  ["domain", "target"],
  ["host", "target"],
  ["site", "target"],
  ["url", "target"],
  ["website", "target"],
  ["count", "limit"],
  ["sort", "order_by"],
]);

const VOCABULARY = {
  names: REQUEST_FIELDS,
  otherWords: OTHER_WORDS,
  refuse: refuseLinkers,
  works: '{"target":"forbes.com"}',
};

type Parser = (value: unknown, rules: RequestRules, notes: string[]) => unknown;

const PARSERS: Readonly<Record<FieldName, Parser>> = {
  target: (value, _rules, notes) => {
    const { target, note } = parseTarget(value);
    if (note !== undefined) notes.push(note);
    return target;
  },
  limit: (value) => parseWhole("limit", value, 1, MAX_LIMIT),
  offset: (value) => parseWhole("offset", value, 0, Number.MAX_SAFE_INTEGER),
  internal_list_limit: (value) => parseWhole("internal_list_limit", value, 1, MAX_LIMIT),
  backlinks_status_type: (value) => parseChoice("backlinks_status_type", value, STATUS_TYPES),
  filters: (value, rules, notes) => parseFilterArgument("filters", value, rules, notes),
  order_by: (value, rules, notes) => {
    const { order, notes: more } = parseOrderBy(value, {
      fields: PAGE_FIELDS,
      mapBareNames: rules.mapBareNames,
      allowUnknown: rules.allowUnknownFields,
    });
    notes.push(...more);
    return order.length > 0 ? order : undefined;
  },
  backlinks_filters: (value, rules, notes) => parseFilterArgument("backlinks_filters", value, rules, notes),
  include_subdomains: (value) => parseSwitch("include_subdomains", value),
  exclude_internal_backlinks: (value) => parseSwitch("exclude_internal_backlinks", value),
  rank_scale: (value) => parseChoice("rank_scale", value, RANK_SCALES),
  tag: parseTag,
};

function parseFilterArgument(
  argument: "filters" | "backlinks_filters",
  value: unknown,
  rules: RequestRules,
  notes: string[],
): unknown {
  const { filter, notes: more } = parseFilter(value, {
    argument,
    fields: argument === "filters" ? PAGE_FIELDS : BACKLINK_FIELDS,
    mapBareNames: rules.mapBareNames,
    allowUnknown: rules.allowUnknownFields,
  });
  notes.push(...more);
  return filter;
}

function parseTag(value: unknown): string {
  if (typeof value !== "string") throw new Refusal("tag", `must be text, ${got(value)}`, 'try "march-audit"');
  const length = Array.from(value).length;
  if (length <= MAX_TAG_CHARS) return value;
  throw new Refusal("tag", `may have ${MAX_TAG_CHARS} characters, this one has ${length}`, 'try "march-audit"');
}
