import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { run } from "../../src/cli/run.ts";

/** The present of all that is shown in the documents. */
export const DOCUMENTS_NOW = Date.UTC(2026, 10, 24, 9, 30);

export interface CommandOutput {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs one command of the command line in this process, as through a pipe and at a fixed time. Keeps nothing on disk. */
export async function runCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  nodeVersion = process.versions.node,
): Promise<CommandOutput> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = Promise.all([text(stdout), text(stderr)]);
  const code = await run({
    argv,
    env: { DOMAIN_PAGES_STORE: "memory", ...env },
    stdin: new PassThrough(),
    stdout,
    stderr,
    stopped: new AbortController().signal,
    now: () => DOCUMENTS_NOW,
    nodeVersion,
  });
  stdout.end();
  stderr.end();
  const [out, err] = await texts;
  return { code, stdout: out, stderr: err };
}
