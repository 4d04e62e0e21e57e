import { TOOLS } from "../tools.ts";
import type { RequestBody } from "./request.ts";
import { toSafeJson } from "./text.ts";

/** Where an answer is read: by a client of the server, on the command line, or in a program that uses the library. */
export type Surface = "mcp" | "cli" | "library";

/** What can be called next of an endpoint, by the names that this has where an answer is read. */
export type CallNames = Readonly<Record<Surface, Readonly<Record<Callable, string>>>>;

type Callable = "get" | "query";

/** The library sends nothing, so it names the request itself. */
export const PAGES_CALLS: CallNames = {
  mcp: { get: TOOLS.get.name, query: TOOLS.query.name },
  cli: { get: "domain-pages-mcp get", query: "domain-pages-mcp query" },
  library: { get: "request", query: "query" },
};

/**
 * A call without its arguments.
 * @param names those of the endpoint that is asked
 */
export const nameCall = (what: Callable, surface: Surface, names: CallNames = PAGES_CALLS): string =>
  names[surface][what];

/** A call with its arguments, ready to copy. */
export function wordCall(what: Callable, json: string, surface: Surface, names?: CallNames): string {
  const name = nameCall(what, surface, names);
  return surface === "cli" ? `${name} --body '${json.replaceAll("'", "'\\''")}'` : `${name} ${json}`;
}

/** One call that makes sense next, ready to copy, with what it costs. */
export interface NextStep {
  cost: "free" | "paid";
  call: string;
  /** What it brings. */
  gain: string;
}

/** Longer calls are described instead: a filter of 10,000 characters need not be paid for again in tokens. */
const MAX_CALL_CHARS = 600;

/** A call of the paid tool, ready to copy. */
export function toCall(body: Partial<RequestBody>, surface: Surface, names?: CallNames): string {
  const json = toSafeJson(body);
  if (json.length > MAX_CALL_CHARS) {
    const { limit, offset } = body;
    const changed = [...(limit === undefined ? [] : [`limit ${limit}`]), ...(offset ? [`offset ${offset}`] : [])];
    const words = ["with the same arguments", ...(changed.length === 0 ? [] : [changed.join(" and ")])].join(", ");
    return `${nameCall("get", surface, names)} ${words}`;
  }
  return wordCall("get", json, surface, names);
}
