import { Worker, type WorkerOptions } from "node:worker_threads";

/** Starts a thread that runs `match-worker.mjs`. In a build its code is in here, so that there is no file to find. */
export const openMatcher = (options: WorkerOptions): Worker =>
  new Worker(new URL("./match-worker.mjs", import.meta.url), options);
