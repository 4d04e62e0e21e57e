import { type Params, toParams } from "../bridge/peer.ts";
import { QUERY, toFailure } from "../state/load-rows.ts";
import type { Store } from "../state/store.ts";

/** Everything that came for one page, in words. */
export interface PageRecord {
  handle: string;
  url: string;
  fields: { name: string; value: string }[];
}

/** What there is to show of a record. */
export type RecordState =
  | { kind: "loading" }
  | { kind: "here"; record: PageRecord }
  /** Why there is none. */
  | { kind: "missing"; words: string };

/** Reads one page's record from the file, or asks the host for it. Free. */
export async function loadRecord(store: Store, handle: string): Promise<RecordState> {
  if (store.file !== null) {
    const record = store.file.records[handle];
    return record === undefined ? missing("This file holds no record of it.") : here({ handle, ...record });
  }
  const host = store.host.value;
  const snapshotId = store.snapshot.value?.head.snapshotId;
  if (host === null || snapshotId === undefined || !host.can.callTools) {
    return missing("This host does not let the view ask for the full record.");
  }
  const result = await host.callTool(QUERY, { snapshot_id: snapshotId, handles: [handle] }).catch(toFailure);
  if (result.isError) return missing(result.text);
  const record = readRecord(handle, result.structured);
  return record === null ? missing("The answer holds no record of it.") : here(record);
}

const here = (record: PageRecord): RecordState => ({ kind: "here", record });
const missing = (words: string): RecordState => ({ kind: "missing", words });

/** As the tool calls what did not fit into its answer. */
const LEFT_OUT = "left_out";

function readRecord(handle: string, structured: Params): PageRecord | null {
  const fields = toParams(toParams(structured["records"])[handle]);
  const { url } = fields;
  if (typeof url !== "string") return null;
  return {
    handle,
    url,
    fields: Object.entries(fields)
      .filter(([name]) => name !== "url")
      .map(([name, value]) => ({
        name: name === LEFT_OUT ? "left out to fit" : name,
        value: typeof value === "string" ? value : JSON.stringify(value),
      })),
  };
}
