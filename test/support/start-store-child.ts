import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const CHILD = fileURLToPath(new URL("./store-child.ts", import.meta.url));
const TSX = ["--import", "tsx"];

export interface StoreChild {
  /** The next message. @throws when the process ends without one */
  told(): Promise<Record<string, unknown>>;
  pid: number;
  /** Whether it has ended, or closed its channel, which it does when its role is played. */
  isDone(): boolean;
  signal(signal: NodeJS.Signals): void;
  send(message: object): void;
  /** kill -9, and its end. */
  kill(): Promise<void>;
  /** Its exit code; null when it was killed. */
  ended: Promise<number | null>;
}

/** Starts a process of its own in a role of `store-child.ts`. */
export function startStoreChild(role: string, folder: string, count = 0): StoreChild {
  return watch(fork(CHILD, [role, folder, String(count)], { execArgv: TSX }));
}

/** The same, in which no file grows beyond 64 kB: the system writes a part of a larger one and reports that as done. */
export function startCrampedStoreChild(role: string, folder: string, count = 0): StoreChild {
  const args = [process.execPath, ...TSX, CHILD, role, folder, String(count)];
  // tsx's own cache would run into the limit as well. Blocks are of 512 or 1024 bytes, as the shell likes.
  const limited = spawn("sh", ["-c", 'ulimit -f 64 && exec "$@"', "sh", ...args], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, TSX_DISABLE_CACHE: "1" },
  });
  return watch(limited);
}

function watch(child: ChildProcess): StoreChild {
  const messages: Record<string, unknown>[] = [];
  const ended = once(child, "exit").then(([code]) => code as number | null);
  child.on("message", (message: Record<string, unknown>) => messages.push(message));
  return {
    pid: child.pid ?? 0,
    isDone: () => messages.some(({ done }) => done === true) || !child.connected,
    signal: (signal) => child.kill(signal),
    send: (message) => child.send(message),
    ended,
    async told() {
      if (messages.length === 0) await Promise.race([once(child, "message"), once(child, "disconnect")]);
      const message = messages.shift();
      if (message === undefined) throw new Error("The process ended without a word.");
      return message;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
