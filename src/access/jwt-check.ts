import { errors, type JWTVerifyResult, jwtVerify } from "jose";
import { AppError } from "../errors.ts";
import { createCheckedTokens } from "./checked-tokens.ts";
import type { IssuerDocumentsDeps } from "./issuer-documents.ts";
import { createIssuerKeys, type IssuerKeysDeps } from "./issuer-keys.ts";
import { type JwtPrincipalSettings, toJwtPrincipal } from "./jwt-principal.ts";
import { AccessDenied, type CheckToken } from "./principal.ts";
import { parseSecureUrl, SECURE_URL_RULE } from "./secure-url.ts";

export interface JwtCheckDeps
  extends JwtPrincipalSettings,
    IssuerDocumentsDeps,
    Pick<IssuerKeysDeps, "unknownKeyPauseMs"> {
  /** What `aud` must be or hold: this server's own URL, as a rule. Tokens for others are refused, as MCP demands. */
  audience: string;
  /** Where the issuer's keys are; left out, its metadata tells. */
  jwksUrl?: string;
  /** How far the issuer's clock may be off. @default 5 */
  clockToleranceSeconds?: number;
}

/** Signatures with a key pair alone: with a shared secret, or none, whoever can check a token could make one. */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

/** Access tokens (RFC 9068), and the older form without a type of its own; not, say, a logout token. */
const isAccessTokenType = (typ: unknown): boolean =>
  typ === undefined || (typeof typ === "string" && /^(?:(?:application\/)?at\+jwt|jwt)$/i.test(typ));

const MAX_CHARS = 16_384;

const FORM = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** What jose found, in words of ours: its own may hold claims. */
const WORDS: Readonly<Record<string, string>> = {
  [errors.JOSEAlgNotAllowed.code]: "its algorithm is not one of those taken",
  [errors.JOSENotSupported.code]: "it needs what is not supported",
  [errors.JWSInvalid.code]: "it is not a signed token",
  [errors.JWTInvalid.code]: "its claims are not an object",
  [errors.JWTExpired.code]: "it has expired",
  [errors.JWSSignatureVerificationFailed.code]: "its signature is wrong",
  [errors.JWKSNoMatchingKey.code]: "its key is not one of the issuer's",
  [errors.JWKSMultipleMatchingKeys.code]: "more than one of the issuer's keys may be its key, and it names none",
};

/**
 * Checks access tokens as an OAuth 2 resource server: signature by the issuer's keys, issuer, audience, times.
 * @returns throws {AccessDenied} `invalid` for a token that is not good; {AppError} `unavailable` when the issuer's keys
 *   cannot be had
 * @throws {AppError} `config` for an issuer or a key address that is not https, or an empty audience
 */
export function createJwtCheck({ audience, jwksUrl, clockToleranceSeconds = 5, ...deps }: JwtCheckDeps): CheckToken {
  const { issuer, now } = deps;
  refuseBadSettings({ issuer, audience, jwksUrl });
  const getKey = createIssuerKeys({ ...deps, ...(jwksUrl === undefined ? {} : { jwksUrl: new URL(jwksUrl) }) });
  const checked = createCheckedTokens(now);

  const verify = async (token: string): Promise<JWTVerifyResult> => {
    try {
      return await jwtVerify(token, getKey, {
        algorithms: ALGORITHMS,
        issuer,
        audience,
        requiredClaims: ["exp", "sub"],
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(now()),
      });
    } catch (error) {
      throw toFailure(error);
    }
  };

  return async (token) => {
    if (token.length > MAX_CHARS) throw new AccessDenied("invalid", `it is longer than ${MAX_CHARS} characters`);
    if (!FORM.test(token)) throw new AccessDenied("invalid", "it is neither a static token nor a JWT");
    const known = checked.get(token);
    if (known !== undefined) return known;
    const { payload, protectedHeader } = await verify(token);
    if (!isAccessTokenType(protectedHeader.typ)) throw new AccessDenied("invalid", "it is not an access token (typ)");
    // jose looks at iat only where an age is asked for.
    if (payload.iat !== undefined && payload.iat > now() / 1000 + clockToleranceSeconds) {
      throw new AccessDenied("invalid", "it was issued in the future (iat)");
    }
    const principal = toJwtPrincipal(payload, deps);
    checked.add(token, principal, (payload.exp ?? 0) * 1000);
    return principal;
  };
}

function refuseBadSettings({
  issuer,
  audience,
  jwksUrl,
}: Record<"issuer" | "audience", string> & { jwksUrl?: string | undefined }) {
  const url = parseSecureUrl(issuer);
  if (url === undefined) throw new AppError("config", `OAuth issuer: ${SECURE_URL_RULE}`);
  if (url.search !== "") throw new AppError("config", "OAuth issuer: must have no query");
  if (jwksUrl !== undefined && parseSecureUrl(jwksUrl) === undefined) {
    throw new AppError("config", `OAuth key set (JWKS): ${SECURE_URL_RULE}`);
  }
  if (audience === "") throw new AppError("config", "OAuth audience: must not be empty");
}

function toFailure(error: unknown): unknown {
  if (error instanceof AppError) return error;
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new AccessDenied(
      "invalid",
      `its claim ${error.claim} is ${error.reason === "missing" ? "missing" : "not right"}`,
    );
  }
  const words = error instanceof errors.JOSEError ? WORDS[error.code] : undefined;
  if (words !== undefined) return new AccessDenied("invalid", words);
  // What is left is about the issuer's keys: one that is too short, say, or cannot be read.
  return new AppError("unavailable", "The access token cannot be checked now: its issuer's key cannot be used.", {
    detail: error instanceof Error ? `${error.name}: ${error.message}` : "unknown error",
  });
}
