import { TOOLS } from "../tools.ts";

/** Where an answer is read: by a client of the server, on the command line, or in a program that uses the library. */
export type Surface = "mcp" | "cli" | "library";

/** What can be called next, by the name it has there. The library sends nothing, so it names the request itself. */
const NAMES = {
  mcp: { get: TOOLS.get.name, query: TOOLS.query.name },
  cli: { get: "domain-pages-mcp get", query: "domain-pages-mcp query" },
  library: { get: "request", query: "query" },
} as const satisfies Readonly<Record<Surface, Readonly<Record<string, string>>>>;

type Callable = keyof (typeof NAMES)[Surface];

/** A call without its arguments. */
export const nameCall = (what: Callable, surface: Surface): string => NAMES[surface][what];

/** A call with its arguments, ready to copy. */
export function wordCall(what: Callable, json: string, surface: Surface): string {
  const name = nameCall(what, surface);
  return surface === "cli" ? `${name} --body '${json.replaceAll("'", "'\\''")}'` : `${name} ${json}`;
}

/** One call that makes sense next, ready to copy, with what it costs. */
export interface NextStep {
  cost: "free" | "paid";
  call: string;
  /** What it brings. */
  gain: string;
}
