import { randomBytes } from "node:crypto";
import { addLine, createFold, type Fold } from "../spend/ledger/day-fold.ts";
import { isDay } from "../spend/ledger/ledger.ts";
import { createJoinWaiting, createOneAtATime, type LedgerLines } from "../spend/ledger/lines.ts";
import { encodeRecord, parseRecord, type ReserveRecord } from "../spend/ledger/records.ts";
import type { RedisLink } from "./link.ts";
import type { PendingWrites } from "./pending-writes.ts";

export interface RedisLinesDeps {
  link: RedisLink;
  /** Keeps what must get into the books and cannot now. */
  pending: PendingWrites;
  now: () => number;
}

const DAY_MS = 86_400_000;

/** A year back, and some. */
const KEPT_MS = 400 * DAY_MS;

/** How long it is remembered which records were appended: an append that is still tried after days is none of ours. */
const NONCES_MS = 8 * DAY_MS;

/** How long a reservation is tried. */
const APPEND_MS = 2000;

/** Today, and yesterday around midnight. */
const FOLLOWED_DAYS = 2;

/** KEYS: lines, nonces, days. ARGV: nonce, text, ms kept, ms that nonces are kept, day, its beginning in ms. */
const APPEND = `
if redis.call('HSETNX', KEYS[2], ARGV[1], 'in') == 0 then return 0 end
redis.call('RPUSH', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('ZADD', KEYS[3], ARGV[6], ARGV[5])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[6] - ARGV[3])
return 1
`;

/**
 * As APPEND, of what takes back the record with this nonce: where that has been appended, the text is; where it has
 * not, it never will be.
 */
const WITHDRAW = `
local state = redis.call('HGET', KEYS[2], ARGV[1])
if state == 'out' then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], 'out')
redis.call('PEXPIRE', KEYS[2], ARGV[4])
if not state then return 0 end
redis.call('RPUSH', KEYS[1], ARGV[2])
return 1
`;

/**
 * The books of all replicas: one list per UTC day, in whose order all appends stand.
 *
 * Each append carries a nonce, and is made only once, however often it is sent. What cannot be appended differs by what
 * it is. A reservation fails within about two seconds: what is not written down must not be spent. As nobody knows then
 * whether it got through, it is withdrawn as soon as Redis is back. A settlement is of money that is spent already: it
 * waits here until it is written, and `append` reports no failure; until then the books count what was set aside.
 *
 * Redis must keep what it is told: `appendonly yes`, `maxmemory-policy noeviction`. With `appendfsync everysec` it loses
 * what came in the last second or two when it crashes (it answers first where its disk is slow). Replicas that are
 * still there then write their part of that again; `appendfsync always` covers those that die in the same moment.
 */
export function createRedisLines({ link, pending, now }: RedisLinesDeps): LedgerLines {
  const days = link.key("ledger", "days");
  const linesOf = (day: string) => link.key("ledger", "lines", day);
  const followed = new Map<string, () => Promise<Fold>>();

  const toKeys = (day: string) => [linesOf(day), link.key("ledger", "nonces", day), days];
  const toArgs = (day: string, nonce: string, text: string) => [
    nonce,
    text,
    KEPT_MS,
    NONCES_MS,
    day,
    Date.parse(`${day}T00:00:00Z`),
  ];

  const withdraw = (day: string, nonce: string, { id, at }: ReserveRecord) => {
    const text = encodeRecord({ type: "settle", id, at, outcome: "not_charged" });
    const write = () => link.script(WITHDRAW, toKeys(day), toArgs(day, nonce, text));
    void pending.add({ what: "withdrawal", bytes: text.length, write });
  };

  return {
    where: "the shared store",
    oneAtATime: createOneAtATime(),
    append: async (day, text) => {
      const record = parseRecord(text.trim());
      if (!isDay(day) || record === undefined) throw new RangeError("not a ledger record");
      const nonce = randomBytes(16).toString("base64url");
      const append = (withinMs?: number) =>
        link.script(APPEND, toKeys(day), toArgs(day, nonce, text), {
          charge: "not_charged",
          so: "so nothing can be set aside and nothing was sent",
          ...(withinMs !== undefined && { withinMs }),
        });
      if (record.type === "settle") {
        await pending.add({ what: "settlement", bytes: text.length, write: () => append() });
        return;
      }
      await append(APPEND_MS).catch((error: unknown) => {
        withdraw(day, nonce, record);
        throw error;
      });
      pending.remember({ what: "reservation", bytes: text.length, write: () => append() });
    },
    fold: async (day) => {
      if (!isDay(day)) throw new RangeError("not a day");
      const follow = followed.get(day) ?? createJoinWaiting(createListFollower(link, linesOf(day)));
      followed.delete(day);
      followed.set(day, follow);
      if (followed.size > FOLLOWED_DAYS) followed.delete(followed.keys().next().value as string);
      return follow();
    },
    days: async () => {
      const since = now() - KEPT_MS;
      const found = await link.run((redis) => redis.zrangebyscore(days, since, "+inf"), BOOKS_UNREAD);
      return found.filter(isDay).sort().reverse();
    },
  };
}

/** What is known when the books cannot be read. */
export const BOOKS_UNREAD = { charge: "not_charged", so: "so the books cannot be read now" } as const;

/** Records read by one command. */
const AT_ONCE = 5000;

/**
 * Adds up a list that grows: each call reads what came since the last, and the element before it, to see that it is the
 * list which was read before. Calls must not overlap.
 */
export function createListFollower(link: RedisLink, list: string): () => Promise<Fold> {
  let fold = createFold();
  let offset = 0;
  let last: string | undefined;

  const readOn = async (): Promise<"more" | "all" | "another list"> => {
    const from = Math.max(0, offset - 1);
    const texts = await link.run((redis) => redis.lrange(list, from, from + AT_ONCE), BOOKS_UNREAD);
    if (last !== undefined && texts.shift() !== last) return "another list";
    for (const text of texts) for (const line of text.split("\n")) addLine(fold, line);
    offset += texts.length;
    last = texts.at(-1) ?? last;
    return texts.length >= AT_ONCE ? "more" : "all";
  };

  return async () => {
    for (;;) {
      const read = await readOn();
      if (read === "all") return fold;
      if (read === "more") continue;
      fold = createFold();
      offset = 0;
      last = undefined;
    }
  };
}
