import { Agent, type ClientRequest, type ClientRequestArgs, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import type { Readable, Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { HangUp } from "../errors.ts";
import { chooseRoute, isOutOfTime, openRoad, orAborted, type ProxySettings, within } from "./path/connect.ts";
import { decodeText } from "./read-body.ts";
import { type Wire, WireFailure, type WireFailureReason, type WireReply, type WireRequest } from "./wire.ts";

export interface LiveWireOptions {
  /** Scheme, host and port; every exchange goes there and nowhere else. */
  origin: string;
  /** The longest one exchange may take, ms. */
  timeoutMs: number;
  /** The longest decoded reply, bytes. */
  maxReplyBytes: number;
  proxy: ProxySettings;
}

export interface LiveWire {
  exchange: Wire;
  /** Closes idle connections and ends those in use. */
  close(): Promise<void>;
}

/** Time for name, connection, tunnel and TLS together; a gateway that is not there by then is down. */
const ROAD_MS = 15_000;

/** Servers keep an idle connection for five seconds or longer: a request must not meet one that is being closed. */
const IDLE_MS = 4000;

/**
 * The real thing: HTTP over connections that `openRoad` opens, kept for the next exchanges. Each exchange opens one at the
 * most, under its own deadline. Redirects are never followed (the request carries a key); a 3xx comes back as the reply it
 * is. A caller who hangs up (`HangUp`) ends no exchange of which something was sent: it is most likely billed, so its
 * answer is worth having.
 *
 * Whether something was sent is read from the connection: what has not been written to it nobody has seen.
 */
export function createLiveWire({ origin, timeoutMs, maxReplyBytes, proxy }: LiveWireOptions): LiveWire {
  const url = new URL(origin);
  const agent = createRoadAgent(url, proxy);
  const closing = new AbortController();

  const exchange: Wire = async ({ method, path, headers, body, signal }: WireRequest): Promise<WireReply> => {
    if (signal.aborted) throw new WireFailure("cancelled", false);
    const sending: Sending = { socket: undefined, writtenBefore: 0, begun: undefined };
    const cancelled = new AbortController();
    const heed = () => {
      if (!(signal.reason instanceof HangUp) || !wasSent(sending)) cancelled.abort(signal.reason);
    };
    signal.addEventListener("abort", heed, { once: true });
    try {
      return await within(timeoutMs, [cancelled.signal, closing.signal], async (ending) => {
        try {
          const options: RoadRequest = {
            agent,
            method,
            path,
            headers: { ...headers, host: url.host, "accept-encoding": "gzip, deflate, br" },
            ending,
          };
          const work = send(options, body, sending).then((reply) => readReply(reply, sending, maxReplyBytes));
          return await orAborted(work, ending);
        } catch (error) {
          throw toWireFailure(error, sending, reasonOf(ending, cancelled.signal));
        }
      });
    } finally {
      signal.removeEventListener("abort", heed);
    }
  };
  const close = async () => {
    closing.abort(new Error("closed"));
    agent.destroy();
  };
  return { exchange, close };
}

/** What is known of an exchange while it is under way. */
interface Sending {
  /** Undefined before there is a connection. */
  socket: Socket | undefined;
  /** Of exchanges before this one, bytes. */
  writtenBefore: number;
  /** Headers of the reply, once it has begun. */
  begun: WireReply["headers"] | undefined;
}

const wasSent = ({ socket, writtenBefore }: Sending): boolean =>
  socket !== undefined && socket.bytesWritten !== writtenBefore;

interface RoadRequest extends ClientRequestArgs {
  /** Ends the opening of a connection. */
  ending: AbortSignal;
}

/** Opens connections the way that the settings want, and keeps those that are idle. */
function createRoadAgent(origin: URL, proxy: ProxySettings): Agent {
  const route = chooseRoute(origin, proxy);
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  agent.createConnection = (options, done) => {
    const { ending } = options as RoadRequest;
    // A failure comes without a socket, which the types do not know.
    const fail = done as (error: unknown) => void;
    within(ROAD_MS, [ending], (both) => openRoad(route, origin, both)).then((socket) => done?.(null, socket), fail);
    return undefined;
  };
  return agent;
}

/** Sends a request. @returns the reply, its body to be read; an end of the exchange destroys it */
function send(options: RoadRequest, body: string | undefined, sending: Sending): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked: ClientRequest = request(options);
    // Comes right before the first byte.
    asked.once("socket", (socket) => {
      sending.socket = socket;
      sending.writtenBefore = socket.bytesWritten;
    });
    asked.once("response", resolve);
    asked.on("error", reject);
    asked.once("close", () => reject(new Error("closed without a reply")));
    options.ending.addEventListener("abort", () => asked.destroy(), { once: true });
    asked.end(body);
  });
}

async function readReply(reply: IncomingMessage, sending: Sending, maxReplyBytes: number): Promise<WireReply> {
  const headers = flattenHeaders(reply.headersDistinct);
  sending.begun = headers;
  return { status: reply.statusCode ?? 0, headers, body: await readBody(reply, encodingOf(headers), maxReplyBytes) };
}

function flattenHeaders(headers: NodeJS.Dict<string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, values = []]) => [name, values.join(", ")]));
}

/** An empty body is not compressed, whatever its header says: a decoder would miss the end of what never began. */
function encodingOf(headers: Record<string, string>): string | undefined {
  return headers["content-length"] === "0" ? undefined : headers["content-encoding"];
}

async function readBody(body: Readable, encoding: string | undefined, maxBytes: number): Promise<string> {
  const decoded = decode(body, encoding);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of decoded) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxBytes) throw new WireFailure("too_large", true);
      chunks.push(chunk as Buffer);
    }
  } finally {
    body.destroy();
  }
  return decodeText(Buffer.concat(chunks));
}

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

function decode(body: Readable, encoding = "identity"): Readable {
  const decoder = DECODERS[encoding.trim().toLowerCase()]?.();
  if (decoder === undefined) return body;
  body.on("error", (error) => decoder.destroy(error));
  return body.pipe(decoder);
}

/** Why the exchange was ended from here; undefined where it was not. */
function reasonOf(ending: AbortSignal, cancelled: AbortSignal): WireFailureReason | undefined {
  if (!ending.aborted) return undefined;
  if (isOutOfTime(ending)) return "timeout";
  return cancelled.aborted ? "cancelled" : "broken_off";
}

/** Whatever an error is called: a reply that had begun, or a byte that was written, means that the request was sent. */
function toWireFailure(error: unknown, sending: Sending, ended: WireFailureReason | undefined): WireFailure {
  const sent = sending.begun !== undefined || wasSent(sending);
  const fail = (reason: WireFailureReason) => new WireFailure(reason, sent, error, undefined, sending.begun);
  if (error instanceof WireFailure) return fail(error.reason);
  if (ended === "timeout" || ended === "cancelled") return fail(ended);
  return fail(sent ? "broken_off" : "unreachable");
}
