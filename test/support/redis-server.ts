import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { findFreePort } from "./free-port.ts";

const BINARY = process.env["REDIS_SERVER"] ?? "redis-server";

export const SKIPPED = "Redis tests skipped: no redis-server on this machine";

/**
 * Whether the tests of `test/redis` can run. `REDIS_SERVER` names another binary, such as a `valkey-server`.
 * @throws where `CI` is set and there is none: there nothing may be skipped
 */
export function hasRedisServer(): boolean {
  const isThere = spawnSync(BINARY, ["--version"]).status === 0;
  if (!isThere && process.env["CI"]) throw new Error("CI must not skip the Redis tests: install redis-server.");
  return isThere;
}

export interface RedisServer {
  port: number;
  /** `redis://…`, or `rediss://…` where it was started with certificates. */
  url: string;
  /** SIGKILL, and its end. */
  kill(): Promise<void>;
  /** Holds it still: connections stay, nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Starts it again after `kill`, on the same port, with what it had written; nothing where it runs. */
  start(): Promise<void>;
  /** Forgets what it had written; between `kill` and `start`. */
  wipe(): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
}

/** PEM files of a server that speaks TLS only. */
export interface Certificates {
  cert: string;
  key: string;
  ca: string;
}

/** A server of its own on a free port of the loopback address, its data in a folder that goes with it. */
export async function startRedisServer(
  options: { certificates?: Certificates; args?: readonly string[] } = {},
): Promise<RedisServer> {
  const { certificates, args = [] } = options;
  const folder = await mkdtemp(path.join(tmpdir(), "redis-"));
  const data = path.join(folder, "data");
  const port = await findFreePort();
  let child: ChildProcess | undefined;

  const start = async () => {
    if (child !== undefined) return;
    await mkdir(data, { recursive: true });
    child = await run([
      ...["--bind", "127.0.0.1", "--dir", data, "--save", "", "--appendonly", "yes"],
      ...["--appendfsync", "everysec", "--maxmemory-policy", "noeviction", "--loglevel", "notice"],
      ...(certificates === undefined ? ["--port", String(port)] : toTlsArgs(port, certificates)),
      ...args,
    ]);
  };
  const kill = async () => {
    const ending = child;
    child = undefined;
    if (ending === undefined) return;
    ending.kill("SIGKILL");
    if (ending.exitCode === null && ending.signalCode === null) await once(ending, "exit");
  };
  await start();
  return {
    port,
    url: `${certificates === undefined ? "redis" : "rediss"}://127.0.0.1:${port}`,
    start,
    kill,
    freeze: () => child?.kill("SIGSTOP"),
    thaw: () => child?.kill("SIGCONT"),
    wipe: () => rm(data, { recursive: true, force: true }),
    close: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function toTlsArgs(port: number, { cert, key, ca }: Certificates): string[] {
  const files = ["--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", ca];
  return ["--port", "0", "--tls-port", String(port), ...files, "--tls-auth-clients", "no"];
}

/** @returns when it takes connections */
async function run(args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "inherit"] });
  // Whatever ends the test process must not leave a server behind.
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  child.once("exit", () => process.off("exit", end));
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`redis-server ended:\n${said.join("\n")}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      said.push(line);
      if (line.includes("Ready to accept connections")) resolve();
    });
  });
  return child;
}
