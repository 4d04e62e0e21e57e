import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { AppError } from "../errors.ts";
import type { HttpLimits } from "./limits.ts";

/** A server of Node's with its own time and size bounds set; nothing listens yet. */
export function createLimitedServer(limits: HttpLimits): Server {
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    // Ours for the body comes first, and has better words; this one is for bodies that nobody reads.
    requestTimeout: limits.headersTimeoutMs + limits.bodyTimeoutMs + limits.checkIntervalMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    maxHeaderSize: limits.maxHeaderBytes,
    // Answered by us, with our headers.
    requireHostHeader: false,
    insecureHTTPParser: false,
  });
  // Node drops the headers above its number without a word, and with them what a guard should see.
  server.maxHeadersCount = 0;
  server.timeout = limits.stallTimeoutMs;
  return server;
}

/** Puts a question before the listener with which Node's server takes connections: nothing is set up for a refused one. */
export function admitOnly(server: Server, admit: (socket: Socket) => boolean): void {
  const takers = server.listeners("connection") as ((socket: Socket) => void)[];
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    if (admit(socket)) for (const take of takers) take.call(server, socket);
  });
}

const BACKLOG = 1024;

const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EACCES: "this user may not listen there",
  EADDRNOTAVAIL: "this machine does not have that address",
  ENOTFOUND: "there is no such host name",
};

/**
 * @returns the port
 * @throws {AppError} `config` when the address cannot be listened on
 */
export function listen(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException) => {
      const problem = LISTEN_PROBLEMS[cause.code ?? ""] ?? "the system refuses it";
      reject(new AppError("config", `Cannot listen on ${host}, port ${port}: ${problem}.`, { cause }));
    };
    server.once("error", onError);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off("error", onError);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
