import { rmdir, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { makePrivateFolder, toErrorCode } from "./private-files.ts";
import { isRequestKey } from "./snapshot-name.ts";

/**
 * Runs `use` while no other holder of the key runs, in this process or in another.
 * @returns what `use` returns
 * @throws what `use` throws; the signal's reason when it is aborted before `use` began. `use` itself is not ended.
 */
export type WithKeyLock = <T>(key: string, signal: AbortSignal, use: () => Promise<T>) => Promise<T>;

/** What went wrong with a lock, for the log. */
export type LockProblem =
  /** The folder takes no locks: `use` ran without one. */
  | { kind: "not_locked"; code: string }
  /** The lock was lost while `use` ran, as after the machine slept: another holder may run beside it. */
  | { kind: "lock_lost"; key: string };

export interface KeyLockDeps {
  /** Locks are folders in `locks` in it. */
  folder: string;
  onProblem: (problem: LockProblem) => void;
  /** A holder that gave no sign of life for so long is taken for dead. At least 2,000; signs come twice in that time. */
  staleMs?: number;
  /** How long to wait before the next try, on average. */
  retryMs?: number;
  /** 0 to 1. @default Math.random */
  random?: () => number;
  /** @default Date.now */
  now?: () => number;
}

type Release = () => Promise<void>;

const nothingToRelease: Release = async () => {};

/**
 * proper-lockfile would take over stale locks by itself, but two at once may both come to hold one: the second removes
 * what the first has just made (24 times in 300 where four processes came upon a stale lock together). So it is told
 * that none is ever stale, and taking over is done here, under a lock of its own.
 */
const NEVER_STALE_MS = 1e12;

/** Held by another, or gone between two steps since another has just released it. */
const isBusy = (error: unknown): boolean => ["ELOCKED", "ENOENT"].includes(toErrorCode(error));

/** For stores that no other process shares. */
export const withoutLock: WithKeyLock = (_key, _signal, use) => use();

/**
 * One holder per key, across the processes that share a folder. A holder that is killed holds up the others until its
 * lock is stale. Where the folder takes no locks, there are none: a purchase made twice is rarer than one not made.
 */
export function createKeyLock({
  folder,
  onProblem,
  staleMs = 10_000,
  retryMs = 100,
  random = Math.random,
  now = Date.now,
}: KeyLockDeps): WithKeyLock {
  const locks = path.join(folder, "locks");

  const runWithout = (error: unknown): Release => {
    onProblem({ kind: "not_locked", code: toErrorCode(error) });
    return nothingToRelease;
  };

  const tryLock = (name: string, onLost: () => void): Promise<Release> =>
    lock(path.join(locks, name), {
      realpath: false,
      update: staleMs / 2,
      stale: NEVER_STALE_MS,
      // By default it throws, from a timer: that would end the process.
      onCompromised: onLost,
    });

  const isStale = async (lockFolder: string): Promise<boolean> => {
    const found = await stat(lockFolder).catch(() => undefined);
    return found !== undefined && found.mtimeMs < now() - staleMs;
  };

  const takeOver = async (key: string): Promise<void> => {
    const lockFolder = path.join(locks, `${key}.lock`);
    if (!(await isStale(lockFolder))) return;
    const guard = `${key}.takeover`;
    // Who held the guard died over a ms of work.
    if (await isStale(path.join(locks, `${guard}.lock`))) await rmdir(path.join(locks, `${guard}.lock`));
    const release = await tryLock(guard, () => {});
    try {
      if (await isStale(lockFolder)) await rmdir(lockFolder);
    } finally {
      await release().catch(() => {});
    }
  };

  /** @returns undefined while another holds it */
  const lockOrWait = async (key: string): Promise<Release | undefined> => {
    try {
      return await tryLock(key, () => onProblem({ kind: "lock_lost", key }));
    } catch (error) {
      if (!isBusy(error)) return runWithout(error);
    }
    return takeOver(key).then(
      () => undefined,
      (error) => (isBusy(error) ? undefined : runWithout(error)),
    );
  };

  const acquire = async (key: string, signal: AbortSignal): Promise<Release> => {
    for (;;) {
      signal.throwIfAborted();
      const without = await makePrivateFolder(locks).catch(runWithout);
      const release = without ?? (await lockOrWait(key));
      if (release !== undefined) return release;
      // Spread, so that those who wait do not try in step. Its own error for an abort says less than the reason.
      await wait(retryMs * (0.5 + random()), undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  };

  return async (key, signal, use) => {
    if (!isRequestKey(key)) throw new Error("A lock's key must be 32 hexadecimal digits.");
    const release = await acquire(key, signal);
    try {
      signal.throwIfAborted();
      return await use();
    } finally {
      // Fails when the lock was lost, or its folder: then there is nothing to release.
      await release().catch(() => {});
    }
  };
}
