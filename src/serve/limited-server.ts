import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { AppError } from "../errors.ts";

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

/** What one client may take of the server, and for how long. */
export interface HttpLimits {
  /** Largest request body, bytes. A real one is a few hundred. */
  maxBodyBytes: number;
  /** Deepest nesting of arrays and objects in a body; parsers and validators recurse. */
  maxJsonDepth: number;
  /** Most messages in one body: each takes a turn of its own, but the whole batch is held in memory. */
  maxBatch: number;
  /** From connecting, or from the first byte of a further request, to the end of its header, ms. */
  headersTimeoutMs: number;
  /** From the end of the header to the end of the body, ms. */
  bodyTimeoutMs: number;
  /** How long a connection stays open between two requests, ms: longer than a load balancer's usual 60 s. */
  keepAliveTimeoutMs: number;
  /** How long an answer may wait for a client that takes none of it, ms. */
  stallTimeoutMs: number;
  /** How often late headers and bodies are looked for, ms: the header's time bound is kept this exactly. */
  checkIntervalMs: number;
  /** Largest request header, bytes. */
  maxHeaderBytes: number;
  /** Most connections that may be open for any purpose. */
  maxConnections: number;
  /** Connections above that which are served health checks alone: else a full server is restarted for being full. */
  probeConnections: number;
  /** Most requests under way on one connection; what they are answered is held until the client has read it. */
  maxPipelined: number;
  /** Most answers of hundreds of kB that may be made, or wait to be read, at once; of one caller, and of all. */
  maxLargeAnswersPerCaller: number;
  maxLargeAnswers: number;
  /** How long one of these keeps its place while its client takes nothing and others wait, ms. */
  largeStallMs: number;
  /** How long a refused client is still listened to, ms: closing on unread bytes would take the answer from it. */
  lingerMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  maxBodyBytes: 1024 * 1024,
  maxJsonDepth: 64,
  maxBatch: 20,
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 20_000,
  keepAliveTimeoutMs: 65_000,
  stallTimeoutMs: 60_000,
  checkIntervalMs: 1000,
  maxHeaderBytes: 16 * 1024,
  maxConnections: 1000,
  probeConnections: 16,
  maxPipelined: 4,
  maxLargeAnswersPerCaller: 16,
  maxLargeAnswers: 64,
  largeStallMs: 3000,
  lingerMs: 1000,
};
