import { got, parseChoice, parseSwitch, parseWhole, Refusal, readArguments, toInputError } from "./arguments.ts";
import type { Fields } from "./filters/field-names.ts";
import { parseOrderBy } from "./filters/order-by.ts";
import { parseFilter } from "./filters/parse-filter.ts";
import type { ListRequest } from "./request.ts";
import type { RequestField, RequestFields } from "./request-fields.ts";
import { parseTarget } from "./target.ts";

export interface RequestRules {
  /** Let filter and sort fields pass that our catalogue does not know (a server setting). */
  allowUnknownFields: boolean;
  /** Map bare field names to full ones; off for the sandbox, which takes only the upstream's own names. */
  mapBareNames: boolean;
}

/** What arguments came to. */
export interface ParsedRequest<R extends ListRequest = ListRequest> {
  request: R;
  /** What was read differently from how it was written; one sentence each, for the answer. */
  notes: string[];
}

/**
 * Checks arguments against everything the endpoint documents, before anything is sent.
 * @param input the tool's arguments or a request body; `isLeftOut` says what counts as left out
 * @throws {AppError} `input`, with one line per refused argument
 */
export type ParseRequest<R extends ListRequest> = (input: unknown, rules: RequestRules) => ParsedRequest<R>;

/** How the arguments of one endpoint are read. */
export interface RequestGrammar {
  fields: RequestFields;
  /** What its filters and sorting rules speak of, by the catalogues' names. */
  catalogues: Readonly<Record<string, Fields>>;
  /** Refuses an argument that asks for what the endpoint cannot tell. @returns undefined for any other name */
  refuse?: (written: string) => Refusal | undefined;
}

/** What other APIs call the same thing; no spelling is near enough to find these. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  domain: "target",
  host: "target",
  site: "target",
  url: "target",
  website: "target",
  count: "limit",
  sort: "order_by",
};

export function createParseRequest<R extends ListRequest>(grammar: RequestGrammar): ParseRequest<R> {
  const { fields, catalogues, refuse } = grammar;
  const vocabulary = {
    names: Object.keys(fields),
    otherWords: new Map(Object.entries(OTHER_WORDS)),
    ...(refuse !== undefined && { refuse }),
    works: '{"target":"forbes.com"}',
  };
  return function parseRequest(input, rules) {
    const request: Record<string, unknown> = {};
    const read: string[] = [];
    const { refusals, notes } = readArguments(input, vocabulary, (name, value) => {
      const field = fields[name];
      const parsed = field && parseField(name, field, value, { rules, catalogues, notes: read });
      if (parsed !== undefined) request[name] = parsed;
    });
    if (request["target"] === undefined && !refusals.some(({ argument }) => argument === "target")) {
      refusals.unshift(new Refusal("target", "is required", 'use a domain or subdomain such as "forbes.com"'));
    }
    if (refusals.length > 0) throw toInputError(refusals);
    return { request: request as unknown as R, notes: [...notes, ...read] };
  };
}

interface Reading {
  rules: RequestRules;
  catalogues: RequestGrammar["catalogues"];
  notes: string[];
}

/** @returns undefined for what asks for nothing, such as no sorting rules */
function parseField(name: string, field: RequestField, value: unknown, reading: Reading): unknown {
  switch (field.kind) {
    case "target": {
      const { target, note } = parseTarget(value);
      if (note !== undefined) reading.notes.push(note);
      return target;
    }
    case "whole":
      return parseWhole(name, value, field.min, field.max);
    case "switch":
      return parseSwitch(name, value);
    case "choice":
      return parseChoice(name, value, field.choices);
    case "filter": {
      const { filter, notes } = parseFilter(value, { ...toFieldRules(field.catalogue, reading), argument: name });
      reading.notes.push(...notes);
      return filter;
    }
    case "order": {
      const { order, notes } = parseOrderBy(value, toFieldRules(field.catalogue, reading));
      reading.notes.push(...notes);
      return order.length > 0 ? order : undefined;
    }
    case "label":
      return parseLabel(name, field, value);
  }
}

function toFieldRules(catalogue: string, { rules, catalogues }: Reading) {
  const fields = catalogues[catalogue];
  if (fields === undefined) throw new RangeError(`no catalogue ${catalogue}`);
  return { fields, mapBareNames: rules.mapBareNames, allowUnknown: rules.allowUnknownFields };
}

function parseLabel(
  name: string,
  { maxChars, example }: { maxChars: number; example: string },
  value: unknown,
): string {
  const works = `try "${example}"`;
  if (typeof value !== "string") throw new Refusal(name, `must be text, ${got(value)}`, works);
  const length = Array.from(value).length;
  if (length <= maxChars) return value;
  throw new Refusal(name, `may have ${maxChars} characters, this one has ${length}`, works);
}
