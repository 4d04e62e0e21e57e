import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { request } from "node:http";
import { connect, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { openSocks5 } from "./socks5.ts";

/** Proxies as the environment names them; empty text is none. */
export interface ProxySettings {
  httpProxy: string;
  httpsProxy: string;
  noProxy: string;
}

/** How exchanges with an origin leave this machine. */
export type Route =
  | { kind: "direct"; because: "no_proxy_set" | "exempt" }
  /** `proxy` may hold a user name and password. */
  | { kind: "proxy"; proxy: URL };

/** Which way exchanges with an origin take: NO_PROXY names hosts, with all below them, as curl and others read it. */
export function chooseRoute(origin: URL, { httpProxy, httpsProxy, noProxy }: ProxySettings): Route {
  const proxy = origin.protocol === "https:" ? httpsProxy : httpProxy;
  if (proxy === "") return { kind: "direct", because: "no_proxy_set" };
  return isExempt(origin, noProxy) ? { kind: "direct", because: "exempt" } : { kind: "proxy", proxy: new URL(proxy) };
}

function isExempt(origin: URL, noProxy: string): boolean {
  if (noProxy === "*") return true;
  const host = hostOf(origin);
  return noProxy.split(/[,\s]/).some((entry) => {
    if (entry === "") return false;
    const [, name = entry, onlyPort] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
    if (onlyPort !== undefined && Number(onlyPort) !== 0 && Number(onlyPort) !== portOf(origin)) return false;
    const exempt = name
      .replace(/^\*?\./, "")
      .replace(/^\[|\]$/g, "")
      .toLowerCase();
    return host === exempt || host.endsWith(`.${exempt}`);
  });
}

/** A proxy without its user name and password, to be shown. */
export const nameOfProxy = ({ protocol, host }: URL): string => `${protocol}//${host}`;

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443, "socks5:": 1080 };

/** Without the brackets of an IPv6 address. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "");

export const portOf = ({ port, protocol }: URL): number =>
  port === "" ? (DEFAULT_PORTS[protocol] ?? 0) : Number(port);

/** The steps to a gateway, in their order; without a proxy, or without TLS, some are left out. */
export type Step = "name" | "connect" | "proxy_tls" | "tunnel" | "tls";

/** Why there is no connection, and how far it came. Nothing of a request was sent. */
export class NoConnection extends Error {
  override readonly name = "NoConnection";
  readonly at: Step;
  /** What the system calls it (`ECONNREFUSED`); `timeout`; for a tunnel that a proxy would not open, its HTTP status. */
  readonly code: string;
  /** Who did not do its part. */
  readonly peer: "gateway" | "proxy";

  constructor(at: Step, code: string, peer: NoConnection["peer"]) {
    super(`${peer}, ${at}: ${code}`);
    this.at = at;
    this.code = code;
    this.peer = peer;
  }
}

/** A connection, and what the name of its other end (a proxy's, where there is one) means. */
export interface Connection {
  socket: Socket;
  /** Addresses that the name stands for; the address itself where there is no name. */
  addresses: string[];
}

/** The reason of a signal whose time is up. */
const OUT_OF_TIME = new Error("out of time");

export const isOutOfTime = ({ reason }: AbortSignal): boolean => reason === OUT_OF_TIME;

/**
 * Works under a deadline, by the monotonic clock, and under signals of others; tells the work which of them came first.
 * That the work ends then is its own duty: see `orAborted`.
 */
export async function within<T>(
  ms: number,
  signals: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const listening = signals.map((signal) => {
    const heed = () => ending.abort(signal.reason);
    if (signal.aborted) heed();
    signal.addEventListener("abort", heed, { once: true });
    return () => signal.removeEventListener("abort", heed);
  });
  const timer = setTimeout(() => ending.abort(OUT_OF_TIME), ms);
  try {
    return await work(ending.signal);
  } finally {
    clearTimeout(timer);
    for (const stop of listening) stop();
  }
}

/**
 * Goes the way to an origin up to where TLS, or the request, would begin: name, connection, tunnel. One attempt; sends
 * nothing to the origin.
 * @param signal heeded at once in whatever step
 * @throws {NoConnection}, also when the time of `within` is up; the signal's reason when it is aborted otherwise
 */
export async function openWay(route: Route, origin: URL, signal: AbortSignal): Promise<Connection> {
  if (route.kind === "direct") return openConnection(origin, "gateway", signal);
  const { proxy } = route;
  const { socket, addresses } = await openConnection(proxy, "proxy", signal);
  const toProxy = proxy.protocol === "https:" ? await encrypt(socket, proxy, "proxy_tls", signal) : socket;
  try {
    return { socket: await askForTunnel(toProxy, proxy, origin, signal), addresses };
  } catch (error) {
    toProxy.destroy();
    throw toNoConnection(error, "tunnel", "proxy", signal);
  }
}

/**
 * The whole way: what comes back is ready for a request, encrypted where the origin is https. One attempt; nothing of a
 * request was sent over it yet.
 * @throws as `openWay`
 */
export async function openRoad(route: Route, origin: URL, signal: AbortSignal): Promise<Socket> {
  const { socket } = await openWay(route, origin, signal);
  return origin.protocol === "https:" ? encrypt(socket, origin, "tls", signal) : socket;
}

/** Longer than a busy provider takes: what stands in between must not forget a connection that waits for an answer. */
const KEEP_ALIVE_MS = 60_000;

async function openConnection(url: URL, peer: NoConnection["peer"], signal: AbortSignal): Promise<Connection> {
  signal.throwIfAborted();
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await resolve(host, peer, signal) : undefined;
  // Node tries one address after the other, out of those that were found here.
  const socket = connect({ host, port: portOf(url), ...(addresses !== undefined && { lookup: toLookup(addresses) }) });
  socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
  await settle(socket, "connect", ["connect", peer], signal);
  return { socket, addresses: addresses?.map(({ address }) => address) ?? [host] };
}

type Addresses = Awaited<ReturnType<typeof askResolver>>;

const askResolver = (host: string) => lookup(host, { all: true });

/**
 * Names that are being looked up. The system's resolver cannot be interrupted: whoever gives up leaves it behind, in one
 * of the four threads that also write our files. So it is asked for a name once at a time.
 */
const underWay = new Map<string, Promise<Addresses>>();

function lookupOnce(host: string): Promise<Addresses> {
  const asked = underWay.get(host) ?? askResolver(host).finally(() => underWay.delete(host));
  underWay.set(host, asked);
  return asked;
}

async function resolve(host: string, peer: NoConnection["peer"], signal: AbortSignal): Promise<Addresses> {
  return orAborted(lookupOnce(host), signal).catch((error: unknown) => {
    throw toNoConnection(error, "name", peer, signal);
  });
}

const toLookup =
  (addresses: Addresses): LookupFunction =>
  (_host, { all }, answer) => {
    const [{ address, family } = { address: "", family: 0 }] = addresses;
    if (all === true) answer(null, addresses);
    else answer(null, address, family);
  };

/** No key goes along, only the proxy's own credentials. */
function askForTunnel(socket: Socket, proxy: URL, target: URL, signal: AbortSignal): Promise<Socket> {
  const credentials = { username: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) };
  return proxy.protocol === "socks5:"
    ? openSocks5(socket, { host: hostOf(target), port: portOf(target), ...credentials }, signal)
    : askHttpProxy(socket, credentials, target, signal);
}

interface Credentials {
  username: string;
  password: string;
}

async function askHttpProxy(
  socket: Socket,
  credentials: Credentials,
  target: URL,
  signal: AbortSignal,
): Promise<Socket> {
  const authority = `${target.hostname}:${portOf(target)}`;
  const asked = request({
    createConnection: () => socket,
    method: "CONNECT",
    path: authority,
    headers: { host: authority, ...toAuthorization(credentials) },
    signal,
  });
  asked.on("error", () => {});
  asked.end();
  const [status, tunnel] = await Promise.race([
    once(asked, "connect", { signal }).then(([response, opened, ahead]) => {
      if ((ahead as Buffer).length > 0) (opened as Socket).unshift(ahead as Buffer);
      return [response.statusCode as number, opened as Socket] as const;
    }),
    // An answer without a tunnel comes as an ordinary response from some proxies.
    once(asked, "response", { signal }).then(([response]) => [response.statusCode as number, socket] as const),
  ]);
  if (status >= 200 && status < 300) return tunnel;
  throw Object.assign(new Error("refused"), { code: String(status) });
}

function toAuthorization({ username, password }: Credentials): Record<string, string> {
  if (username === "" && password === "") return {};
  return { "proxy-authorization": `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
}

async function encrypt(socket: Socket, url: URL, at: "proxy_tls" | "tls", signal: AbortSignal): Promise<Socket> {
  const host = hostOf(url);
  const encrypted = connectTls({
    socket,
    host,
    // An IP address is no name to ask for.
    ...(isIP(host) === 0 && { servername: host }),
    ALPNProtocols: ["http/1.1"],
  });
  try {
    await settle(encrypted, "secureConnect", [at, at === "tls" ? "gateway" : "proxy"], signal);
    return encrypted;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Waits for the event that says that a socket is there; destroys it when that does not come. */
async function settle(
  socket: Socket,
  event: string,
  [at, peer]: readonly [Step, NoConnection["peer"]],
  signal: AbortSignal,
): Promise<void> {
  // What goes wrong later shows where the socket is used.
  socket.on("error", () => {});
  try {
    await once(socket, event, { signal });
  } catch (error) {
    socket.destroy();
    throw toNoConnection(error, at, peer, signal);
  }
}

/** @returns what is to be thrown */
function toNoConnection(error: unknown, at: Step, peer: NoConnection["peer"], signal: AbortSignal): unknown {
  if (signal.aborted) return isOutOfTime(signal) ? new NoConnection(at, "timeout", peer) : signal.reason;
  return new NoConnection(at, networkCodeOf(error), peer);
}

/** @throws the signal's reason as soon as it is aborted, whatever becomes of the work */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let heed = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    heed = () => reject(signal.reason);
    if (signal.aborted) heed();
    signal.addEventListener("abort", heed, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", heed);
    work.catch(() => {});
  }
}

/** A network error's code, or the first one among those it wraps (one per address that was tried); empty when there is none. */
export function networkCodeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown[] };
  if (typeof code === "string" && code !== "") return code;
  if (Array.isArray(errors) && errors.length > 0) return networkCodeOf(errors[0]);
  return cause === undefined ? "" : networkCodeOf(cause);
}
