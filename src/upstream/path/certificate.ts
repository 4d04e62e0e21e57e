import { once } from "node:events";
import { isIP, type Socket } from "node:net";
import { connect } from "node:tls";
import { networkCodeOf } from "../network-code.ts";
import { hostOf } from "./connect.ts";

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
