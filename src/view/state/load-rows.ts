import type { ToolResult } from "../bridge/host.ts";
import { findGap, mergeRows, readRows } from "./read-rows.ts";
import { readMeta } from "./read-view.ts";
import type { Store } from "./store.ts";

export const QUERY = "query_domain_pages";

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
