import { setTimeout as wait } from "node:timers/promises";
import { isRefusal, type OnRedisProblem, type PendingKind, toFailureCode } from "./failures.ts";
import type { RedisLink } from "./link.ts";

/** What came of the first attempt. */
export type FirstTry = { is: "written" } | { is: "waiting" | "given_up"; code: string };

/**
 * Writes that are made now, or kept in this process and made when Redis is back; one after the other. What was written
 * just before an outage is written again after it, since Redis may have lost it (see `createRedisLines`).
 */
export interface PendingWrites {
  /** Never throws. Settles after the first attempt; what waits then is tried again until it is written. */
  add(owed: Owed): Promise<FirstTry>;
  /** Takes note of what was written elsewhere, to write it again after an outage. */
  remember(owed: Owed): void;
  /** Settles when nothing is left; at once when nothing is. */
  written(): Promise<void>;
  /** Waits for that, at most this long. */
  flush(withinMs: number): Promise<void>;
  /** Gives up what is left, and says so. */
  close(): void;
}

export interface PendingWritesDeps {
  link: RedisLink;
  /** Beyond it the oldest are given up; the newest stays, however large. */
  maxBytes: number;
  onProblem: OnRedisProblem;
}

interface Waiting extends Owed {
  isReported: boolean;
  tried: (outcome: FirstTry) => void;
}

/** Where Redis is there and refuses (out of memory, say); where it is gone, its return is waited for. */
const RETRY_MS = 1000;

export function createPendingWrites({ link, maxBytes, onProblem }: PendingWritesDeps): PendingWrites {
  /** The oldest first. */
  const queue: Waiting[] = [];
  const recent = createRecentWrites();
  const whenEmpty = new Set<() => void>();
  let bytes = 0;
  let isWriting = false;
  let retry: NodeJS.Timeout | undefined;

  const remove = (one: Waiting) => {
    const index = queue.indexOf(one);
    if (index < 0) return;
    queue.splice(index, 1);
    bytes -= one.bytes;
    if (queue.length > 0) return;
    for (const listener of whenEmpty) listener();
    whenEmpty.clear();
  };

  const putOff = (one: Waiting, code: string) => {
    if (!one.isReported) onProblem({ kind: "waits", what: one.what, code });
    one.isReported = true;
    one.tried({ is: "waiting", code });
  };

  /** @returns the failure when there is no connection; what Redis does not take keeps none of the others waiting */
  const writeOne = async (one: Waiting): Promise<string | undefined> => {
    try {
      await one.write();
    } catch (error) {
      const code = toFailureCode(error);
      if (!isRefusal(error)) return code;
      putOff(one, code);
      return undefined;
    }
    one.tried({ is: "written" });
    recent.add(one);
    remove(one);
    return undefined;
  };

  const writeAll = async (): Promise<void> => {
    if (isWriting) return;
    isWriting = true;
    clearTimeout(retry);
    const tried = new Set<Waiting>();
    const getNext = () => queue.find((one) => !tried.has(one));
    let failure: string | undefined;
    for (let one = getNext(); one !== undefined && failure === undefined; one = getNext()) {
      tried.add(one);
      failure = await writeOne(one);
    }
    // In one go with the last look at the queue: what is added from here on begins anew.
    isWriting = false;
    if (failure !== undefined) for (const each of queue) putOff(each, failure);
    if (queue.length === 0) return;
    retry = setTimeout(writeAll, RETRY_MS);
    retry.unref();
  };

  const giveUp = (one: Waiting, why: "no_room" | "closed") => {
    onProblem({ kind: "given_up", what: one.what, why });
    one.tried({ is: "given_up", code: why });
    remove(one);
  };

  const stopListening = link.onReady((lostAtMs) => {
    const again = recent.takeSince(lostAtMs).map((owed) => ({ ...owed, isReported: false, tried: () => {} }));
    for (const one of again) bytes += one.bytes;
    queue.unshift(...again);
    void writeAll();
  });
  const written = () =>
    queue.length === 0 ? Promise.resolve() : new Promise<void>((resolve) => whenEmpty.add(resolve));

  return {
    add: (owed) =>
      new Promise((tried) => {
        queue.push({ ...owed, isReported: false, tried });
        bytes += owed.bytes;
        while (bytes > maxBytes && queue.length > 1 && queue[0] !== undefined) giveUp(queue[0], "no_room");
        void writeAll();
      }),
    remember: recent.add,
    written,
    flush: async (withinMs) => {
      const timer = new AbortController();
      await Promise.race([written(), wait(withinMs, undefined, { signal: timer.signal }).catch(() => {})]);
      timer.abort();
    },
    close: () => {
      stopListening();
      clearTimeout(retry);
      for (const one of [...queue]) giveUp(one, "closed");
    },
  };
}

/** What was written lately, in its order. */
export interface RecentWrites {
  add(owed: Owed): void;
  /** Hands over what Redis may have lost if it went away then (`performance.now`), and forgets everything. */
  takeSince(lostAtMs: number): Owed[];
}

/** Redis puts off writing to its file for two seconds at most; the rest is for our noticing late that it is gone. */
const RECENT_MS = 5000;

/** Some dozens of snapshots: more than are bought in that time. */
const MAX_BYTES = 16 * 1024 * 1024;

export function createRecentWrites(): RecentWrites {
  const writes: { owed: Owed; at: number }[] = [];
  let bytes = 0;

  const dropOldest = () => {
    bytes -= writes.shift()?.owed.bytes ?? 0;
  };
  return {
    add: ({ what, bytes: size, write }) => {
      const at = performance.now();
      writes.push({ owed: { what, bytes: size, write }, at });
      bytes += size;
      while (writes[0] !== undefined && (writes[0].at < at - RECENT_MS || bytes > MAX_BYTES)) dropOldest();
    },
    takeSince: (lostAtMs) => {
      bytes = 0;
      return writes
        .splice(0)
        .filter(({ at }) => at >= lostAtMs - RECENT_MS)
        .map(({ owed }) => owed);
    },
  };
}

/** Something that must get to Redis, sooner or later; written twice, it is as if written once. */
export interface Owed {
  what: PendingKind;
  /** What keeping it here takes, about. */
  bytes: number;
  write: () => Promise<unknown>;
}
