import { batch } from "@preact/signals";
import type { ViewData, ViewSelection } from "../../pages/view/view-data.ts";
import { type HandleSet, NO_FILTER } from "./filter-rows.ts";
import { readRows } from "./read-rows.ts";
import { AS_FETCHED } from "./sort-rows.ts";
import type { Store } from "./store.ts";

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
