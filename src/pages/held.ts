import { type PagesRequest, toListKey, toRequestKey, withDefaults } from "./request.ts";
import type { KeptPart, ReadSnapshots, Snapshot, SnapshotInfo } from "./snapshot.ts";

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

/** Where the pages stand in the list that they are of; of a slice, those of the snapshot that it is cut from. */
export function placeInList({ request, pages, sliceOf, oddList }: Snapshot): Held {
  const from = (request.offset ?? 0) - (sliceOf?.from ?? 0);
  // What came without being a page was fetched all the same: asking again would bring the same.
  const { emptyItems = 0, repeatedItems = 0 } = oddList ?? {};
  return { from, to: from + (sliceOf?.pages ?? pages.length) + emptyItems + repeatedItems };
}

export interface BesideDeps {
  snapshots: Pick<ReadSnapshots, "get" | "list">;
  /** Whom snapshots of the source `aisa` were bought of. */
  gateway: string;
  /** How far apart in time two parts of one list may be, ms: as long as an answer is fresh. */
  freshMs: number;
}

/** The last one made of each, so that what is worked out of a snapshot is worked out once. */
const BESIDE = new WeakMap<Snapshot, Snapshot>();

/**
 * A snapshot that knows which others hold the rest of its list, where it does not hold all of it: others of the same
 * request but for limit and offset, of about the same time. The snapshot itself where there are none, and where what is
 * kept cannot be listed: no answer fails over it.
 */
export async function withBeside(snapshot: Snapshot, deps: BesideDeps): Promise<Snapshot> {
  const { source, totalCount, fetchedAt } = snapshot;
  if (source === "import" || totalCount === null || fetchedAt === null) return snapshot;
  const { from, to } = placeInList(snapshot);
  if (from === 0 && to >= totalCount) return snapshot;
  const beside = await listBeside({ ...snapshot, fetchedAt }, deps).catch(() => []);
  if (beside.length === 0) return snapshot;
  const known = BESIDE.get(snapshot);
  if (JSON.stringify(known?.beside) === JSON.stringify(beside)) return known ?? snapshot;
  const fresh = { ...snapshot, beside };
  BESIDE.set(snapshot, fresh);
  return fresh;
}

async function listBeside(
  { id, source, request, fetchedAt }: Snapshot & { fetchedAt: number },
  { snapshots, gateway, freshMs }: BesideDeps,
): Promise<KeptPart[]> {
  const upstream = source === "aisa" ? gateway : source;
  const listKey = toListKey(request, upstream);
  const others = (await snapshots.list(request.target)).filter(
    (info) =>
      info.id !== id &&
      info.source === source &&
      info.pageCount > 0 &&
      info.fetchedAt !== null &&
      Math.abs(info.fetchedAt - fetchedAt) <= freshMs &&
      info.requestKey === toRequestKey(info.request, upstream) &&
      toListKey(info.request, upstream) === listKey,
  );
  return Promise.all(others.map((info) => toPart(info, snapshots)));
}

async function toPart(info: SnapshotInfo, snapshots: BesideDeps["snapshots"]): Promise<KeptPart> {
  const { id, pageCount, totalCount } = info;
  const { limit, offset } = withDefaults(info.request);
  const isShort = pageCount < Math.min(limit, (totalCount ?? 0) - offset);
  // Fewer pages than were asked for may be all that came: only the snapshot itself tells how many items were none.
  const whole = isShort ? await snapshots.get(id) : undefined;
  return { id, ...(whole === undefined ? { from: offset, to: offset + pageCount } : placeInList(whole)) };
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
