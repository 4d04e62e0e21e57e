import { renderRedirectsCsv } from "../export/redirects-csv.ts";
import { toRecords } from "../query/page-record.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { toComparisonView } from "./comparison-view.ts";
import { toSnapshotView } from "./snapshot-view.ts";
import type { ViewFile } from "./view-data.ts";

/** A file has room for everything. */
const WHOLE = { maxBytes: Infinity } as const;

/** One snapshot as a file that needs no host: all rows, every record in words, and the reclaim list. */
export function toSnapshotFile(snapshot: Snapshot): ViewFile {
  const records = toRecords(snapshot.pages, Infinity).map(
    ({ handle, url, fields }): [string, ViewFile["records"][string]] => [handle, { url, fields }],
  );
  return {
    view: toSnapshotView(snapshot, WHOLE),
    records: Object.fromEntries(records),
    redirects: renderRedirectsCsv(snapshot),
  };
}

/** Two snapshots, compared, as such a file. */
export const toComparisonFile = (first: Snapshot, second: Snapshot): ViewFile => ({
  view: toComparisonView(first, second, { ...WHOLE, surface: "cli" }),
  records: {},
  redirects: null,
});
