import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const CHILD = fileURLToPath(new URL("./redis-child.ts", import.meta.url));

export interface RedisChild {
  /** The next message. @throws when the process ends without one */
  told(): Promise<Record<string, unknown>>;
  /** Lets it begin. */
  go(): void;
  /** kill -9, and its end. */
  kill(): Promise<void>;
}

/** Starts a process of its own in a role of `redis-child.ts`; it waits for `go`. @returns when it is up */
export async function startRedisChild(role: string, port: number, number = 0): Promise<RedisChild> {
  const process: ChildProcess = fork(CHILD, [role, String(port), String(number)], { execArgv: ["--import", "tsx"] });
  const messages: Record<string, unknown>[] = [];
  const ended = once(process, "exit");
  process.on("message", (message: Record<string, unknown>) => messages.push(message));
  const child: RedisChild = {
    async told() {
      if (messages.length === 0) await Promise.race([once(process, "message"), once(process, "disconnect")]);
      const message = messages.shift();
      if (message === undefined) throw new Error("The process ended without a word.");
      return message;
    },
    go: () => void process.send("go"),
    async kill() {
      process.kill("SIGKILL");
      await ended;
    },
  };
  await child.told();
  return child;
}
