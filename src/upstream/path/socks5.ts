import { once } from "node:events";
import { isIP, type Socket } from "node:net";

const VERSION = 5;
const NO_AUTH = 0;
const BY_PASSWORD = 2;
const CONNECT = 1;
const BY_NAME = 3;

/** Answers of a SOCKS5 proxy to a wish for a connection, as an HTTP proxy's statuses would say them (RFC 1928, 6). */
const AS_STATUS: Readonly<Record<number, number>> = { 2: 403, 3: 502, 4: 502, 5: 502, 6: 504 };

/** Length of the address that an answer names, by its type; for a name its first byte tells. */
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 4: 16 };
const PORT_BYTES = 2;

export interface Socks5Wish {
  /** Name or address; the proxy resolves names. */
  host: string;
  port: number;
  /** What the proxy wants to know of us; empty where nothing is set. */
  username: string;
  password: string;
}

/**
 * Asks a SOCKS5 proxy for a way to a host (RFC 1928, RFC 1929).
 * @returns the same socket, over which nothing was sent to that host yet
 * @throws an error whose `code` says what an HTTP proxy's status would for a proxy that refuses; what the socket or the
 *   signal throws
 */
export async function openSocks5(
  socket: Socket,
  { host, port, username, password }: Socks5Wish,
  signal: AbortSignal,
): Promise<Socket> {
  const method = username === "" && password === "" ? NO_AUTH : BY_PASSWORD;
  const take = (bytes: number) => takeBytes(socket, bytes, signal);

  socket.write(Buffer.from([VERSION, 1, method]));
  const [version, chosen] = await take(2);
  if (version !== VERSION) throw withCode("not SOCKS5");
  if (chosen !== method) throw withCode("407");
  if (method === BY_PASSWORD) {
    socket.write(Buffer.concat([Buffer.from([1]), withLength(username), withLength(password)]));
    const [, verdict] = await take(2);
    if (verdict !== 0) throw withCode("407");
  }

  socket.write(
    Buffer.concat([Buffer.from([VERSION, CONNECT, 0]), toAddress(host), Buffer.from([port >> 8, port & 255])]),
  );
  const [, answer = 1, , type = 0] = await take(4);
  if (answer !== 0) throw withCode(String(AS_STATUS[answer] ?? 500));
  const [named = 0] = type === BY_NAME ? await take(1) : [ADDRESS_BYTES[type]];
  await take(named + PORT_BYTES);
  return socket;
}

/** IPv4 as four bytes; names, and IPv6 in its written form, as text. */
function toAddress(host: string): Buffer {
  if (isIP(host) === 4) return Buffer.from([1, ...host.split(".").map(Number)]);
  return Buffer.concat([Buffer.from([BY_NAME]), withLength(host)]);
}

/** At most 255 bytes have a length that can be told. */
function withLength(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 255);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/**
 * Bytes may come one by one. What is there is taken out at once: while anything is left in a socket, it says without end
 * that there is something to read, and neither a deadline nor another caller would have its turn.
 */
async function takeBytes(socket: Socket, bytes: number, signal: AbortSignal): Promise<Buffer> {
  const taken: Buffer[] = [];
  for (let missing = bytes; missing > 0; ) {
    const piece = socket.read(Math.min(missing, socket.readableLength)) as Buffer | null;
    if (piece !== null) {
      taken.push(piece);
      missing -= piece.length;
      continue;
    }
    if (socket.readableEnded || socket.destroyed) throw withCode("ECONNRESET");
    const until = new AbortController();
    const both = AbortSignal.any([signal, until.signal]);
    try {
      await Promise.race([once(socket, "readable", { signal: both }), once(socket, "end", { signal: both })]);
    } finally {
      until.abort();
    }
  }
  return Buffer.concat(taken);
}

const withCode = (code: string): Error => Object.assign(new Error(`SOCKS5: ${code}`), { code });
