import type { Snapshot, SnapshotInfo } from "../pages/snapshot/snapshot.ts";

/** A snapshot without its pages. */
export function toSnapshotInfo(snapshot: Snapshot): SnapshotInfo {
  const { id, source, request, requestKey, fetchedAt, charge, totalCount, pages } = snapshot;
  return { id, source, request, requestKey, fetchedAt, charge, totalCount, pageCount: pages.length };
}

/** Where a snapshot stands among others, ms since the epoch; one whose time nobody knows counts as the oldest. */
export const timeOf = ({ fetchedAt }: Pick<Snapshot, "fetchedAt">): number => fetchedAt ?? 0;

/** For `sort`: the newest first; among equals the order stays. */
export const newestFirst = (a: Pick<Snapshot, "fetchedAt">, b: Pick<Snapshot, "fetchedAt">): number =>
  timeOf(b) - timeOf(a);
