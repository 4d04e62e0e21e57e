import { once } from "node:events";
import { isIP, type Socket } from "node:net";
import { connect } from "node:tls";
import { networkCodeOf } from "../wire-errors.ts";
import {
  type Connection,
  chooseRoute,
  hostOf,
  NoConnection,
  openConnection,
  openTunnel,
  type ProxySettings,
  type Route,
} from "./connect.ts";

/** How far a connection came: each step is there once it was taken. */
export interface PathLook {
  route: Route;
  /** Of the gateway, or of the proxy before it. */
  addresses: string[];
  /** Why there was no connection. */
  failure?: NoConnection;
  /** Undefined without TLS, and where nobody got so far. */
  certificate?: Certificate;
  /** Why TLS did not come about, where it was not for the certificate. */
  tlsFailure?: string;
  /** A proxy that this look does not speak to: what is behind it was left out. */
  isUnseen: boolean;
}

export interface PathOptions {
  origin: URL;
  proxy: ProxySettings;
  /** For the connection, and again for TLS; ms. */
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Goes the way that exchanges with the gateway go, step by step, and says where it ends: name, connection, proxy,
 * tunnel, certificate. Nothing is sent to the gateway, the key least of all.
 * @throws the signal's reason when it is aborted
 */
export async function lookAtPath({ origin, proxy, timeoutMs, signal }: PathOptions): Promise<PathLook> {
  const route = chooseRoute(origin, proxy);
  const isUnseen = route.kind === "proxy" && route.proxy.protocol === "socks5:";
  const look = { route, isUnseen };
  let connection: Connection;
  try {
    connection = await within(timeoutMs, signal, (both) => open(route, origin, both));
  } catch (error) {
    if (error instanceof NoConnection) return { ...look, addresses: [], failure: error };
    throw error;
  }
  const { socket, addresses } = connection;
  if (isUnseen || origin.protocol !== "https:") {
    socket.destroy();
    return { ...look, addresses };
  }
  const shaken = await within(timeoutMs, signal, (both) => shakeHands(socket, origin, both)).catch((error: unknown) => {
    if (error instanceof NoConnection) return { kind: "failed", code: error.code } as const;
    throw error;
  });
  if (shaken.kind === "failed") return { ...look, addresses, tlsFailure: shaken.code };
  return { ...look, addresses, certificate: shaken.certificate };
}

function open(route: Route, origin: URL, signal: AbortSignal): Promise<Connection> {
  if (route.kind === "direct") return openConnection(origin, signal);
  // A SOCKS proxy opens its tunnel in another language; that somebody listens there can be seen all the same.
  return route.proxy.protocol === "socks5:"
    ? openConnection(route.proxy, signal)
    : openTunnel(route.proxy, origin, signal);
}

/** @throws {NoConnection} when the time is up; the signal's reason when that is aborted */
async function within<T>(ms: number, signal: AbortSignal, use: (both: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(ms);
  return use(AbortSignal.any([signal, deadline])).catch((error: unknown) => {
    signal.throwIfAborted();
    if (deadline.aborted) throw new NoConnection("connect", "timeout");
    throw error;
  });
}

/** A server's certificate, and what is wrong with it. Names are third-party text. */
export interface Certificate {
  /** For whom: host names, as far as it names any. */
  names: string[];
  /** Who signed it; empty where it does not say. */
  issuer: string;
  /** Milliseconds since the epoch. */
  validFrom: number;
  validTo: number;
  /** Why it is not accepted, as Node calls it (`CERT_HAS_EXPIRED`); undefined for one that is. */
  problem: string | undefined;
}

export type Handshake = { kind: "certificate"; certificate: Certificate } | { kind: "failed"; code: string };

/**
 * Looks at the certificate of whoever is at the other end. One that is not accepted is looked at as well, to say why;
 * nothing is sent over that connection, and it is closed in any case.
 * @throws the signal's reason when it is aborted
 */
export async function shakeHands(socket: Socket, origin: URL, signal: AbortSignal): Promise<Handshake> {
  const host = hostOf(origin);
  const encrypted = connect({
    socket,
    host,
    // An IP address is no name to ask for.
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: false,
    ALPNProtocols: ["http/1.1"],
  });
  try {
    await once(encrypted, "secureConnect", { signal });
    const { subjectaltname = "", issuer, valid_from, valid_to } = encrypted.getPeerCertificate();
    return {
      kind: "certificate",
      certificate: {
        names: subjectaltname.split(", ").flatMap((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1] ?? []),
        issuer: textOf(issuer?.O) || textOf(issuer?.CN),
        validFrom: Date.parse(valid_from),
        validTo: Date.parse(valid_to),
        problem: encrypted.authorized ? undefined : toCode(encrypted.authorizationError),
      },
    };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "failed", code: networkCodeOf(error) };
  } finally {
    encrypted.on("error", () => {});
    encrypted.destroy();
    socket.destroy();
  }
}

/** A name may come several times. */
const textOf = (value: string | string[] | undefined): string =>
  Array.isArray(value) ? value.join(", ") : (value ?? "");

/** The types say Error; what comes is its code. */
const toCode = (error: unknown): string => (typeof error === "string" ? error : networkCodeOf(error) || "unknown");
