import type { ToolResult } from "../bridge/host.ts";
import { loadRows, QUERY, toFailure } from "./load-rows.ts";
import { readMeta } from "./read-view.ts";
import { showView } from "./show-view.ts";
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
