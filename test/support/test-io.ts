import { PassThrough, type Writable } from "node:stream";
import type { Io } from "../../src/cli/args.ts";

export interface TestIo extends Io {
  written(stream: "stdout" | "stderr"): string;
  stop(): void;
}

/** A process of our own making: a terminal or pipes, a fixed time. */
export function createTestIo(
  argv: readonly string[],
  options: { terminalWidth?: number; env?: Record<string, string> } = {},
): TestIo {
  const controller = new AbortController();
  const texts = { stdout: "", stderr: "" };
  const open = (name: "stdout" | "stderr"): Writable & { isTTY: boolean; columns: number } => {
    const stream = new PassThrough();
    stream.on("data", (chunk: Buffer) => {
      texts[name] += chunk.toString("utf8");
    });
    return Object.assign(stream, {
      isTTY: options.terminalWidth !== undefined,
      columns: options.terminalWidth ?? 0,
    });
  };
  return {
    argv,
    env: { DOMAIN_PAGES_STORE: "memory", ...options.env },
    stdin: new PassThrough(),
    stdout: open("stdout"),
    stderr: open("stderr"),
    stopped: controller.signal,
    now: () => Date.UTC(2026, 10, 24, 9, 30),
    nodeVersion: process.versions.node,
    written: (name) => texts[name],
    stop: () => controller.abort(),
  };
}
