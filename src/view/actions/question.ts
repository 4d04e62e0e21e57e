import { batch } from "@preact/signals";
import type { Host } from "../bridge/host.ts";
import type { Params } from "../bridge/peer.ts";
import { NO_FILTER } from "../state/choose-rows.ts";
import { mergeRows, readRows } from "../state/placed-rows.ts";
import type { Store } from "../state/store.ts";
import { QUERY, readMeta, toFailure, toHandleSet } from "../state/take-result.ts";

/** A form's fields by the names of the tool's arguments; figures as numbers, nothing for what was left empty. */
export function toConditions(form: Iterable<[string, unknown]>): Params {
  const conditions: Params = {};
  for (const [name, value] of form) {
    if (typeof value !== "string" || value.trim() === "") continue;
    conditions[name] = name.startsWith("min_") ? Number(value) : value.trim();
  }
  return conditions;
}

/**
 * Asks the server which rows of the whole snapshot meet the conditions, and narrows the table to them. Free.
 * @returns why that did not come about; empty when it did, or when something else is shown by now
 */
export async function askQuestion(store: Store, host: Host, conditions: Params): Promise<string> {
  const snapshot = store.snapshot.value;
  if (snapshot === null) return "";
  const args = { snapshot_id: snapshot.head.snapshotId, ...conditions };
  const result = await host.callTool(QUERY, args).catch(toFailure);
  if (store.snapshot.value !== snapshot) return "";
  const view = readMeta(result.meta);
  if (result.isError || view?.kind !== "snapshot" || view.selection === null) {
    return result.isError ? result.text : "The host passed no rows on.";
  }
  const { rows, selection } = view;
  batch(() => {
    store.rows.value = mergeRows(store.rows.value, readRows(rows));
    store.filter.value = { ...NO_FILTER, question: toHandleSet(selection) };
  });
  return "";
}
