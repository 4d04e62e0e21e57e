import { once } from "node:events";
import { isIP, type Socket } from "node:net";
import { connect } from "node:tls";
import {
  type Connection,
  chooseRoute,
  hostOf,
  isOutOfTime,
  NoConnection,
  networkCodeOf,
  openWay,
  type ProxySettings,
  type Route,
  within,
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
  let connection: Connection;
  try {
    connection = await within(timeoutMs, [signal], (both) => openWay(route, origin, both));
  } catch (error) {
    if (error instanceof NoConnection) return { route, addresses: [], failure: error };
    throw error;
  }
  const { socket, addresses } = connection;
  if (origin.protocol !== "https:") {
    socket.destroy();
    return { route, addresses };
  }
  const shaken = await within(timeoutMs, [signal], (both) => shakeHands(socket, origin, both));
  if (shaken.kind === "failed") return { route, addresses, tlsFailure: shaken.code };
  return { route, addresses, certificate: shaken.certificate };
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
 * @throws the signal's reason when it is aborted, but for a time of `within` that is up
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
    if (signal.aborted && !isOutOfTime(signal)) throw signal.reason;
    return { kind: "failed", code: signal.aborted ? "timeout" : networkCodeOf(error) };
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
