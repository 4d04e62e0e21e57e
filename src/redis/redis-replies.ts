import { isReplyId, type KeptReplies } from "../lists/kept-reply.ts";
import { MAX_REPLIES, MAX_REPLIES_BYTES } from "../store/kept-replies.ts";
import { toTenantFolder } from "../store/snapshot-name.ts";
import type { RedisSnapshotsDeps } from "./redis-snapshots.ts";

/** A larger one stays in the memory of the replica that has it. */
const MAX_REPLY_BYTES = 16 * 1024 * 1024;

const REPLY_FACTS = { charge: "not_charged", so: "so kept replies cannot be read now" } as const;

/**
 * KEYS: value, ids. ARGV: id, text, ms that it lives, how many stay, what the key of a value begins with, how many bytes
 * stay. The oldest make room.
 */
const PUT_REPLY = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local ids = KEYS[2]
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('ZADD', ids, string.format('%.0f', now), ARGV[1])
redis.call('PEXPIRE', ids, ARGV[3])
redis.call('ZREMRANGEBYSCORE', ids, '-inf', string.format('%.0f', now - ARGV[3] * 1000))
local bytes = 0
for place, each in ipairs(redis.call('ZREVRANGE', ids, 0, -1)) do
  bytes = bytes + redis.call('STRLEN', ARGV[5] .. each)
  if place > tonumber(ARGV[4]) or bytes > tonumber(ARGV[6]) then
    redis.call('DEL', ARGV[5] .. each)
    redis.call('ZREM', ids, each)
  end
end
return 1
`;

export interface RedisRepliesDeps extends Pick<RedisSnapshotsDeps, "link" | "tenant" | "maxAgeMs" | "pending"> {
  /** Of the same tenant, in this process. */
  memory: KeptReplies;
}

/**
 * Paid replies of one tenant that could not be read, which all replicas share. They expire as snapshots do. What Redis
 * does not take now is kept in memory, read from there, and written when it is back.
 */
export function createRedisReplies({ link, tenant, maxAgeMs, pending, memory }: RedisRepliesDeps): KeptReplies {
  const key = (...parts: string[]) => link.key("reply1", toTenantFolder(tenant), ...parts);
  const ids = key("ids");
  const ms = Math.max(1, Math.floor(maxAgeMs));
  return {
    async put(id, text) {
      const bytes = Buffer.byteLength(text);
      if (!isReplyId(id)) return false;
      if (bytes > MAX_REPLY_BYTES) return memory.put(id, text);
      const args = [id, text, ms, MAX_REPLIES, key("value", ""), MAX_REPLIES_BYTES];
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
