import { setMaxListeners } from "node:events";
import type { Socket } from "node:net";
import { finished, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { Client } from "undici";
import { HangUp } from "../errors.ts";
import { decodeText } from "./decode-text.ts";
import { chooseRoute, isOutOfTime, openRoad, orAborted, type ProxySettings, within } from "./path/connect.ts";
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

/** The gateway's highest documented tier allows 50 calls at once. */
const MAX_IDLE = 50;

/**
 * The real thing: undici over connections that `openRoad` opens, kept for the next exchanges. Each exchange opens one at
 * the most, under its own deadline. Redirects are never followed (the request carries a key); a 3xx comes back as the
 * reply it is. A caller who hangs up (`HangUp`) ends no exchange of which something was sent: it is most likely billed, so
 * its answer is worth having.
 *
 * Whether something was sent is read from the connection: what has not been written to it nobody has seen.
 */
export function createLiveWire({ origin, timeoutMs, maxReplyBytes, proxy }: LiveWireOptions): LiveWire {
  const lines = createLines(new URL(origin), proxy);
  const closing = new AbortController();
  // One listener for each exchange under way.
  setMaxListeners(0, closing.signal);

  const exchange: Wire = async (request: WireRequest): Promise<WireReply> => {
    const { method, path, headers, body, signal, mayGo, makeRoom } = request;
    if (signal.aborted) throw new WireFailure("cancelled", false);
    await mayGo?.();
    // Its listener would not hear of what happened meanwhile.
    if (signal.aborted) throw new WireFailure("cancelled", false);
    const line = lines.take();
    const sending: Sending = {
      socket: line.socket,
      writtenBefore: line.socket?.bytesWritten ?? 0,
      begun: undefined,
      refusal: undefined,
    };
    const cancelled = new AbortController();
    const heed = () => {
      if (!(signal.reason instanceof HangUp) || !wasSent(sending)) cancelled.abort(signal.reason);
    };
    signal.addEventListener("abort", heed, { once: true });
    try {
      return await within(timeoutMs, [cancelled.signal, closing.signal], async (ending) => {
        line.use = { sending, ending, mayGo };
        try {
          const asked = line.client.request({
            method,
            path,
            headers: { ...headers, "accept-encoding": "gzip, deflate, br" },
            body: body ?? null,
            signal: ending,
          });
          const work = asked.then(async (reply): Promise<WireReply> => {
            const begun = { status: reply.statusCode, headers: flattenHeaders(reply.headers), chunks: [] };
            sending.begun = begun;
            await readBody(reply.body, begun, { maxReplyBytes, makeRoom });
            return toReply(begun);
          });
          const reply = await orAborted(work, ending);
          lines.giveBack(line);
          return reply;
        } catch (error) {
          lines.end(line);
          if (sending.refusal !== undefined) throw sending.refusal;
          throw toWireFailure(error, sending, reasonOf(ending, cancelled.signal));
        }
      });
    } finally {
      signal.removeEventListener("abort", heed);
    }
  };
  const close = async () => {
    closing.abort(new Error("closed"));
    await lines.close();
  };
  return { exchange, close };
}

/** What is known of an exchange while it is under way. */
interface Sending {
  /** Undefined before there is a connection. */
  socket: Socket | undefined;
  /** Of exchanges before this one, bytes. */
  writtenBefore: number;
  /** The reply, once it has begun. */
  begun: Begun | undefined;
  /** Why it must not be sent after all. */
  refusal: unknown;
}

/** A reply and what has come of its body, decoded. */
interface Begun extends Pick<WireReply, "status" | "headers"> {
  chunks: Buffer[];
}

const toReply = ({ chunks, ...rest }: Begun): WireReply => ({ ...rest, body: decodeText(Buffer.concat(chunks)) });

const wasSent = ({ socket, writtenBefore }: Sending): boolean =>
  socket !== undefined && socket.bytesWritten !== writtenBefore;

/** One connection at a time, for one exchange at a time, so that it is known which of them wrote to it. */
interface Line {
  client: Client;
  /** The connection that was opened last; it may have been closed since. */
  socket: Socket | undefined;
  /** The exchange that has the line; undefined once it has opened a connection: it opens no second one. */
  use: { sending: Sending; ending: AbortSignal; mayGo: WireRequest["mayGo"] } | undefined;
}

interface Lines {
  /** An idle line, or a new one. */
  take(): Line;
  giveBack(line: Line): void;
  end(line: Line): void;
  close(): Promise<void>;
}

/**
 * Opens connections the way that the settings want, and keeps those that are idle. undici's own pool and proxy agent are
 * not used: through a proxy that closes on CONNECT, or keeps silent, they connect or wait without end, deaf to deadlines
 * and cancellation (nodejs/undici #3897, #5093).
 */
function createLines(origin: URL, proxy: ProxySettings): Lines {
  const route = chooseRoute(origin, proxy);
  const idle: Line[] = [];
  const all = new Set<Line>();

  const open = (): Line => {
    const client = new Client(origin, {
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      // The one deadline of an exchange rules; undici's own would end a slow but honest answer after five minutes.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_options, done) => {
        const { use } = line;
        line.use = undefined;
        if (use === undefined) return done(new Error("the connection was closed before the exchange"), null);
        within(ROAD_MS, [use.ending], (both) => openRoad(route, origin, both)).then(
          async (socket) => {
            line.socket = socket;
            use.sending.socket = socket;
            use.sending.writtenBefore = socket.bytesWritten;
            try {
              await use.mayGo?.();
              done(null, socket);
            } catch (error) {
              use.sending.refusal = error;
              socket.destroy();
              done(error as Error, null);
            }
          },
          (error: Error) => done(error, null),
        );
      },
    });
    const line: Line = { client, socket: undefined, use: undefined };
    all.add(line);
    return line;
  };

  const end = (line: Line) => {
    all.delete(line);
    line.client.destroy().catch(() => {});
  };
  return {
    take: () => idle.pop() ?? open(),
    giveBack: (line) => {
      if (idle.length < MAX_IDLE && all.has(line)) idle.push(line);
      else end(line);
    },
    end,
    close: async () => {
      await Promise.all([...all].map(({ client }) => client.destroy()));
      all.clear();
      idle.length = 0;
    },
  };
}

function flattenHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}

/** An empty body is not compressed, whatever its header says: a decoder would miss the end of what never began. */
function encodingOf(headers: Record<string, string>): string | undefined {
  return headers["content-length"] === "0" ? undefined : headers["content-encoding"];
}

/** Of a reply that is too large, the beginning is kept: it was paid for, and its first pages can be read. */
const MAX_KEPT_BYTES = 8 << 20;

/** Takes in what comes, so that it is there even if the rest never comes. */
async function readBody(
  body: Readable,
  { headers, chunks }: Begun,
  { maxReplyBytes, makeRoom }: { maxReplyBytes: number; makeRoom: WireRequest["makeRoom"] },
): Promise<void> {
  const decoded = decode(body, encodingOf(headers));
  let bytes = 0;
  const read = new Promise<void>((resolve, reject) => {
    decoded.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxReplyBytes) return reject(new WireFailure("too_large", true));
      chunks.push(chunk);
      const made = makeRoom?.(bytes);
      if (made === undefined) return;
      // Meanwhile the rest waits in the connection.
      decoded.pause();
      made.then(() => decoded.resume(), reject);
    });
    finished(decoded, (error) => (error ? reject(error) : resolve()));
  });
  try {
    await read;
  } catch (error) {
    if (error instanceof WireFailure) cutTo(chunks, MAX_KEPT_BYTES);
    throw error;
  } finally {
    decoded.removeAllListeners("data");
    body.destroy();
    decoded.destroy();
  }
}

function cutTo(chunks: Buffer[], maxBytes: number): void {
  let bytes = 0;
  const end = chunks.findIndex((chunk) => {
    bytes += chunk.length;
    return bytes > maxBytes;
  });
  if (end >= 0) chunks.splice(end);
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
  // Ended and not destroyed: what came before the connection broke is decoded; that the end is missing, it says itself.
  body.on("error", () => decoder.end());
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
  const begun = sending.begun && toReply(sending.begun);
  const fail = (reason: WireFailureReason) => new WireFailure(reason, sent, error, undefined, begun);
  if (error instanceof WireFailure) return fail(error.reason);
  if (ended === "timeout" || ended === "cancelled") return fail(ended);
  return fail(sent ? "broken_off" : "unreachable");
}
