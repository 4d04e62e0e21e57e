import { type PagesRequest, toListKey, toRequestKey, withDefaults } from "./request.ts";
import type { ReadSnapshots, Snapshot, SnapshotInfo } from "./snapshot.ts";

/** Where the pages that a request asks for stand in a kept snapshot: from the first to before the last, counted from 0. */
export interface Held {
  from: number;
  to: number;
}

/**
 * Whether a kept snapshot holds all that a request asks for: it was asked the same but for limit and offset, and its
 * pages reach from the first that is wanted to the last, or to the end of the list.
 * @param upstream who is asked: an answer of one upstream never stands for that of another
 * @returns undefined when something is missing, or may be
 */
export function findHeld(kept: SnapshotInfo, request: PagesRequest, upstream: string): Held | undefined {
  const isOfUpstream = kept.requestKey === toRequestKey(kept.request, upstream);
  if (!isOfUpstream || toListKey(kept.request, upstream) !== toListKey(request, upstream)) return undefined;
  const { offset: keptFrom } = withDefaults(kept.request);
  const { offset, limit } = withDefaults(request);
  const from = offset - keptFrom;
  if (from < 0) return undefined;
  const reachesEnd = kept.totalCount !== null && keptFrom + kept.pageCount >= kept.totalCount;
  if (from + limit > kept.pageCount && !reachesEnd) return undefined;
  return { from: Math.min(from, kept.pageCount), to: Math.min(from + limit, kept.pageCount) };
}

/**
 * The pages of a kept snapshot that were asked for, as the answer to that request. Its id and the pages' handles stay
 * those of the snapshot, so that free questions to it mean the same pages. The snapshot itself, if these are all.
 */
export function cutSlice(snapshot: Snapshot, { from, to }: Held, request: PagesRequest): Snapshot {
  const { pages } = snapshot;
  if (from === 0 && to === pages.length) return snapshot;
  return { ...snapshot, request, pages: pages.slice(from, to), sliceOf: { from, pages: pages.length } };
}

/** What is kept, as far as looking for an answer needs it. */
export interface KeptSnapshots extends Pick<ReadSnapshots, "get" | "list"> {
  /** The newest answer to one request (`toRequestKey`), however old; undefined when there is none. */
  newest(requestKey: string): Promise<Snapshot | undefined>;
}

export interface Wanted {
  request: PagesRequest;
  upstream: string;
  /** Whether a snapshot will do: it is fresh enough. */
  willDo: (info: Pick<SnapshotInfo, "id" | "fetchedAt">) => boolean;
}

/** Of the kept snapshots that hold what a request asks for, the newest, cut to it. */
export async function findHolding(
  { request, upstream, willDo }: Wanted,
  snapshots: Pick<KeptSnapshots, "get" | "list">,
): Promise<Snapshot | undefined> {
  for (const info of await snapshots.list(request.target)) {
    const held = willDo(info) ? findHeld(info, request, upstream) : undefined;
    // Undefined when it made room since the list was made, or its file is damaged.
    const snapshot = held === undefined ? undefined : await snapshots.get(info.id);
    if (held !== undefined && snapshot?.requestKey === info.requestKey) return cutSlice(snapshot, held, request);
  }
  return undefined;
}

/** The kept answer to a request: the newest that was bought for the very same; else one that holds it. */
export async function findKept(wanted: Wanted, snapshots: KeptSnapshots): Promise<Snapshot | undefined> {
  const same = await snapshots.newest(toRequestKey(wanted.request, wanted.upstream));
  return same !== undefined && wanted.willDo(same) ? same : findHolding(wanted, snapshots);
}

/** For `sort`: the whole list of a target first, then the one with more pages, then the newer. */
export function fullestFirst(a: SnapshotInfo, b: SnapshotInfo): number {
  const wholeness = (info: SnapshotInfo): number => (isWholeList(info) ? 1 : 0);
  return wholeness(b) - wholeness(a) || b.pageCount - a.pageCount || (b.fetchedAt ?? 0) - (a.fetchedAt ?? 0);
}

function isWholeList({ request, pageCount, totalCount }: SnapshotInfo): boolean {
  const { offset, filters, backlinks_filters } = withDefaults(request);
  const isFiltered = filters !== undefined || backlinks_filters !== undefined;
  return totalCount !== null && offset === 0 && pageCount >= totalCount && !isFiltered;
}
