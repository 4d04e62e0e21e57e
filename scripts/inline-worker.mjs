// In a build the code of the regex thread is part of the code: the desktop bundle is one file, and has none beside it.
import path from "node:path";
import { build } from "rolldown";

/**
 * A plugin that puts the thread's code, engine included, in the place of the module that starts it from its file.
 * @param {string} root of the repository
 * @param {import("rolldown").BuildOptions} options how the rest is built
 * @returns {import("rolldown").Plugin}
 */
export function inlineWorker(root, options) {
  const opener = path.join(root, "src/threads/open-matcher.ts");
  const input = path.join(root, "src/threads/match-worker.mjs");
  return {
    name: "inline-worker",
    async load(id) {
      if (id !== opener) return null;
      const output = { ...options.output, format: "cjs", codeSplitting: false };
      const made = await build({ ...options, cwd: root, input: { worker: input }, write: false, output });
      const [{ code }] = made.output;
      return (
        'import { Worker } from "node:worker_threads";\n' +
        `const CODE = ${JSON.stringify(code)};\n` +
        "export const openMatcher = (options) => new Worker(CODE, { ...options, eval: true });\n"
      );
    },
  };
}
