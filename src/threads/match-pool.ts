import { once } from "node:events";
import type { Worker, WorkerOptions } from "node:worker_threads";
import { AppError } from "../errors.ts";
import type { Matched, MatchTexts, TextMatch } from "../lists/filters/match-texts.ts";

export interface MatchPoolDeps {
  openMatcher: (options: WorkerOptions) => Worker;
  /** How long the expressions of one question may run together, ms; their thread is ended then. */
  maxRunMs: number;
  /** Threads at most; no caller has more than one. @default 2 */
  maxThreads?: number;
  /** Questions of one caller that may wait. @default 32 */
  maxWaitingPerCaller?: number;
  /** Questions of all that may wait. @default 128 */
  maxWaiting?: number;
  /** How long a question may wait for a thread, ms: clients give up after a minute or so. @default 20,000 */
  maxWaitMs?: number;
}

/** Threads that put regular expressions to texts: what a caller's expression costs is waited for by that caller alone. */
export interface MatchPool {
  /** @param caller whose questions take turns with those of others, and run one at a time */
  for(caller: string): MatchTexts;
  /** Ends the threads; what waits for them fails as cancelled. */
  close(): void;
}

/** What is sent to a thread at once, in UTF-16 units: to copy it keeps this thread busy for some ms. */
const CHUNK_CHARS = 1024 * 1024;

/** More than the engine needs for the longest expression; one that eats it all ends its own thread. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 256 };

/** Threads that nobody needs are kept for a while: to start one takes some 30 ms. */
const IDLE_MS = 30_000;

interface Thread {
  worker: Worker;
  isOnline: boolean;
  /** Ends it when nobody has needed it for a while. */
  idle?: NodeJS.Timeout;
}

interface Job {
  caller: string;
  matches: readonly TextMatch[];
  /** Breaks it off, or says what came of it; only the first word counts. */
  end: (outcome: Matched | Error) => void;
}

export function createMatchPool({
  openMatcher,
  maxRunMs,
  maxThreads = 2,
  maxWaitingPerCaller = 32,
  maxWaiting = 128,
  maxWaitMs = 20_000,
}: MatchPoolDeps): MatchPool {
  /** By caller, in the order of their turns. */
  const waiting = new Map<string, Job[]>();
  const running = new Map<string, Job>();
  const idle = new Set<Thread>();

  const open = (): Thread => {
    const thread: Thread = { worker: openMatcher({ resourceLimits: RESOURCE_LIMITS }), isOnline: false };
    thread.worker.once("online", () => {
      thread.isOnline = true;
    });
    return thread;
  };

  const take = (): Thread => {
    const [thread] = idle;
    if (thread === undefined) return open();
    idle.delete(thread);
    clearTimeout(thread.idle);
    forget(thread.worker).ref();
    return thread;
  };

  const putBack = (thread: Thread) => {
    const leave = () => {
      clearTimeout(thread.idle);
      idle.delete(thread);
      void thread.worker.terminate();
    };
    forget(thread.worker).on("error", leave).on("exit", leave);
    // Neither keeps a process from ending.
    thread.idle = setTimeout(leave, IDLE_MS).unref();
    thread.worker.unref();
    idle.add(thread);
  };

  const giveUp = ({ worker }: Thread) => {
    forget(worker).on("error", () => {});
    void worker.terminate();
  };

  const start = (job: Job) => {
    const thread = take();
    const { worker } = thread;
    let clock: NodeJS.Timeout | undefined;
    const { end } = job;
    job.end = (outcome) => {
      if (running.get(job.caller) !== job) return;
      running.delete(job.caller);
      clearTimeout(clock);
      if (Array.isArray(outcome)) putBack(thread);
      else giveUp(thread);
      end(outcome);
      // Not at once: what ended this one may end those that wait as well.
      queueMicrotask(startNext);
    };
    running.set(job.caller, job);
    worker.on("error", (error: NodeJS.ErrnoException) => {
      job.end(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "too_slow" : error);
    });
    worker.on("exit", () => job.end(new Error("the thread for regular expressions ended by itself")));
    const begin = () => {
      clock = setTimeout(() => job.end("too_slow"), maxRunMs);
      matchAll(worker, job.matches).then(job.end, job.end);
    };
    // To start a thread takes its time where the machine is busy: that is no fault of the expression.
    if (thread.isOnline) begin();
    else worker.once("online", begin);
  };

  const leaveQueue = (job: Job) => {
    const rest = (waiting.get(job.caller) ?? []).filter((each) => each !== job);
    if (rest.length === 0) waiting.delete(job.caller);
    else waiting.set(job.caller, rest);
  };

  const startNext = () => {
    for (const [caller, [job]] of [...waiting]) {
      if (running.size >= maxThreads) return;
      if (job === undefined || running.has(caller)) continue;
      leaveQueue(job);
      const rest = waiting.get(caller);
      // To the end of the line.
      if (waiting.delete(caller) && rest !== undefined) waiting.set(caller, rest);
      start(job);
    }
  };

  const match = (caller: string, matches: readonly TextMatch[], signal?: AbortSignal): Promise<Matched> => {
    if (signal?.aborted) return Promise.reject(cancelled());
    const own = waiting.get(caller) ?? [];
    const all = [...waiting.values()].reduce((sum, jobs) => sum + jobs.length, 0);
    if (own.length >= maxWaitingPerCaller || all >= maxWaiting) return Promise.resolve("too_busy");
    return new Promise((resolve, reject) => {
      const job: Job = {
        caller,
        matches,
        end: (outcome) => {
          leaveQueue(job);
          clearTimeout(patience);
          signal?.removeEventListener("abort", cancel);
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        },
      };
      const cancel = () => job.end(cancelled());
      const patience = setTimeout(() => {
        if (waiting.get(caller)?.includes(job) === true) job.end("too_busy");
      }, maxWaitMs);
      signal?.addEventListener("abort", cancel, { once: true });
      waiting.set(caller, [...own, job]);
      startNext();
    });
  };

  return {
    for: (caller) => (matches, signal) => match(caller, matches, signal),
    close() {
      for (const job of [...[...waiting.values()].flat(), ...running.values()]) job.end(cancelled());
      for (const thread of idle) {
        clearTimeout(thread.idle);
        giveUp(thread);
      }
      idle.clear();
    },
  };
}

/** Not all listeners at once: Node has some of its own on a worker. */
const forget = (worker: Worker): Worker =>
  ["error", "exit", "message", "online"].reduce((each, event) => each.removeAllListeners(event), worker);

const cancelled = () => new AppError("cancelled", "The call was cancelled.", { charge: "not_charged" });

async function matchAll(worker: Worker, matches: readonly TextMatch[]): Promise<Matched> {
  const results: number[][] = [];
  for (const { pattern, texts } of matches) {
    const found: number[] = [];
    for (let from = 0; from < texts.length; ) {
      const to = endOfChunk(texts, from);
      worker.postMessage({ pattern, texts: texts.slice(from, to) });
      const [numbers] = (await once(worker, "message")) as [number[]];
      for (const number of numbers) found.push(from + number);
      from = to;
    }
    results.push(found);
  }
  return results;
}

/** At least one text is in a chunk. */
function endOfChunk(texts: readonly string[], from: number): number {
  let chars = 0;
  for (let at = from; at < texts.length; at += 1) {
    chars += texts[at]?.length ?? 0;
    if (chars > CHUNK_CHARS) return Math.max(at, from + 1);
  }
  return texts.length;
}
