import { toRequestBody } from "../request/request.ts";
import { MAX_LIMIT } from "../request/schema.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { toSafeJson } from "../text.ts";
import type { Coverage } from "./coverage.ts";

/** Where an answer is read: by a client of the server, or on the command line. */
export type Surface = "mcp" | "cli";

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
  /** Rows, columns or findings were left out to fit. */
  isCut: boolean;
  surface: Surface;
}

/** At most three calls, the free ones first; none when nothing is missing. */
export function suggestNext({ snapshot, coverage, isCut, surface }: Situation): NextStep[] {
  const steps: NextStep[] = [];
  if (isCut && surface === "mcp") {
    steps.push({
      cost: "free",
      call: `read resource ${snapshotUri(snapshot.id, "rows")}`,
      gain: "every row, with handles",
    });
  }
  const more = fetchMore(snapshot, coverage);
  if (more !== undefined && snapshot.source !== "import") {
    const paid = snapshot.source === "aisa";
    steps.push({ cost: paid ? "paid" : "free", call: toCall(more.body, surface), gain: more.gain });
  }
  return steps;
}

/** What of a snapshot can be read whole: its rows, folded, or its pages as they were fetched. */
export const CSV_FILES = ["rows", "pages"] as const;
export type CsvFile = (typeof CSV_FILES)[number];

/** The resource that holds it. */
export const snapshotUri = (snapshotId: string, file: CsvFile): string =>
  `domain-pages://snapshots/${snapshotId}/${file}.csv`;

/** The same request for the most pages one call can bring; after a full call, for those behind it. */
function fetchMore(
  snapshot: Snapshot,
  { pagesNotFetched }: Coverage,
): { body: { limit: number; offset?: number }; gain: string } | undefined {
  const { pages, request } = snapshot;
  if (pagesNotFetched === null || pagesNotFetched === 0 || pages.length === 0) return undefined;
  const { tag: _label, ...body } = toRequestBody(request);
  // Asking again for the most would bring the same, even where the upstream sent fewer than it was asked for.
  const isFull = (request.limit ?? 0) >= MAX_LIMIT || pages.length >= MAX_LIMIT;
  const offset = (request.offset ?? 0) + (isFull ? pages.length : 0);
  return {
    body: { ...body, limit: MAX_LIMIT, ...(offset > 0 && { offset }) },
    gain: isFull ? `the next ${MAX_LIMIT} pages` : `up to ${MAX_LIMIT} pages in one call`,
  };
}

/** Longer calls are described instead: a filter of 10,000 characters need not be paid for again in tokens. */
const MAX_CALL_CHARS = 600;

function toCall(body: { limit: number; offset?: number }, surface: Surface): string {
  const json = toSafeJson(body);
  if (json.length > MAX_CALL_CHARS) {
    const offset = body.offset === undefined ? "" : ` and offset ${body.offset}`;
    return `${surface === "mcp" ? "get_domain_pages" : "domain-pages-mcp get"} with the same arguments, limit ${body.limit}${offset}`;
  }
  return surface === "mcp"
    ? `get_domain_pages ${json}`
    : `domain-pages-mcp get --body '${json.replaceAll("'", "'\\''")}'`;
}
