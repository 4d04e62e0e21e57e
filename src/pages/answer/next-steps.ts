import { countOf, toSafeJson } from "../../lists/text.ts";
import { MAX_LIMIT } from "../body.ts";
import { type RequestBody, toRequestBody } from "../request.ts";
import type { Snapshot } from "../snapshot.ts";
import { TOOLS } from "../tools.ts";
import { type Coverage, wordUrls } from "./header-facts.ts";

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

export interface Situation {
  snapshot: Snapshot;
  coverage: Coverage;
  /** Rows that the answer shows, and what it left out to fit. */
  rowsShown: number;
  leftOut: { rows: number; columns: readonly string[]; findings: number };
  surface: Surface;
}

/** At most three calls, the free ones first; none when nothing is missing. */
export function suggestNext(situation: Situation): NextStep[] {
  const { snapshot, surface } = situation;
  const { id, sliceOf } = snapshot;
  if (sliceOf === undefined) return [...showLeftOut(situation), ...suggestMore(situation)];
  const call = wordCall("query", toSafeJson({ snapshot_id: id }), surface);
  return [{ cost: "free", call, gain: `all ${countOf(sliceOf.pages, "URL")} of the snapshot` }];
}

/** The call that fetches what the snapshot does not hold; none when it holds all, or was imported. */
export function suggestMore({ snapshot, coverage, surface }: Omit<Situation, "rowsShown" | "leftOut">): NextStep[] {
  const more = snapshot.source === "import" ? undefined : fetchMore(snapshot, coverage);
  if (more === undefined) return [];
  const cost = snapshot.source === "aisa" ? "paid" : "free";
  return [{ cost, call: toCall(more.body, surface), gain: more.gain }];
}

/** The free question that brings what did not fit. */
function showLeftOut({ snapshot, rowsShown, leftOut, surface }: Situation): NextStep[] {
  const rest =
    leftOut.rows > 0
      ? { body: { offset: rowsShown }, gain: "the next rows" }
      : leftOut.columns.length > 0
        ? { body: { columns: leftOut.columns }, gain: "the columns left out" }
        : leftOut.findings > 0
          ? { body: { group_by: "status" }, gain: "all pages by status" }
          : undefined;
  if (rest === undefined) return [];
  const json = toSafeJson({ snapshot_id: snapshot.id, ...rest.body });
  return [{ cost: "free", call: wordCall("query", json, surface), gain: rest.gain }];
}

/** The same request for the most pages one call can bring; after a full call, for those behind it. */
function fetchMore(
  snapshot: Snapshot,
  { pagesNotFetched, elsewhere }: Coverage,
): { body: { limit: number; offset?: number }; gain: string } | undefined {
  const { pages, request } = snapshot;
  const { tag: _label, ...body } = toRequestBody(request);
  if (elsewhere !== undefined) {
    const [gap] = elsewhere.gaps;
    if (gap === undefined) return undefined;
    const limit = Math.min(MAX_LIMIT, gap.to - gap.from);
    const { offset: _own, ...list } = body;
    return {
      body: { ...list, limit, ...(gap.from > 0 && { offset: gap.from }) },
      gain: `${wordUrls({ from: gap.from, to: gap.from + limit })}, which no kept snapshot holds`,
    };
  }
  if (pagesNotFetched === null || pagesNotFetched === 0 || pages.length === 0) return undefined;
  // Asking again for the most would bring the same, even where the upstream sent fewer than it was asked for.
  const isFull = (request.limit ?? 0) >= MAX_LIMIT || pages.length >= MAX_LIMIT;
  const offset = (request.offset ?? 0) + (isFull ? pages.length : 0);
  return {
    body: { ...body, limit: MAX_LIMIT, ...(offset > 0 && { offset }) },
    gain: isFull ? `the next ${MAX_LIMIT} URLs` : `up to ${MAX_LIMIT} URLs in one call`,
  };
}

/** Longer calls are described instead: a filter of 10,000 characters need not be paid for again in tokens. */
const MAX_CALL_CHARS = 600;

/** A call of the paid tool, ready to copy. */
export function toCall(body: Partial<RequestBody>, surface: Surface): string {
  const json = toSafeJson(body);
  if (json.length > MAX_CALL_CHARS) {
    const { limit, offset } = body;
    const changed = [...(limit === undefined ? [] : [`limit ${limit}`]), ...(offset ? [`offset ${offset}`] : [])];
    const words = ["with the same arguments", ...(changed.length === 0 ? [] : [changed.join(" and ")])].join(", ");
    return `${nameCall("get", surface)} ${words}`;
  }
  return wordCall("get", json, surface);
}
