import { toRequestBody } from "../request/request.ts";
import { MAX_LIMIT } from "../request/schema.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
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
  rowsLeftOut: number;
  surface: Surface;
}

/** At most three calls, the free ones first; none when nothing is missing. */
export function suggestNext({ snapshot, coverage, rowsLeftOut, surface }: Situation): NextStep[] {
  const steps: NextStep[] = [];
  if (rowsLeftOut > 0 && surface === "mcp") {
    steps.push({ cost: "free", call: `read resource ${pagesCsvUri(snapshot.id)}`, gain: "every fetched page" });
  }
  const more = fetchMore(snapshot, coverage);
  if (more !== undefined && snapshot.source !== "import") {
    const paid = snapshot.source === "aisa";
    steps.push({ cost: paid ? "paid" : "free", call: toCall(more.body, surface), gain: more.gain });
  }
  return steps;
}

/** The resource that holds a snapshot's pages whole. */
export const pagesCsvUri = (snapshotId: string): string => `domain-pages://snapshots/${snapshotId}/pages.csv`;

/** The same request for the most pages one call can bring; after a full call, for those behind it. */
function fetchMore(snapshot: Snapshot, { pagesNotFetched }: Coverage): { body: object; gain: string } | undefined {
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

function toCall(body: object, surface: Surface): string {
  const json = JSON.stringify(body);
  return surface === "mcp"
    ? `get_domain_pages ${json}`
    : `domain-pages-mcp get --body '${json.replaceAll("'", "'\\''")}'`;
}
