import type { PagesQuery } from "../query/query.ts";
import type { Selected } from "../query/selected.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { toSnapshotView } from "./snapshot-view.ts";
import type { SnapshotView } from "./view-data.ts";

/**
 * What a view shows of a question to a snapshot: the snapshot's rows, and which of them the question selected. A question
 * that chooses nothing pages through the rows, so that they begin where it does; for any other they begin with the first.
 */
export function toQueryView(snapshot: Snapshot, { query, where, handles }: Selected): SnapshotView {
  const isPaging = !choosesRows(query);
  return toSnapshotView(snapshot, {
    // Nothing was bought for it now, and how old it is is told by its time.
    ...(snapshot.source !== "import" && { delivery: { how: "kept", ageMs: null, leftUsd: null } }),
    from: isPaging && query.groupBy === null ? query.offset : 0,
    selection: isPaging ? null : { where, handles },
  });
}

/** Anything but rows, or groups of all rows, in fetched order. */
function choosesRows({ where, orderBy, fold, limit, groupBy, handles }: PagesQuery): boolean {
  const isPart = groupBy === null && limit !== null;
  return Object.keys(where).length > 0 || orderBy.length > 0 || !fold || isPart || handles.length > 0;
}
