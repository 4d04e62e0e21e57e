import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A process that tells what it does, a JSON line each. */
export interface TellingChild<Told> {
  process: ChildProcessWithoutNullStreams;
  told: Told[];
  /** Settles when the child has told so many lines. */
  until(lines: number): Promise<void>;
  ended: Promise<unknown>;
}

/** @param command with its arguments; TypeScript is run by `process.execPath --import tsx` */
export function startTelling<Told>([command = "", ...args]: readonly string[]): TellingChild<Told> {
  const child = spawn(command, args, { cwd: ROOT });
  child.stderr.pipe(process.stderr);
  const told: Told[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    told.push(JSON.parse(line) as Told);
    for (const check of waiting) check();
  });
  const until = (lines: number) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (told.length >= lines) resolve();
      };
      waiting.add(check);
      check();
    });
  return { process: child, told, until, ended: once(child, "close") };
}

/** Lets all children begin once every one of them is up. */
export async function letGo(children: readonly TellingChild<unknown>[]): Promise<void> {
  await Promise.all(children.map(({ until }) => until(1)));
  for (const { process: child } of children) child.stdin.write("go\n");
}

export async function killAll(children: readonly TellingChild<unknown>[]): Promise<void> {
  for (const { process: child } of children) child.kill("SIGKILL");
  await Promise.all(children.map(({ ended }) => ended));
}
