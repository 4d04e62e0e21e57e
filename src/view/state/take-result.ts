import { batch } from "@preact/signals";
import {
  CALLED_TOOLS,
  type ComparisonView,
  type SnapshotView,
  VIEW_META_KEY,
  type ViewData,
  type ViewFile,
  type ViewSelection,
} from "../../pages/view/view-data.ts";
import type { ToolResult } from "../bridge/host.ts";
import { AS_FETCHED, type HandleSet, NO_FILTER } from "./choose-rows.ts";
import { findGap, mergeRows, readRows } from "./placed-rows.ts";
import type { Store } from "./store.ts";

/** Shows a tool's result: what is drawn from it, or what there is to say instead. */
export async function takeResult(store: Store, result: ToolResult): Promise<void> {
  if (result.isError) {
    store.phase.value = { kind: "failed", words: result.text || "The tool failed and gave no reason." };
    return;
  }
  const view = readMeta(result.meta);
  if (view !== null) {
    showView(store, view);
    await loadRows(store);
    return;
  }
  await askForView(store, result);
}

/** A host may strip what a model does not need; the free tool gives it again. */
async function askForView(store: Store, { structured, text }: ToolResult): Promise<void> {
  const host = store.host.value;
  const snapshotId = structured["snapshot_id"];
  if (host === null || !host.can.callTools || typeof snapshotId !== "string") {
    store.phase.value = { kind: "bare", words: text };
    return;
  }
  store.phase.value = { kind: "asking" };
  const again = await host.callTool(QUERY, { snapshot_id: snapshotId }).catch(toFailure);
  const view = readMeta(again.meta);
  if (view === null) {
    store.phase.value = { kind: "bare", words: again.isError ? again.text : text };
    return;
  }
  showView(store, view);
  await loadRows(store);
}

/** Shows something new from its start: what was filtered, marked or open belonged to what was shown before. */
export function showView(store: Store, view: ViewData): void {
  batch(() => {
    store.view.value = view;
    store.phase.value = { kind: "shown" };
    store.rows.value = view.kind === "snapshot" ? readRows(view.rows) : [];
    store.loading.value = { isRunning: false, problem: null };
    const question = view.kind === "snapshot" && view.selection !== null ? toHandleSet(view.selection) : null;
    store.filter.value = { ...NO_FILTER, question };
    store.sort.value = AS_FETCHED;
    store.marked.value = new Set();
    store.opened.value = null;
    store.said.value = "";
  });
}

export const toHandleSet = ({ where, handles, total }: ViewSelection): HandleSet => ({
  name: where.length === 0 ? "the rows of the answer" : where.join(", "),
  handles: new Set(handles),
  total,
});

export const QUERY = CALLED_TOOLS.query;

/** More rows than the endpoint gives in ten answers: an imported file of that size is read with its own tools. */
const MAX_ROWS = 10_000;

/** Fetches the rows that did not fit into the result, part by part, through the host. Free. */
export async function loadRows(store: Store): Promise<void> {
  const host = store.host.value;
  const view = store.snapshot.value;
  if (host === null || view === null || !host.can.callTools || store.loading.value.isRunning) return;
  const total = Math.min(view.rows.total, MAX_ROWS);
  const isCurrent = () => store.snapshot.value === view;
  store.loading.value = { isRunning: true, problem: null };
  let problem: string | null = null;
  for (let gap = findGap(store.rows.value, total); gap !== null; gap = findGap(store.rows.value, total)) {
    const args = { snapshot_id: view.head.snapshotId, offset: gap };
    problem = takePart(store, isCurrent, gap, await host.callTool(QUERY, args).catch(toFailure));
    if (!isCurrent()) return;
    if (problem !== null) break;
  }
  store.loading.value = { isRunning: false, problem };
}

/** @returns why there is nothing in it; null when it brought the rows that were asked for */
function takePart(store: Store, isCurrent: () => boolean, gap: number, result: ToolResult): string | null {
  if (result.isError) return result.text;
  const part = readMeta(result.meta);
  const rows = part?.kind === "snapshot" ? readRows(part.rows) : [];
  if (!rows.some(({ index }) => index === gap)) return "The host passed no more rows on.";
  if (isCurrent()) store.rows.value = mergeRows(store.rows.value, rows);
  return null;
}

/** A call that did not come about, as a result that says so. */
export const toFailure = (error: unknown): ToolResult => ({
  isError: true,
  text: error instanceof Error ? error.message : String(error),
  structured: {},
  meta: {},
});

/** What a result's `_meta` holds for the view; null when it holds nothing, or what this version cannot read. */
export const readMeta = (meta: Record<string, unknown>): ViewData | null => readView(meta[VIEW_META_KEY]);

function readView(value: unknown): ViewData | null {
  if (typeof value !== "object" || value === null) return null;
  const { kind, version } = value as Partial<ViewData>;
  if (version !== 1) return null;
  if (kind === "snapshot") return isSnapshot(value as Partial<SnapshotView>) ? (value as SnapshotView) : null;
  if (kind === "comparison") return isComparison(value as Partial<ComparisonView>) ? (value as ComparisonView) : null;
  return null;
}

// A host may pass a part of it on only: what is drawn without asking has to be there.
const isSnapshot = ({ head, rows, findings, breakdowns }: Partial<SnapshotView>): boolean =>
  typeof head === "object" && Array.isArray(rows?.cells) && Array.isArray(findings) && typeof breakdowns === "object";

const isComparison = ({ comparison }: Partial<ComparisonView>): boolean =>
  typeof comparison === "object" && Array.isArray(comparison.blocks);

/** What the page was written with; null where a host is to tell. */
export function readFile(json: string): ViewFile | null {
  const file: unknown = JSON.parse(json);
  if (typeof file !== "object" || file === null) return null;
  const { view, records = {}, redirects = null } = file as Partial<ViewFile>;
  const read = readView(view);
  return read && { view: read, records, redirects };
}
