import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

/** What a driver is asked to hold; see `conversation.mjs`. */
export interface Session {
  name: string;
  variant: string;
  server: { command: string; args: string[] } | { url: string };
  modelUrl: string;
  question: string;
}

/** What a driver tells of one conversation. */
export interface Told {
  name: string;
  /** The model's last words, as the framework handed them over. */
  said?: string;
  note?: string;
  failure?: string;
}

export interface Run {
  told: Told[];
  stdout: string;
  /** Empty when it ended by itself, with 0. */
  failure: string;
}

export interface RunOptions {
  node: string;
  cwd: string;
  env: Record<string, string>;
  maxMs: number;
}

let newerNode: Promise<string> | undefined;

/** @returns the Node that a client runs on: this one if it is new enough, else 24 as the registry has it */
export function findNode(oldestMajor: number): Promise<string> {
  if (Number(process.versions.node.split(".")[0]) >= oldestMajor) return Promise.resolve(process.execPath);
  newerNode ??= promisify(execFile)("npx", ["-y", "-p", "node@24", "-c", "node -p process.execPath"]).then(
    ({ stdout }) => stdout.trim(),
  );
  return newerNode;
}

/** Runs a program of a client's in a process of its own, with nothing of our environment but what is named. */
export async function runProgram(file: string, { node, cwd, env, maxMs }: RunOptions): Promise<Run> {
  const child = spawn(node, [file], { cwd, env, stdio: ["ignore", "pipe", "pipe", "ipc"], detached: true });
  const told: Told[] = [];
  let stdout = "";
  let stderr = "";
  child.on("message", (message) => told.push(message as Told));
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const kill = () => {
    killGroup(child.pid);
    // What it started and put into another group may hold the pipes open, and is waited for no longer.
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    kill();
  }, maxMs);
  process.once("exit", kill);
  const [code] = (await once(child, "close")) as [number | null];
  process.off("exit", kill);
  clearTimeout(limit);
  const ending = late ? `still running after ${maxMs / 1000} s` : code === 0 ? "" : `exit code ${code}`;
  return { told, stdout, failure: ending && `${ending}\n${stderr.slice(-4000)}`.trim() };
}

/** Ends a process with all that it started; one that is gone is gone. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
