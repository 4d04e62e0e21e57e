import type { Readable, Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { EnvHttpProxyAgent } from "undici";
import { HangUp } from "../errors.ts";
import type { ProxySettings } from "./path/connect.ts";
import { type Wire, WireFailure, type WireFailureReason, type WireReply, type WireRequest } from "./wire.ts";
import { networkCodeOf } from "./wire-errors.ts";

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

/** Time for DNS, TCP and TLS together; a gateway that does not answer by then is down. */
const CONNECT_TIMEOUT_MS = 10_000;

/** The gateway's highest documented tier allows 50 calls at once. */
const MAX_CONNECTIONS = 50;

/** Errors of a connection that never came about: nothing was sent over it. */
const NOT_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_INVALID_ARG",
  "UND_ERR_PRX_TLS",
]);

/** Errors of the TLS handshake, which comes before the request. */
const TLS_FAILED = /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

/** How undici words a proxy that would not open the tunnel. */
const TUNNEL_REFUSED = /^Proxy response \(\d+\)/;

/**
 * The real thing: undici with a keep-alive pool. Redirects are never followed (the request carries a key);
 * a 3xx comes back as the reply it is. A caller who hangs up (`HangUp`) ends no exchange that has begun: it is most
 * likely billed, so its answer is worth having.
 */
export function createLiveWire({ origin, timeoutMs, maxReplyBytes, proxy }: LiveWireOptions): LiveWire {
  const dispatcher = new EnvHttpProxyAgent({
    ...proxy,
    connections: MAX_CONNECTIONS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    // The one deadline below rules; undici's own would end a slow but honest answer after five minutes at the latest.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  const exchange: Wire = async ({ method, path, headers, body, signal }: WireRequest): Promise<WireReply> => {
    if (signal.aborted) throw new WireFailure("cancelled", false);
    const deadline = AbortSignal.timeout(timeoutMs);
    const cancelled = withoutHangUps(signal);
    let begun: WireReply["headers"] | undefined;
    try {
      // Origin and path stay apart: joined as a URL, a path that begins with // would name another host.
      const reply = await dispatcher.request({
        origin,
        path,
        method,
        headers: { ...headers, "accept-encoding": "gzip, deflate, br" },
        body: body ?? null,
        signal: AbortSignal.any([cancelled, deadline]),
      });
      const flat = flattenHeaders(reply.headers);
      begun = flat;
      return {
        status: reply.statusCode,
        headers: flat,
        body: await readBody(reply.body, encodingOf(flat), maxReplyBytes),
      };
    } catch (error) {
      throw toWireFailure(error, cancelled, deadline, begun);
    }
  };
  return { exchange, close: () => dispatcher.destroy() };
}

/** The signal, but for an end that is no cancellation. */
function withoutHangUps(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const heed = () => {
    if (!(signal.reason instanceof HangUp)) controller.abort(signal.reason);
  };
  signal.addEventListener("abort", heed, { once: true });
  return controller.signal;
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
  return Buffer.concat(chunks).toString("utf8");
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

/** @param begun headers of the reply, if one had begun: then the request was sent, whatever the error is called */
function toWireFailure(
  error: unknown,
  caller: AbortSignal,
  deadline: AbortSignal,
  begun: WireReply["headers"] | undefined,
): WireFailure {
  const wasSent = begun !== undefined || !isBeforeSending(error);
  const fail = (reason: WireFailureReason) => new WireFailure(reason, wasSent, error, undefined, begun);
  if (error instanceof WireFailure) return fail(error.reason);
  if (caller.aborted) return fail("cancelled");
  if (deadline.aborted) return fail("timeout");
  return fail(wasSent ? "broken_off" : "unreachable");
}

function isBeforeSending(error: unknown): boolean {
  const code = networkCodeOf(error);
  return NOT_SENT.has(code) || TLS_FAILED.test(code) || (error instanceof Error && TUNNEL_REFUSED.test(error.message));
}
