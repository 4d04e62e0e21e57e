import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../errors.ts";
import { type GatewayReply, type GatewayRequest, jsonReply } from "./exchange.ts";
import { sendBytes } from "./faults/fault.ts";
import {
  answerWithFault,
  createFaultQueue,
  type Dispatch,
  FAULTS,
  type FaultQueue,
  type FaultRequest,
  parseFaultRequest,
  plainly,
} from "./faults/faults.ts";
import { type Books, createBooks, createGateway, type GatewayOptions, isPaidCall } from "./gateway.ts";

export interface SandboxOptions extends GatewayOptions {
  /** 0 takes any free one. */
  port: number;
  /** Hits every paid call for which no other fault was asked. */
  fault?: FaultRequest;
}

export interface SandboxServer {
  /** `http://127.0.0.1:8080` */
  origin: string;
  /** What the gateway billed, quoted and refused. */
  books: Books;
  /** Faults for the paid calls to come. */
  faults: FaultQueue;
  /** Ends everything, also while a fault keeps the port closed. */
  close(): Promise<void>;
}

/** The real body is a few hundred bytes. */
const MAX_BODY_BYTES = 256 * 1024;

const BROKEN = jsonReply(500, { error: "the sandbox could not handle this request" });
const TOO_LARGE = jsonReply(413, { error: `the request body is larger than ${MAX_BODY_BYTES} bytes` });

/** Asks for a fault on the call that carries it. */
const FAULT_HEADER = "x-sandbox-fault";

/**
 * Serves the sandbox over HTTP on the loopback address, so that the documented curl runs against it with only the
 * host changed; with faults on demand, and control addresses to ask for them.
 * @throws {AppError} `input` for a `fault` that does not exist
 * @throws the listen error (`EADDRINUSE`, `EACCES`) as Node reports it
 */
export async function serveSandbox(options: SandboxOptions): Promise<SandboxServer> {
  const { books = createBooks(), now = Date.now, fault } = options;
  const always = fault === undefined ? undefined : parseFaultRequest(fault);
  const faults = createFaultQueue();
  const control = createControl(faults, books);
  const gateway = createGateway({ ...options, books, now });

  const answer = (request: GatewayRequest): Dispatch => {
    const steered = control(request);
    if (steered !== undefined) return plainly(steered);
    if (!isPaidCall(request)) return plainly(gateway(request).reply);
    const asked = request.headers[FAULT_HEADER];
    const due = asked === undefined ? (faults.next() ?? always) : parseFaultRequest(asked);
    return due === undefined ? plainly(gateway(request).reply) : answerWithFault(gateway, request, due, now());
  };

  const listener = await openListener((request, response) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    // The client may leave in the middle of an answer; what is written after that goes nowhere.
    response.on("error", () => {});
    // Node would tell the machine's time, also where the gateway was given another.
    response.setHeader("date", new Date(now()).toUTCString());
    const serve = async () => {
      const read = await readRequest(request);
      if (listener.isAway()) return response.destroy();
      const { send, ...dispatch } = read === undefined ? plainly(TOO_LARGE) : refusing(() => answer(read), plainly);
      return send({ ...dispatch, response, gone: gone.signal, goAway: listener.goAway });
    };
    // A body too odd for us (nested beyond all measure), or a client that went away: the server stays.
    serve().catch(() => breakOff(response));
  }, options.port);
  return { origin: `http://127.0.0.1:${listener.port}`, books, faults, close: listener.close };
}

function breakOff(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else sendBytes(response, BROKEN, Buffer.from(BROKEN.body));
}

/**
 * Reads to the end in any case: leaving early would close the connection before the answer is out.
 * @returns undefined when the body is larger than any real one
 */
async function readRequest(request: IncomingMessage): Promise<GatewayRequest | undefined> {
  const { method = "GET", url = "/", headers } = request;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk as Buffer);
  }
  if (bytes > MAX_BODY_BYTES) return undefined;
  return { method, path: url, headers: flatten(headers), body: Buffer.concat(chunks).toString("utf8") };
}

/** Node's names are lower case already; only a few headers come as lists. */
function flatten(headers: IncomingHttpHeaders): GatewayRequest["headers"] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}

/** Where the sandbox is steered; the real gateway has no such addresses. */
export const FAULTS_PATH = "/sandbox/faults";
export const BOOKS_PATH = "/sandbox/books";

type Answer = (request: GatewayRequest) => GatewayReply;

/** No key is asked for: whoever reaches the loopback address is at home. */
export function createControl(faults: FaultQueue, books: Books): (request: GatewayRequest) => GatewayReply | undefined {
  const waiting = () => jsonReply(200, { waiting: faults.waiting() });
  const addresses: Readonly<Record<string, Readonly<Record<string, Answer>>>> = {
    [FAULTS_PATH]: {
      GET: () => jsonReply(200, { waiting: faults.waiting(), faults: listFaults() }),
      POST({ body }) {
        faults.add(...parseFaults(body));
        return waiting();
      },
      DELETE() {
        faults.clear();
        return waiting();
      },
    },
    [BOOKS_PATH]: { GET: () => jsonReply(200, books.read()) },
  };
  return (request) => {
    const methods = addresses[request.path];
    if (methods === undefined) return undefined;
    const answer = methods[request.method];
    if (answer === undefined) {
      return jsonReply(405, { error: "method not allowed" }, { allow: Object.keys(methods).join(", ") });
    }
    return refusing(
      () => answer(request),
      (refusal) => refusal,
    );
  };
}

/** What was asked of the sandbox itself in a wrong way comes back as HTTP 400 with the rule. */
export function refusing<T>(answer: () => T, toAnswer: (refusal: GatewayReply) => T): T {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return toAnswer(jsonReply(400, { error: [error.message, error.facts.advice].join(" ").trim() }));
  }
}

/** Name, line, fate, billing and settings of every fault. */
function listFaults(): object[] {
  return Object.entries(FAULTS).map(([name, { says, fate, billed, settings = {} }]) => ({
    name,
    says,
    fate,
    billed,
    settings,
  }));
}

function parseFaults(body: string): FaultRequest[] {
  const faults = toFaults(body);
  if (!Array.isArray(faults)) {
    throw new AppError("input", 'the body takes the form {"faults":["stall",{"name":"slow","ms":500}]}.');
  }
  return faults;
}

function toFaults(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null && "faults" in parsed ? parsed.faults : undefined;
  } catch {
    return undefined;
  }
}

/** A server on the loopback address that can go away and come back on its port. */
interface Listener {
  port: number;
  /** Not listening at the moment: calls on connections that were open before are not to be served either. */
  isAway(): boolean;
  /** Stops listening before it returns, and listens again after so many ms; does nothing while it is away already. */
  goAway(ms: number): void;
  /** Ends every connection, wherever its answer stands. */
  close(): Promise<void>;
}

/** While the port is taken by somebody else. */
const TRY_AGAIN_MS = 20;

/**
 * @param port 0 takes any free one
 * @throws the listen error (`EADDRINUSE`, `EACCES`) as Node reports it
 */
async function openListener(onRequest: RequestListener, port: number): Promise<Listener> {
  // A server that stopped listening still holds the connections that were busy.
  const servers = new Set<Server>();
  const open = async (onPort: number): Promise<Server> => {
    const server = createServer(onRequest);
    await listen(server, onPort);
    servers.add(server);
    server.once("close", () => servers.delete(server));
    return server;
  };
  let current = await open(port);
  const boundPort = portOf(current, port);
  const closing = new AbortController();
  let back: Promise<void> | undefined;

  const comeBack = async (ms: number): Promise<void> => {
    const { signal } = closing;
    for (let waitMs = ms; !signal.aborted; waitMs = TRY_AGAIN_MS) {
      await delay(waitMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const opened = await open(boundPort).catch(() => undefined);
      if (opened === undefined) continue;
      current = opened;
      return;
    }
  };

  return {
    port: boundPort,
    isAway: () => back !== undefined,
    goAway(ms) {
      if (back !== undefined || closing.signal.aborted) return;
      current.close();
      back = comeBack(ms).finally(() => {
        back = undefined;
      });
    },
    async close() {
      closing.abort();
      await back;
      await Promise.all([...servers].map(closeNow));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function portOf(server: Server, wanted: number): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : wanted;
}

function closeNow(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
