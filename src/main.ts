#!/usr/bin/env node
import module from "node:module";

/** How long a stop may take before the process ends all the same, ms. A command that serves others may ask for more. */
let stopWithinMs = 3000;

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  // Not `once`: a second signal would end the process before it could give back what it holds.
  process.on(signal, () => {
    // Whoever asks twice does not want to wait.
    if (stop.signal.aborted) process.exit(process.exitCode ?? 130);
    stop.abort(signal);
    setTimeout(() => process.exit(process.exitCode ?? 0), stopWithinMs).unref();
  });
}

process.stderr.on("error", () => {});

// Node 22 and later can keep compiled code between starts. Only what is loaded after this line gains from it.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
const { run, wordLostOutput, LOST_OUTPUT } = await import("./cli/run.ts");

// A failed write is told at once or after `run` has come back, as the kind of stream wants it.
let isLost = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  stop.abort(error.code);
  // A reader that went away is a normal end: what is still to be written has nobody to read it. Nothing else is.
  if (error.code === "EPIPE" || isLost) return;
  isLost = true;
  process.exitCode = LOST_OUTPUT;
  process.stderr.write(wordLostOutput(error, process.argv.slice(2)));
});

const code = await run({
  argv: process.argv.slice(2),
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  stopped: stop.signal,
  allowStop: (ms) => {
    stopWithinMs = ms;
  },
  now: Date.now,
  nodeVersion: process.versions.node,
});
process.exitCode = isLost ? LOST_OUTPUT : code;

// stdin may still be open (a host that ends us by a signal): nothing else is left to wait for.
process.stdin.destroy();
setTimeout(() => process.exit(), stopWithinMs).unref();
