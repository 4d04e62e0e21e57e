import type { Readable, Writable } from "node:stream";

/** The process as the commands see it; only main.ts touches the real one. */
export interface Io {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  stdin: Readable & { isTTY?: boolean };
  stdout: Writable & { isTTY?: boolean; columns?: number };
  stderr: Writable & { isTTY?: boolean };
  /** Aborted by SIGINT, SIGTERM or SIGHUP. */
  stopped: AbortSignal;
  /** Lets a stop take so long, ms, before the process is ended all the same. */
  allowStop?: (ms: number) => void;
  now: () => number;
  nodeVersion: string;
}

export function print(stream: Writable, text: string): void {
  stream.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** The form of an answer that `--json` asks for. */
export const toJson = (data: unknown): string => JSON.stringify(data, undefined, 2);

/** Settles when a signal has come, now or before. */
export function whenStopped({ stopped }: Io): Promise<void> {
  return new Promise((resolve) => {
    if (stopped.aborted) resolve();
    else stopped.addEventListener("abort", () => resolve(), { once: true });
  });
}
