import { type ParsedRequest, parseRequest as parse } from "../pages/request/parse-request.ts";
import type { PagesRequest } from "../pages/request/request.ts";
import { toRequestKey as toKey } from "../pages/request/request-key.ts";
import { toAdvertisedSchema } from "../pages/request/schema.ts";

/** A JSON Schema object, as tools advertise it. */
export type JsonSchema = Record<string, unknown>;

/**
 * The JSON Schema of a request: the 12 fields of the endpoint's body, in words that a model understands. It keeps to
 * what every client passes on unharmed: no `$ref`, no unions. `parseRequest` checks more than it says.
 * @returns a new object at every call
 * @example
 * const tool = { name: "get_pages", description: "Pages of a domain that earn backlinks", parameters: requestSchema() };
 */
export function requestSchema(): JsonSchema {
  return toAdvertisedSchema();
}

/** How strictly a request is read. */
export interface ParseRequestOptions {
  /** Let filter and sort fields pass that are not in the endpoint's catalogue of 2026-07. @default false */
  allowUnknownFields?: boolean;
}

/**
 * Checks what a person or a model wrote against everything that the endpoint documents, before any money is spent.
 * Strict on names, kind on form: a URL is read as its domain, JSON in text as what it holds, `backlinks` as
 * `page_summary.backlinks`.
 * @param input an object with the fields of the body, or the same as JSON text; null counts as left out
 * @returns the checked request, and one note for each thing that was read differently from how it was written
 * @throws {AppError} of kind `input`; its message has one line per refused field: which one, the rule, a value that works
 * @example
 * const { request, notes } = parseRequest({ target: "https://www.acme.example/", limit: 100 });
 * // request: { target: "acme.example", limit: 100 }
 * // notes: ['target "https://www.acme.example/" read as "acme.example"']
 */
export function parseRequest(input: unknown, { allowUnknownFields = false }: ParseRequestOptions = {}): ParsedRequest {
  return parse(input, { allowUnknownFields, mapBareNames: true });
}

/**
 * Names what a request asks for: 32 hexadecimal digits, the same for every spelling that has the same answer (defaults
 * written out, another order of keys or conditions, another `tag`). Made to find an answer that is already there.
 * @param upstream who is asked: answers of one never stand for those of another; any text, where there is more than one
 * @example
 * const kept = cache.get(toRequestKey(request));
 */
export function toRequestKey(request: PagesRequest, upstream = "aisa"): string {
  return toKey(request, upstream);
}
