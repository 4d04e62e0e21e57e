import { sumBacklinks } from "../answer/fold-sums.ts";
import { type HeaderOptions, toHeaderFacts } from "../answer/header-facts.ts";
import { describeCoverage, describeFilters, describeMoney, describeView } from "../answer/render-header.ts";
import { foldsOf } from "../answer/snapshot-folds.ts";
import { toRequestBody } from "../request/request.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { countOf, toOneLine } from "../text.ts";
import { fitItems, jsonBytes } from "./fit-items.ts";
import type { ViewHead } from "./view-data.ts";

/** The longest name that DNS knows. */
const MAX_TARGET_CHARS = 253;
const MAX_ASKED_CHARS = 600;
const MAX_NOTE_CHARS = 300;

/** @param bytes for the request, and as many for the notes */
export function toViewHead(snapshot: Snapshot, options: HeaderOptions, bytes: number): ViewHead {
  const rows = foldsOf(snapshot);
  const facts = toHeaderFacts(snapshot, rows.length, options);
  const backlinks = sumBacklinks(rows).links ?? 0;
  // All rows of the snapshot are within reach of a view, so it is told nothing of any that an answer leaves out.
  const whole = { rowsLeftOut: 0, columnsLeftOut: [], findingsLeftOut: 0, backlinksShown: backlinks };
  const request = toRequestBody(snapshot.request);
  return {
    target: toOneLine(facts.target, MAX_TARGET_CHARS),
    snapshotId: facts.snapshotId,
    source: facts.source,
    fetchedAt: facts.fetchedAt,
    charge: [...(facts.source === "import" ? ["imported"] : []), ...describeMoney(facts)].join("; "),
    coverage: facts.pagesFetched === 0 ? "no pages" : describeCoverage({ coverage: facts.coverage, ...whole }),
    asked: toOneLine([describeView(facts), ...describeFilters(facts)].join("; "), MAX_ASKED_CHARS),
    pagesFetched: facts.pagesFetched,
    pagesTotal: facts.pagesTotal,
    folds: facts.folds,
    backlinks,
    request: jsonBytes(request) <= bytes ? { ...request } : null,
    notes: fitNotes(facts.notes, bytes),
  };
}

function fitNotes(notes: readonly string[], bytes: number): string[] {
  const lines = notes.map((note) => toOneLine(note, MAX_NOTE_CHARS));
  const kept = fitItems(lines, bytes);
  return kept.length === lines.length
    ? kept
    : [...kept, `${countOf(lines.length - kept.length, "more note")} left out`];
}
