import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Turn, TurnTakenError, takeTurn } from "../disk/turn.ts";
import { AppError } from "../errors.ts";
import { makePrivateFolder, toErrorCode } from "./private-files.ts";
import { isRequestKey } from "./snapshot-name.ts";

/**
 * Runs `use` while no other holder of the key runs, in this process or in another.
 * @param use asks the turn it gets before it does what must not happen twice: a holder may be taken for dead
 * @returns what `use` returns
 * @throws what `use` throws; the signal's reason when it is aborted before `use` began. `use` itself is not ended.
 */
export type WithKeyLock = <T>(key: string, signal: AbortSignal, use: (turn: HeldTurn) => Promise<T>) => Promise<T>;

export type HeldTurn = Pick<Turn, "isMine">;

/** What went wrong with a lock, for the log. */
export type LockProblem =
  /** The folder takes no locks: `use` ran without one. */
  | { kind: "not_locked"; code: string }
  /** The lock was lost while `use` ran, as after the machine slept: another holder may run beside it. */
  | { kind: "lock_lost"; key: string };

export interface KeyLockDeps {
  /** Turns are files in `locks` in it. */
  folder: string;
  onProblem: (problem: LockProblem) => void;
  /** Where the folder takes no locks, `use` runs without one: for what costs nothing. @default false */
  isOptional?: boolean;
  /** The longest wait for another holder, ms. @default ten minutes */
  waitMs?: number;
  /** How long a call that was sent may take: for so long nobody else buys in its place. @default `quietMs` */
  sentMs?: number;
  /** As for `takeTurn`. */
  quietMs?: number;
  stoppedMs?: number;
  retryMs?: number;
}

const always: HeldTurn = { isMine: async () => true };

/** For stores that no other process shares; within the process, `inTurns` of it. */
export const withoutLock: WithKeyLock = (_key, _signal, use) => use(always);

const WAIT_MS = 600_000;

/**
 * The holders of one process in the order in which they came, so that no more than one of them tries for a lock that
 * other processes share.
 * @param waitMs the longest wait for the others of this process
 * @throws {AppError} `unavailable` when the others took longer. Nothing was sent.
 */
export function inTurns(withKeyLock: WithKeyLock, waitMs: number): WithKeyLock {
  /** By key: settles when the last one that came has ended. */
  const lines = new Map<string, Promise<unknown>>();
  return async (key, signal, use) => {
    signal.throwIfAborted();
    const before = lines.get(key);
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const line = Promise.all([before, ended]);
    lines.set(key, line);
    try {
      if (before !== undefined) await waitFor(before, signal, waitMs);
      return await withKeyLock(key, signal, use);
    } finally {
      end();
      line.then(() => lines.get(key) === line && lines.delete(key));
    }
  };
}

async function waitFor(before: Promise<unknown>, signal: AbortSignal, waitMs: number): Promise<void> {
  const timer = new AbortController();
  const giveUp = () => timer.abort();
  signal.addEventListener("abort", giveUp, { once: true });
  const late = wait(waitMs, "late", { signal: timer.signal }).catch(() => "aborted");
  const outcome = await Promise.race([before, late]);
  signal.removeEventListener("abort", giveUp);
  timer.abort();
  signal.throwIfAborted();
  if (outcome === "late") throw wordLate(waitMs);
}

/** Whoever waits longer than a purchase takes waits for a queue of them. */
export const wordLate = (waitMs: number): AppError =>
  new AppError(
    "unavailable",
    `Others are asking for the same first; it was not this call's turn within ${Math.round(waitMs / 1000)} s.`,
    { charge: "not_charged", advice: "Try again later; what they bring may hold what you ask for, for free." },
  );

/**
 * One holder per key, across the processes that share a folder.
 * @throws {AppError} `unavailable` when another holder does not let go; `config` when the folder takes no locks: what is
 *   not locked could be bought twice. Nothing was sent.
 */
export function createKeyLock(deps: KeyLockDeps): WithKeyLock {
  const { folder, onProblem, isOptional = false, waitMs = WAIT_MS, sentMs, ...rest } = deps;
  const locks = path.join(folder, "locks");

  const acquire = async (key: string, signal: AbortSignal): Promise<Turn> => {
    try {
      await makePrivateFolder(locks);
      const onLost = () => onProblem({ kind: "lock_lost", key });
      const busy = sentMs === undefined ? {} : { busyMs: sentMs };
      return await takeTurn({ ...rest, ...busy, folder: locks, name: key, signal, waitMs, onLost });
    } catch (error) {
      if (error instanceof TurnTakenError) throw wordTaken(error);
      const code = toErrorCode(error);
      if (signal.aborted || !isSystemFailure(error)) throw error;
      if (!isOptional) throw wordNoLocks(locks, code, error);
      onProblem({ kind: "not_locked", code });
      return { ...always, end: async () => {} };
    }
  };

  /** What cannot be marked as sent is not sent. */
  const toHeld = (turn: Turn): HeldTurn => ({
    isMine: () =>
      turn.isMine().catch((error: unknown) => {
        if (isOptional || !isSystemFailure(error)) throw error;
        throw wordNoLocks(locks, toErrorCode(error), error);
      }),
  });

  return async (key, signal, use) => {
    if (!isRequestKey(key)) throw new Error("A lock's key must be 32 hexadecimal digits.");
    const turn = await acquire(key, signal);
    try {
      signal.throwIfAborted();
      return await use(toHeld(turn));
    } finally {
      await turn.end();
    }
  };
}

const isSystemFailure = (error: unknown): boolean => (error as NodeJS.ErrnoException).syscall !== undefined;

function wordTaken({ pid, isStopped, file }: TurnTakenError): AppError {
  const who = pid === undefined ? "Another process" : `Another process (pid ${pid})`;
  const does = isStopped ? "and has been stopped" : "and does not come to an end";
  return new AppError("unavailable", `${who} is asking for the same first ${does}.`, {
    charge: "not_charged",
    advice: isStopped
      ? "Let it go on, or end it, and try again."
      : "Try again later; the answer it brings is shared for free.",
    detail: file,
  });
}

function wordNoLocks(locks: string, code: string, cause: unknown): AppError {
  return new AppError(
    "config",
    `Purchases cannot take turns: the folder "locks" of the cache cannot be written (${code}).`,
    {
      charge: "not_charged",
      advice: "Mend it, or point DOMAIN_PAGES_CACHE_DIR to a folder that can be written.",
      detail: locks,
      cause,
    },
  );
}
