import { randomUUID } from "node:crypto";
import type { JWTPayload } from "jose";
import { type Answer, type IssuerKey, json, makeKey, signToken, startIssuer } from "../integration/access-issuer.ts";

type Claims = { [Name in keyof JWTPayload]: JWTPayload[Name] | undefined };

/** An authorization server on the loopback address that signs whatever it is asked to. */
export interface OpenIssuer {
  url: string;
  key: IssuerKey;
  /** An access token of the form that RFC 9068 has, good for an hour, its claims changed or (undefined) left out. */
  token(claims: Claims, header?: Record<string, unknown>): Promise<string>;
  /** By path; may be changed at any time. */
  answers: Map<string, Answer>;
  /** Paths that were asked for. */
  asked: readonly string[];
  close(): Promise<void>;
}

/** @param audience of tokens that say nothing else */
export async function openIssuer(audience: string): Promise<OpenIssuer> {
  const issuer = await startIssuer();
  const key = await makeKey("rs-1", "RS256");
  issuer.answers.set(
    "/.well-known/oauth-authorization-server",
    json({
      issuer: issuer.url,
      jwks_uri: `${issuer.url}/keys`,
      authorization_endpoint: `${issuer.url}/authorize`,
      token_endpoint: `${issuer.url}/token`,
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["S256"],
    }),
  );
  issuer.answers.set("/keys", json({ keys: [key.jwk] }));
  return {
    url: issuer.url,
    key,
    answers: issuer.answers,
    asked: issuer.asked,
    token: (claims, header) => {
      const nowS = Math.floor(Date.now() / 1000);
      const usual = { iss: issuer.url, aud: audience, sub: "u-1", iat: nowS, exp: nowS + 3600, jti: randomUUID() };
      const all = { scope: "pages:read snapshots:read", ...usual, ...claims };
      return signToken(key, Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)), header);
    },
    close: issuer.close,
  };
}
