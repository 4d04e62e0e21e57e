import { createHash } from "node:crypto";
import type { Snapshot, SnapshotInfo } from "../lists/snapshot.ts";
import { toErrorCode } from "../store/private-files.ts";
import { cutHeader, decodeGone, decodeSnapshot, encodeSnapshot } from "../store/snapshot-file.ts";
import {
  isRequestKey,
  isSnapshotId,
  newestFirst,
  ofTarget,
  parseSnapshotFile,
  timeOf,
  toSnapshotFile,
  toTenantFolder,
} from "../store/snapshot-name.ts";
import type { SnapshotStore } from "../store/snapshot-store.ts";
import type { OnRedisProblem } from "./failures.ts";
import type { RedisLink } from "./link.ts";
import type { PendingWrites } from "./pending-writes.ts";

export interface RedisSnapshotsDeps {
  link: RedisLink;
  tenant: string;
  /** Of the same tenant, in front: what this process has put or read is neither fetched nor decoded again. */
  memory: SnapshotStore;
  /** How long a snapshot stays after it was put. */
  maxAgeMs: number;
  /** Keeps what Redis does not take now. */
  pending: PendingWrites;
  onProblem: OnRedisProblem;
}

/** How much longer a header stays than its snapshot, so that it can be bought again by its id; about 1 kB each. */
const GONE_MS = 90 * 86_400_000;

const SET_ASIDE_MS = 7 * 86_400_000;

/** More of one request than anybody damages; the first is right as a rule. */
const MAX_TRIED = 8;

/** Headers fetched by one command. */
const AT_ONCE = 500;

/** About 1 kB each. */
const MAX_HEADERS = 2000;

const FACTS = { charge: "not_charged", so: "so kept snapshots cannot be read now" } as const;

/**
 * Snapshots of one tenant that all replicas share. A value is what one file of the disk store holds, under its id; what
 * a file's name tells is in an index, sorted by request key and time; the names of each target are in a set, so that a
 * question to a target reads no others. All of it is written by one script, and expires.
 * While Redis is gone, what memory has is read from there; everything else fails as {AppError} `unavailable`.
 */
export function createRedisSnapshots(deps: RedisSnapshotsDeps): SnapshotStore {
  const { link, tenant, memory, maxAgeMs, pending, onProblem } = deps;
  // The number is the format's: two versions of this program that do not read each other's values share none.
  const key = (...parts: string[]) => link.key("snap1", toTenantFolder(tenant), ...parts);
  const names = key("names");
  const expiry = key("expiry");
  /** The names that stand in the set of their target. Versions before this one had none. */
  const indexed = key("indexed");
  const indexes = [names, expiry, indexed];
  /** No target is called `?`: of what nothing could be found out about. */
  const ofOneTarget = (target = "?") => key("target", target);
  const valueMs = Math.max(1, Math.floor(maxAgeMs));
  const headers = new Map<string, SnapshotInfo>();
  const fetching = new Map<string, Promise<Snapshot | undefined>>();

  const fetchOnce = async (id: string): Promise<Snapshot | undefined> => {
    const bytes = await link.run((redis) => redis.getBuffer(key("value", id)), FACTS);
    if (bytes === null) return undefined;
    const snapshot = await decodeSnapshot(bytes);
    if (snapshot !== "damaged" && snapshot.id === id) {
      await memory.put(snapshot);
      return snapshot;
    }
    onProblem({ kind: "damaged", what: "snapshot", id });
    const sha = createHash("sha1").update(bytes).digest("hex");
    const keys = [key("value", id), key("aside", id), ...indexes];
    // Where it stays until it expires, it is found damaged again: no more than a nuisance.
    await link.script(SET_ASIDE, keys, [sha, id, SET_ASIDE_MS]).catch(() => {});
    return undefined;
  };

  /** Those who want the same at once get the same object. */
  const fetch = (id: string): Promise<Snapshot | undefined> => {
    const known = fetching.get(id);
    if (known !== undefined) return known;
    const fetched = fetchOnce(id).finally(() => fetching.delete(id));
    fetching.set(id, fetched);
    return fetched;
  };

  /** @returns undefined when Redis has none that is newer than the one at hand */
  const getNewer = async (requestKey: string, atHand: Snapshot | undefined): Promise<Snapshot | undefined> => {
    const files = await link.run(
      (redis) => redis.zrevrangebylex(names, `(${requestKey}/`, `[${requestKey}.`, "LIMIT", 0, MAX_TRIED),
      FACTS,
    );
    for (const name of files.map(parseSnapshotFile)) {
      if (name === undefined) continue;
      if (atHand !== undefined && timeOf(atHand) >= name.time) return undefined;
      const snapshot = (await memory.get(name.id)) ?? (await fetch(name.id));
      if (snapshot !== undefined && toSnapshotFile(snapshot) === name.file) return snapshot;
    }
    return undefined;
  };

  /** In the order of the names; undefined where there is none, or none that can be read. */
  const fetchHeaders = async (files: readonly string[]): Promise<(SnapshotInfo | undefined)[]> => {
    const ids = files.map((name) => parseSnapshotFile(name)?.id ?? "");
    const found = await link.run((redis) => redis.mgetBuffer(ids.map((id) => key("header", id))), FACTS);
    return files.map((name, index) => {
      const bytes = found[index] ?? null;
      const info = bytes === null ? "damaged" : decodeGone(bytes);
      if (info !== "damaged" && toSnapshotFile(info) === name) return info;
      if (bytes !== null) onProblem({ kind: "damaged", what: "header", id: ids[index] ?? "" });
      return undefined;
    });
  };

  const readHeaders = async (files: readonly string[]): Promise<SnapshotInfo[]> => {
    const infos = new Map(files.map((file) => [file, headers.get(file)]));
    const unknown = files.filter((file) => infos.get(file) === undefined);
    for (const batch of toBatches(unknown)) {
      const found = await fetchHeaders(batch);
      for (const [index, file] of batch.entries()) infos.set(file, found[index]);
    }
    for (const [file, info] of infos) {
      // Those asked for last stay.
      headers.delete(file);
      if (info !== undefined) headers.set(file, info);
    }
    while (headers.size > MAX_HEADERS) headers.delete(headers.keys().next().value as string);
    return [...infos.values()].filter((info) => info !== undefined);
  };

  let indexing: Promise<void> | undefined;
  /** Puts into the sets of their targets what a version without such sets has put. */
  const index = async (missing: readonly string[]): Promise<void> => {
    for (const batch of toBatches(missing)) {
      const infos = await fetchHeaders(batch);
      const targets = infos.map((info) => ofOneTarget(info?.request.target));
      await link.script(INDEX_SNAPSHOTS, [...indexes, ...targets], [valueMs, valueMs + GONE_MS, ...batch], FACTS);
    }
  };

  const listNames = async (target: string | undefined): Promise<string[]> => {
    if (target === undefined) return (await link.script(LIST_SNAPSHOTS, indexes, [], FACTS)) as string[];
    const ask = async () => {
      const keys = [...indexes, ofOneTarget(target)];
      return (await link.script(LIST_OF_TARGET, keys, [], FACTS)) as [own: string[], missing: string[]];
    };
    const [own, missing] = await ask();
    if (missing.length === 0) return own;
    // Those who ask at once wait for the same.
    indexing ??= index(missing).finally(() => {
      indexing = undefined;
    });
    await indexing;
    return (await ask())[0];
  };

  const listShared = async (target?: string, newest?: number): Promise<SnapshotInfo[]> => {
    const parsed = (await listNames(target)).map(parseSnapshotFile).filter((name) => name !== undefined);
    const files = parsed.sort((a, b) => b.time - a.time).map(({ file }) => file);
    return readHeaders(files.slice(0, newest));
  };

  return {
    async put(snapshot) {
      await memory.put(snapshot);
      try {
        const name = toSnapshotFile(snapshot);
        const bytes = await encodeSnapshot(snapshot);
        const header = cutHeader(bytes);
        if (name === undefined || header === undefined) throw new Error("It cannot be named.");
        const { id, request } = snapshot;
        const keys = [key("value", id), key("header", id), ...indexes, ofOneTarget(request.target)];
        const args = [name, bytes, header, valueMs, valueMs + GONE_MS];
        const write = () => link.script(PUT_SNAPSHOT, keys, args);
        const first = await pending.add({ what: "snapshot", bytes: bytes.length, write });
        if (first.is === "written") return { where: "disk" };
        const problem = first.is === "waiting" ? `the shared store does not take it yet, ${first.code}` : first.code;
        return { where: "memory", problem };
      } catch (error) {
        return { where: "memory", problem: toErrorCode(error) };
      }
    },

    async get(id) {
      // Ids come from clients.
      if (!isSnapshotId(id)) return undefined;
      return (await memory.get(id)) ?? fetch(id);
    },

    async newest(requestKey) {
      const inMemory = await memory.newest(requestKey);
      if (!isRequestKey(requestKey)) return inMemory;
      const shared = await getNewer(requestKey, inMemory).catch((error: unknown) => {
        if (inMemory === undefined) throw error;
      });
      return shared ?? inMemory;
    },

    async list(target, newest) {
      let shared: SnapshotInfo[];
      try {
        shared = await listShared(target, newest);
      } catch (error) {
        // A question to a target is answered by what is at hand; a list of everything would not be one.
        const inMemory = target === undefined ? [] : await memory.list(target, newest);
        if (inMemory.length === 0) throw error;
        return inMemory;
      }
      const ids = new Set(shared.map(({ id }) => id));
      const inMemoryOnly = (await memory.list(target)).filter(({ id }) => !ids.has(id));
      return [...inMemoryOnly, ...shared].filter(ofTarget(target)).sort(newestFirst).slice(0, newest);
    },

    async gone(id) {
      if (!isSnapshotId(id) || (await memory.get(id)) !== undefined) return undefined;
      const [isThere, bytes] = await link.run(
        // Sent together.
        (redis) => Promise.all([redis.exists(key("value", id)), redis.getBuffer(key("header", id))]),
        FACTS,
      );
      if (isThere === 1) return undefined;
      const info = bytes === null ? "damaged" : decodeGone(bytes);
      return info !== "damaged" && info.id === id ? info : memory.gone(id);
    },
  };
}

function* toBatches(names: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < names.length; start += AT_ONCE) yield names.slice(start, start + AT_ONCE);
}

/** Redis's own clock in ms: that of replicas may differ. */
export const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** Takes names of what has expired out of the indexes, a bounded number each time. */
const PRUNE = `
local old = redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, 1000)
if #old > 0 then
  redis.call('ZREM', names, unpack(old))
  redis.call('ZREM', expiry, unpack(old))
  redis.call('SREM', indexed, unpack(old))
end
`;

/**
 * KEYS: value, header, names, expiry, indexed, those of the target. ARGV: name, value, header, ms that the value lives, ms
 * that the header lives.
 */
export const PUT_SNAPSHOT = `
${NOW}
local names, expiry, indexed = KEYS[3], KEYS[4], KEYS[5]
${PRUNE}
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[5])
redis.call('ZADD', names, 0, ARGV[1])
redis.call('ZADD', expiry, now + ARGV[4], ARGV[1])
redis.call('PEXPIRE', names, ARGV[4])
redis.call('PEXPIRE', expiry, ARGV[4])
redis.call('SADD', indexed, ARGV[1])
redis.call('PEXPIRE', indexed, ARGV[4])
redis.call('SADD', KEYS[6], ARGV[1])
redis.call('PEXPIRE', KEYS[6], ARGV[5])
return 1
`;

/** KEYS: names, expiry, indexed. @returns the names of all that have not expired */
export const LIST_SNAPSHOTS = `
${NOW}
local names, expiry, indexed = KEYS[1], KEYS[2], KEYS[3]
${PRUNE}
return redis.call('ZRANGE', names, 0, -1)
`;

/**
 * KEYS: names, expiry, indexed, those of the target. A walk over all names is made only where their number shows that a
 * version without sets of targets has put or removed some.
 * @returns the names of the target that have not expired; the names of all that stand in the set of no target
 */
export const LIST_OF_TARGET = `
${NOW}
local names, expiry, indexed = KEYS[1], KEYS[2], KEYS[3]
${PRUNE}
local missing = {}
if redis.call('ZCARD', names) ~= redis.call('SCARD', indexed) then
  for _, name in ipairs(redis.call('SMEMBERS', indexed)) do
    if not redis.call('ZSCORE', names, name) then redis.call('SREM', indexed, name) end
  end
  for _, name in ipairs(redis.call('ZRANGE', names, 0, -1)) do
    if redis.call('SISMEMBER', indexed, name) == 0 then missing[#missing + 1] = name end
  end
end
local own = {}
for _, name in ipairs(redis.call('SMEMBERS', KEYS[4])) do
  if redis.call('ZSCORE', names, name) then
    own[#own + 1] = name
  else
    redis.call('SREM', KEYS[4], name)
  end
end
return {own, missing}
`;

/**
 * KEYS: names, expiry, indexed, then of each name those of its target. ARGV: ms that a value lives, ms that a header
 * lives, then the names.
 */
export const INDEX_SNAPSHOTS = `
local names, indexed = KEYS[1], KEYS[3]
for at = 3, #ARGV do
  local name, target = ARGV[at], KEYS[at + 1]
  if redis.call('ZSCORE', names, name) then
    redis.call('SADD', indexed, name)
    redis.call('SADD', target, name)
    redis.call('PEXPIRE', target, ARGV[2])
  end
end
redis.call('PEXPIRE', indexed, ARGV[1])
return 1
`;

/**
 * KEYS: value, where to, names, expiry, indexed. ARGV: SHA-1 of the damaged value, its id, ms to keep it. Does nothing when the
 * value has been put anew meanwhile.
 */
export const SET_ASIDE = `
local value = redis.call('GET', KEYS[1])
if not value or redis.sha1hex(value) ~= ARGV[1] then return 0 end
redis.call('RENAME', KEYS[1], KEYS[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
for _, name in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  if string.find(name, '.' .. ARGV[2] .. '.', 1, true) then
    redis.call('ZREM', KEYS[3], name)
    redis.call('ZREM', KEYS[4], name)
    redis.call('SREM', KEYS[5], name)
  end
end
return 1
`;
