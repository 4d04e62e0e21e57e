import { createHash } from "node:crypto";
import { isReplyId, type KeptReplies } from "../pages/kept-reply.ts";
import type { Snapshot, SnapshotInfo } from "../pages/snapshot.ts";
import { createMemoryReplies } from "../store/kept-replies.ts";
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

const FACTS = { charge: "not_charged", so: "so kept snapshots cannot be read now" } as const;

/**
 * Snapshots of one tenant that all replicas share. A value is what one file of the disk store holds, under its id; what
 * a file's name tells is in an index, sorted by request key and time. All of it is written by one script, and expires.
 * While Redis is gone, what memory has is read from there; everything else fails as {AppError} `unavailable`.
 */
export function createRedisSnapshots(deps: RedisSnapshotsDeps): SnapshotStore {
  const { link, tenant, memory, maxAgeMs, pending, onProblem } = deps;
  // The number is the format's: two versions of this program that do not read each other's values share none.
  const key = (...parts: string[]) => link.key("snap1", toTenantFolder(tenant), ...parts);
  const names = key("names");
  const expiry = key("expiry");
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
    const keys = [key("value", id), key("aside", id), names, expiry];
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

  const fetchHeaders = async (missing: readonly string[]): Promise<void> => {
    const ids = missing.map((name) => parseSnapshotFile(name)?.id ?? "");
    const found = await link.run((redis) => redis.mgetBuffer(ids.map((id) => key("header", id))), FACTS);
    for (const [index, name] of missing.entries()) {
      const bytes = found[index] ?? null;
      const info = bytes === null ? "damaged" : decodeGone(bytes);
      if (info !== "damaged" && toSnapshotFile(info) === name) headers.set(name, info);
      else if (bytes !== null) onProblem({ kind: "damaged", what: "header", id: ids[index] ?? "" });
    }
  };

  const listShared = async (newest?: number): Promise<SnapshotInfo[]> => {
    const all = (await link.script(LIST_SNAPSHOTS, [names, expiry], [], FACTS)) as string[];
    const present = new Set(all);
    for (const file of headers.keys()) if (!present.has(file)) headers.delete(file);
    const parsed = all.map(parseSnapshotFile).filter((name) => name !== undefined);
    const files = parsed
      .sort((a, b) => b.time - a.time)
      .slice(0, newest)
      .map(({ file }) => file);
    const missing = files.filter((file) => !headers.has(file));
    for (let start = 0; start < missing.length; start += AT_ONCE) {
      await fetchHeaders(missing.slice(start, start + AT_ONCE));
    }
    return files.map((file) => headers.get(file)).filter((info) => info !== undefined);
  };

  return {
    async put(snapshot) {
      await memory.put(snapshot);
      try {
        const name = toSnapshotFile(snapshot);
        const bytes = await encodeSnapshot(snapshot);
        const header = cutHeader(bytes);
        if (name === undefined || header === undefined) throw new Error("It cannot be named.");
        const keys = [key("value", snapshot.id), key("header", snapshot.id), names, expiry];
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
        shared = await listShared(target === undefined ? newest : undefined);
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

/** Evidence and rare: more than these tell nothing new. */
const MAX_REPLIES = 20;

const MAX_REPLY_BYTES = 16 * 1024 * 1024;

const REPLY_FACTS = { charge: "not_charged", so: "so kept replies cannot be read now" } as const;

/** KEYS: value, ids. ARGV: id, text, ms that it lives, how many stay, what the key of a value begins with. */
const PUT_REPLY = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local ids = KEYS[2]
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('ZADD', ids, string.format('%.0f', now), ARGV[1])
redis.call('PEXPIRE', ids, ARGV[3])
redis.call('ZREMRANGEBYSCORE', ids, '-inf', string.format('%.0f', now - ARGV[3] * 1000))
for _, old in ipairs(redis.call('ZRANGE', ids, 0, -ARGV[4] - 1)) do
  redis.call('DEL', ARGV[5] .. old)
  redis.call('ZREM', ids, old)
end
return 1
`;

/**
 * Paid replies of one tenant that could not be read, which all replicas share. They expire as snapshots do. What Redis
 * does not take now is kept in memory, read from there, and written when it is back.
 */
export function createRedisReplies({
  link,
  tenant,
  maxAgeMs,
  pending,
}: Pick<RedisSnapshotsDeps, "link" | "tenant" | "maxAgeMs" | "pending">): KeptReplies {
  const key = (...parts: string[]) => link.key("reply1", toTenantFolder(tenant), ...parts);
  const ids = key("ids");
  const ms = Math.max(1, Math.floor(maxAgeMs));
  const memory = createMemoryReplies();
  return {
    async put(id, text) {
      const bytes = Buffer.byteLength(text);
      if (!isReplyId(id) || bytes > MAX_REPLY_BYTES) return false;
      const args = [id, text, ms, MAX_REPLIES, key("value", "")];
      const write = () => link.script(PUT_REPLY, [key("value", id), ids], args);
      const first = await pending.add({ what: "reply", bytes, write });
      return first.is === "written" || memory.put(id, text);
    },
    async get(id) {
      if (!isReplyId(id)) return undefined;
      const inMemory = await memory.get(id);
      return inMemory ?? (await link.run((redis) => redis.get(key("value", id)), REPLY_FACTS)) ?? undefined;
    },
    async list() {
      const inMemory = await memory.list();
      try {
        const shared = await link.run((redis) => redis.zrevrange(ids, 0, -1), REPLY_FACTS);
        return [...inMemory.filter((id) => !shared.includes(id)), ...shared];
      } catch (error) {
        if (inMemory.length === 0) throw error;
        return inMemory;
      }
    },
  };
}

/** Redis's own clock in ms: that of replicas may differ. */
export const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** Takes names of what has expired out of both indexes, a bounded number each time. */
const PRUNE = `
local old = redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, 1000)
if #old > 0 then
  redis.call('ZREM', names, unpack(old))
  redis.call('ZREM', expiry, unpack(old))
end
`;

/** KEYS: value, header, names, expiry. ARGV: name, value, header, ms that the value lives, ms that the header lives. */
export const PUT_SNAPSHOT = `
${NOW}
local names, expiry = KEYS[3], KEYS[4]
${PRUNE}
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[5])
redis.call('ZADD', names, 0, ARGV[1])
redis.call('ZADD', expiry, now + ARGV[4], ARGV[1])
redis.call('PEXPIRE', names, ARGV[4])
redis.call('PEXPIRE', expiry, ARGV[4])
return 1
`;

/** KEYS: names, expiry. @returns the names of all that have not expired */
export const LIST_SNAPSHOTS = `
${NOW}
local names, expiry = KEYS[1], KEYS[2]
${PRUNE}
return redis.call('ZRANGE', names, 0, -1)
`;

/**
 * KEYS: value, where to, names, expiry. ARGV: SHA-1 of the damaged value, its id, ms to keep it. Does nothing when the
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
  end
end
return 1
`;
