import type { Readable, Writable } from "node:stream";
import { serveStdio as serve } from "@modelcontextprotocol/server/stdio";
import type { Log } from "../log.ts";
import { createServer, type ServerDeps } from "./server.ts";
import { createStdioTransport } from "./stdio-transport.ts";

export interface StdioService {
  /** Settles when the client has gone: its end of stdin closed, or stdout broke. */
  closed: Promise<void>;
  close(): Promise<void>;
}

/** Serves both protocol eras over a pair of streams; the client's opening decides which. */
export function serveStdio(deps: ServerDeps, stdin: Readable, stdout: Writable): StdioService {
  const handle = serve(() => createServer(deps), {
    transport: createStdioTransport(stdin, stdout),
    onerror: (error) => reportTransportError(error, deps.log),
  });
  const closed = new Promise<void>((resolve) => {
    stdin.once("end", resolve);
    stdin.once("close", resolve);
    stdout.once("error", () => resolve());
    stdout.once("close", resolve);
  });
  return { closed, close: () => handle.close() };
}

function reportTransportError(error: Error, log: Log): void {
  log.warn("stdio.error", { message: error.message });
}
