import { type Certificate, shakeHands } from "./certificate.ts";
import { type Connection, NoConnection, openConnection, openTunnel } from "./connect.ts";
import { chooseRoute, type ProxySettings, type Route } from "./route.ts";

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
