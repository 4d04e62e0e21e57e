import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { makeTempFolder } from "./temp-home.ts";

/** The built entry; `npm test` builds before it runs. */
export const BUILT = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the built file with nothing but the given environment, and an empty home unless that names one. */
export function start(
  args: readonly string[],
  env: Record<string, string> = {},
  cwd?: string,
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [BUILT, ...args], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", HOME: makeTempFolder(), ...env },
  });
}

/** Collects a process to its end. */
export async function finish(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

/** Runs one command to its end. */
export function runBuilt(
  args: readonly string[],
  { env = {}, input = "", cwd }: { env?: Record<string, string>; input?: string; cwd?: string } = {},
): Promise<Finished> {
  const child = start(args, env, cwd);
  child.stdin.end(input);
  return finish(child);
}
