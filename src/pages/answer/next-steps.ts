import { type NextStep, type Surface, toCall, wordCall } from "../../lists/calls.ts";
import { type Coverage, wordPlaces } from "../../lists/coverage.ts";
import { toRequestBody } from "../../lists/request.ts";
import { countOf, toSafeJson } from "../../lists/text.ts";
import { MAX_LIMIT } from "../body.ts";
import { DOMAIN_PAGES, type PagesSnapshot } from "../domain-pages.ts";

export interface Situation {
  snapshot: PagesSnapshot;
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
  return [{ cost: "free", call, gain: `all ${countOf(sliceOf.items, "URL")} of the snapshot` }];
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
  snapshot: PagesSnapshot,
  { itemsNotFetched, elsewhere }: Coverage,
): { body: { limit: number; offset?: number }; gain: string } | undefined {
  const { items: pages, request } = snapshot;
  const { tag: _label, ...body } = toRequestBody(request);
  if (elsewhere !== undefined) {
    const [gap] = elsewhere.gaps;
    if (gap === undefined) return undefined;
    const limit = Math.min(MAX_LIMIT, gap.to - gap.from);
    const { offset: _own, ...list } = body;
    return {
      body: { ...list, limit, ...(gap.from > 0 && { offset: gap.from }) },
      gain: `${wordPlaces({ from: gap.from, to: gap.from + limit }, DOMAIN_PAGES.words)}, which no kept snapshot holds`,
    };
  }
  if (itemsNotFetched === null || itemsNotFetched === 0 || pages.length === 0) return undefined;
  // Asking again for the most would bring the same, even where the upstream sent fewer than it was asked for.
  const isFull = (request.limit ?? 0) >= MAX_LIMIT || pages.length >= MAX_LIMIT;
  const offset = (request.offset ?? 0) + (isFull ? pages.length : 0);
  return {
    body: { ...body, limit: MAX_LIMIT, ...(offset > 0 && { offset }) },
    gain: isFull ? `the next ${MAX_LIMIT} URLs` : `up to ${MAX_LIMIT} URLs in one call`,
  };
}
