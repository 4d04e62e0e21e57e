import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { request } from "node:http";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { networkCodeOf } from "../wire-errors.ts";

/** Why there is no connection, and how far it came. */
export class NoConnection extends Error {
  override readonly name = "NoConnection";
  readonly at: "name" | "connect" | "proxy_tls" | "tunnel";
  /** What the system calls it (`ECONNREFUSED`); `timeout`; for a tunnel that a proxy would not open, its HTTP status. */
  readonly code: string;

  constructor(at: NoConnection["at"], code: string) {
    super(`${at}: ${code}`);
    this.at = at;
    this.code = code;
  }
}

/** A TCP connection, and what the name of its other end means. */
export interface Connection {
  socket: Socket;
  /** Addresses that the name stands for; the address itself where there is no name. */
  addresses: string[];
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443, "socks5:": 1080 };

/** Without the brackets of an IPv6 address. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "");

export const portOf = ({ port, protocol }: URL): number =>
  port === "" ? (DEFAULT_PORTS[protocol] ?? 0) : Number(port);

/**
 * Resolves a name and connects; sends nothing.
 * @throws {NoConnection} `name` or `connect`; the signal's reason when it is aborted
 */
export async function openConnection(url: URL, signal: AbortSignal): Promise<Connection> {
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await resolve(host, signal) : [host];
  // Node tries one address after the other; all are ours to try, since the name was resolved here as there.
  const socket = connect({ host, port: portOf(url) });
  await settle(socket, "connect", "connect", signal);
  return { socket, addresses };
}

async function resolve(host: string, signal: AbortSignal): Promise<string[]> {
  const found = lookup(host, { all: true }).catch((error: unknown) => {
    throw new NoConnection("name", networkCodeOf(error));
  });
  // The system's resolver cannot be interrupted; it is left behind.
  const addresses = await Promise.race([found, whenAborted(signal)]);
  return addresses.map(({ address }) => address);
}

/**
 * Asks an http or https proxy for a tunnel to `target`; no key goes along, only the proxy's own credentials.
 * @returns the tunnel, over which nothing was sent yet
 * @throws {NoConnection} for a proxy that is not reached, or refuses; the signal's reason when it is aborted
 */
export async function openTunnel(proxy: URL, target: URL, signal: AbortSignal): Promise<Connection> {
  const { socket: plain, addresses } = await openConnection(proxy, signal);
  const socket = proxy.protocol === "https:" ? await encrypt(plain, proxy, signal) : plain;
  const authority = `${target.hostname}:${portOf(target)}`;
  const asked = request({
    createConnection: () => socket,
    method: "CONNECT",
    path: authority,
    headers: { host: authority, ...credentialsOf(proxy) },
    signal,
  });
  asked.on("error", () => {});
  asked.end();
  const [status, tunnel] = await Promise.race([
    once(asked, "connect", { signal }).then(
      ([response, opened]) => [response.statusCode as number, opened as Socket] as const,
    ),
    // An answer without a tunnel comes as an ordinary response from some proxies.
    once(asked, "response", { signal }).then(([response]) => [response.statusCode as number, socket] as const),
  ]).catch((error: unknown) => {
    socket.destroy();
    signal.throwIfAborted();
    throw new NoConnection("tunnel", networkCodeOf(error));
  });
  if (status >= 200 && status < 300) return { socket: tunnel, addresses };
  socket.destroy();
  throw new NoConnection("tunnel", String(status));
}

function credentialsOf({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

async function encrypt(socket: Socket, proxy: URL, signal: AbortSignal): Promise<Socket> {
  const host = hostOf(proxy);
  const encrypted = connectTls({ socket, host, ...(isIP(host) === 0 && { servername: host }) });
  await settle(encrypted, "secureConnect", "proxy_tls", signal);
  return encrypted;
}

/** Waits for the event that says that a socket is there; destroys it when that does not come. */
async function settle(socket: Socket, event: string, at: NoConnection["at"], signal: AbortSignal): Promise<void> {
  try {
    await once(socket, event, { signal });
    // What goes wrong later shows where the socket is used.
    socket.on("error", () => {});
  } catch (error) {
    socket.on("error", () => {});
    socket.destroy();
    signal.throwIfAborted();
    throw new NoConnection(at, networkCodeOf(error));
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

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

const DEFAULT_PORTS_ROUTE: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** Which way the wire takes: the rules are those of undici's EnvHttpProxyAgent, which a test holds them to. */
export function chooseRoute(origin: URL, { httpProxy, httpsProxy, noProxy }: ProxySettings): Route {
  const proxy = origin.protocol === "https:" ? httpsProxy || httpProxy : httpProxy;
  if (proxy === "") return { kind: "direct", because: "no_proxy_set" };
  return isExempt(origin, noProxy) ? { kind: "direct", because: "exempt" } : { kind: "proxy", proxy: new URL(proxy) };
}

function isExempt({ hostname, port, protocol }: URL, noProxy: string): boolean {
  if (noProxy === "*") return true;
  const originPort = port === "" ? DEFAULT_PORTS_ROUTE[protocol] : port;
  return noProxy.split(/[,\s]/).some((entry) => {
    if (entry === "") return false;
    const [, name = entry, onlyPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
    if (onlyPort !== undefined && Number(onlyPort) !== 0 && onlyPort !== originPort) return false;
    const exempt = name.replace(/^\*?\./, "").toLowerCase();
    return hostname === exempt || hostname.endsWith(`.${exempt}`);
  });
}

/** A proxy without its user name and password, to be shown. */
export const nameOfProxy = ({ protocol, host }: URL): string => `${protocol}//${host}`;
