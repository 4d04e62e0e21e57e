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
