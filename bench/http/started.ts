import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

export interface Started {
  /** Of the endpoint. */
  url: string;
  origin: string;
  /** Where its inspector listens, when it was started with one. */
  inspector: string | undefined;
  stop(): Promise<void>;
}

/** Starts a Node program that says where it listens, with nothing but the given environment. */
export async function startProgram(args: readonly string[], env: Record<string, string> = {}): Promise<Started> {
  const child = spawn(process.execPath, args, {
    // An empty home: no tokens or snapshots of whoever runs this.
    env: { PATH: process.env["PATH"] ?? "", HOME: await mkdtemp(path.join(tmpdir(), "bench-home-")), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let inspector: string | undefined;
  createInterface({ input: child.stderr }).on("line", (line) => {
    const address = /^Debugger listening on (ws:\S+)$/.exec(line)?.[1];
    if (address === undefined) process.stderr.write(`${line}\n`);
    else inspector = address;
  });
  const ended = once(child, "close");
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended])) as [unknown];
  const url = /^listening on (\S+)$/.exec(String(line))?.[1];
  if (url === undefined) throw new Error(`${args.join(" ")} did not say where it listens`);
  return {
    url,
    origin: new URL(url).origin,
    inspector,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Our own service on a free port. */
export const startService = (env: Record<string, string>, nodeArgs: readonly string[] = []): Promise<Started> =>
  startProgram([...nodeArgs, "dist/main.js", "http", "--port", "0"], {
    DOMAIN_PAGES_HTTP_CALLS_PER_MINUTE: "100000",
    ...env,
  });
