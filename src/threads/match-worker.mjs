// Runs in a thread of its own: puts a regular expression to the texts that come, and answers with the numbers of those
// that hold it. Plain JavaScript, so that it starts from source as it does from a build, which puts all of it and the
// engine into one text (`scripts/inline-worker.mjs`).
import { parentPort } from "node:worker_threads";
import { RE2JS } from "re2js";

/** The last one compiled: the texts of one expression come in several messages. */
let known = { pattern: "", compiled: RE2JS.compile("") };

parentPort?.on("message", ({ pattern, texts }) => {
  if (known.pattern !== pattern) known = { pattern, compiled: RE2JS.compile(pattern) };
  const { compiled } = known;
  // Unlike a matcher, `test` wants no positions and so runs on the automaton, a hundred times faster at worst.
  parentPort?.postMessage(texts.flatMap((text, index) => (compiled.test(text) ? [index] : [])));
});
