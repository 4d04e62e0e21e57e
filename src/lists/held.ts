import { type AskedEndpoint, type ListRequest, toListKey, toRequestKey } from "./request.ts";
import type { KeptPart, ReadSnapshots, Snapshot, SnapshotInfo } from "./snapshot.ts";

/** Where the items that a request asks for stand in a kept snapshot: from the first to before the last, counted from 0. */
export interface Held {
  from: number;
  to: number;
}

/**
 * Whether a kept snapshot holds all that a request asks for: it was asked the same but for limit and offset, and its
 * items reach from the first that is wanted to the last, or to the end of the list.
 * @param upstream who is asked: an answer of one upstream never stands for that of another
 * @returns undefined when something is missing, or may be
 */
export function findHeld(
  endpoint: AskedEndpoint,
  kept: SnapshotInfo,
  request: ListRequest,
  upstream: string,
): Held | undefined {
  if (kept.endpoint !== endpoint.name) return undefined;
  const isOfUpstream = kept.requestKey === toRequestKey(endpoint, kept.request, upstream);
  if (!isOfUpstream) return undefined;
  if (toListKey(endpoint, kept.request, upstream) !== toListKey(endpoint, request, upstream)) return undefined;
  const { offset: keptFrom } = { ...endpoint.defaults, ...kept.request };
  const { offset, limit } = { ...endpoint.defaults, ...request };
  const from = offset - keptFrom;
  if (from < 0) return undefined;
  const reachesEnd = kept.totalCount !== null && keptFrom + kept.itemCount >= kept.totalCount;
  if (from + limit > kept.itemCount && !reachesEnd) return undefined;
  return { from: Math.min(from, kept.itemCount), to: Math.min(from + limit, kept.itemCount) };
}

/**
 * The items of a kept snapshot that were asked for, as the answer to that request. Its id and their handles stay those of
 * the snapshot, so that free questions to it mean the same. The snapshot itself, if these are all.
 */
export function cutSlice(snapshot: Snapshot, { from, to }: Held, request: ListRequest): Snapshot {
  const { items } = snapshot;
  if (from === 0 && to === items.length) return snapshot;
  return { ...snapshot, request, items: items.slice(from, to), sliceOf: { from, items: items.length } };
}

/** What is kept, as far as looking for an answer needs it. */
export interface KeptSnapshots extends Pick<ReadSnapshots, "get" | "list"> {
  /** The newest answer to one request (`toRequestKey`), however old; undefined when there is none. */
  newest(requestKey: string): Promise<Snapshot | undefined>;
}

export interface Wanted {
  endpoint: AskedEndpoint;
  request: ListRequest;
  upstream: string;
  /** Whether a snapshot will do: it is fresh enough. */
  willDo: (info: Pick<SnapshotInfo, "id" | "fetchedAt">) => boolean;
}

/** Of the kept snapshots that hold what a request asks for, the newest, cut to it. */
export async function findHolding(
  { endpoint, request, upstream, willDo }: Wanted,
  snapshots: Pick<KeptSnapshots, "get" | "list">,
): Promise<Snapshot | undefined> {
  for (const info of await snapshots.list(request.target)) {
    const held = willDo(info) ? findHeld(endpoint, info, request, upstream) : undefined;
    // Undefined when it made room since the list was made, or its file is damaged.
    const snapshot = held === undefined ? undefined : await snapshots.get(info.id);
    if (held !== undefined && snapshot?.requestKey === info.requestKey) return cutSlice(snapshot, held, request);
  }
  return undefined;
}

/** The kept answer to a request: the newest that was bought for the very same; else one that holds it. */
export async function findKept(wanted: Wanted, snapshots: KeptSnapshots): Promise<Snapshot | undefined> {
  const same = await snapshots.newest(toRequestKey(wanted.endpoint, wanted.request, wanted.upstream));
  return same !== undefined && wanted.willDo(same) ? same : findHolding(wanted, snapshots);
}

/** Where the items stand in the list that they are of; of a slice, those of the snapshot that it is cut from. */
export function placeInList({ request, items, sliceOf, oddList }: Snapshot): Held {
  const from = (request.offset ?? 0) - (sliceOf?.from ?? 0);
  // What came without being an item was fetched all the same: asking again would bring the same.
  const { emptyItems = 0, repeatedItems = 0 } = oddList ?? {};
  return { from, to: from + (sliceOf?.items ?? items.length) + emptyItems + repeatedItems };
}

export interface BesideDeps {
  endpoint: AskedEndpoint;
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
export async function withBeside<S extends Snapshot>(snapshot: S, deps: BesideDeps): Promise<S> {
  const { source, totalCount, fetchedAt } = snapshot;
  if (source === "import" || totalCount === null || fetchedAt === null) return snapshot;
  const { from, to } = placeInList(snapshot);
  if (from === 0 && to >= totalCount) return snapshot;
  const beside = await listBeside({ ...snapshot, fetchedAt }, deps).catch(() => []);
  if (beside.length === 0) return snapshot;
  const known = BESIDE.get(snapshot);
  if (JSON.stringify(known?.beside) === JSON.stringify(beside)) return (known as S | undefined) ?? snapshot;
  const fresh: S = { ...snapshot, beside };
  BESIDE.set(snapshot, fresh);
  return fresh;
}

async function listBeside(
  { id, source, request, fetchedAt }: Snapshot & { fetchedAt: number },
  { endpoint, snapshots, gateway, freshMs }: BesideDeps,
): Promise<KeptPart[]> {
  const upstream = source === "aisa" ? gateway : source;
  const listKey = toListKey(endpoint, request, upstream);
  const others = (await snapshots.list(request.target)).filter(
    (info) =>
      info.id !== id &&
      info.endpoint === endpoint.name &&
      info.source === source &&
      info.itemCount > 0 &&
      info.fetchedAt !== null &&
      Math.abs(info.fetchedAt - fetchedAt) <= freshMs &&
      info.requestKey === toRequestKey(endpoint, info.request, upstream) &&
      toListKey(endpoint, info.request, upstream) === listKey,
  );
  return Promise.all(others.map((info) => toPart(endpoint, info, snapshots)));
}

async function toPart(
  { defaults }: AskedEndpoint,
  info: SnapshotInfo,
  snapshots: BesideDeps["snapshots"],
): Promise<KeptPart> {
  const { id, itemCount, totalCount } = info;
  const { limit, offset } = { ...defaults, ...info.request };
  const isShort = itemCount < Math.min(limit, (totalCount ?? 0) - offset);
  // Fewer items than were asked for may be all that came: only the snapshot itself tells how many items were none.
  const whole = isShort ? await snapshots.get(id) : undefined;
  return { id, ...(whole === undefined ? { from: offset, to: offset + itemCount } : placeInList(whole)) };
}

/** For `sort`: the whole list of a target first, then the one with more items, then the newer. */
export function fullestFirst(a: SnapshotInfo, b: SnapshotInfo): number {
  const wholeness = (info: SnapshotInfo): number => (isWholeList(info) ? 1 : 0);
  return wholeness(b) - wholeness(a) || b.itemCount - a.itemCount || (b.fetchedAt ?? 0) - (a.fetchedAt ?? 0);
}

function isWholeList({ request, itemCount, totalCount }: SnapshotInfo): boolean {
  const { offset = 0, filters, backlinks_filters } = request;
  const isFiltered = filters !== undefined || backlinks_filters !== undefined;
  return totalCount !== null && offset === 0 && itemCount >= totalCount && !isFiltered;
}
