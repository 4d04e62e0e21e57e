import { createHash } from "node:crypto";
import { errors, type JWTPayload, type JWTVerifyResult, jwtVerify } from "jose";
import { AppError } from "../errors.ts";
import {
  createIssuerKeys,
  type IssuerDocumentsDeps,
  type IssuerKeysDeps,
  parseSecureUrl,
  SECURE_URL_RULE,
} from "./issuer-keys.ts";
import {
  AccessDenied,
  type CheckToken,
  isTenantName,
  type Principal,
  SCOPES,
  type Scope,
  toNamedTenant,
} from "./principal.ts";

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

export interface JwtPrincipalSettings {
  issuer: string;
  /** The claim that names the tenant; left out, each subject is a tenant of its own. */
  tenantClaim?: string;
  /** For each subject; null where only the budget of all bounds it. */
  dailyBudgetUsd: number | null;
}

/** As long as a principal's name may be, less `oauth:`; `~` is not in it, so no subject looks like a hashed one. */
const PLAIN_SUBJECT = /^[A-Za-z0-9._@:-]{1,94}$/;

/**
 * Who a token's claims speak of.
 *
 * The tenant is `tenant:<value>` where the claim is there: the same tenant as that of static tokens of this tenant name,
 * and of no other. Without the claim it is `sub:<hash of issuer and subject>`: nobody sees what another has bought because
 * a claim was forgotten, nor because the issuer was changed for one that numbers its users alike.
 * @param claims of a token that was found good
 * @throws {AccessDenied} `invalid` for a subject or tenant that is no usable text
 */
export function toJwtPrincipal(claims: JWTPayload, settings: JwtPrincipalSettings): Principal {
  const { sub, exp } = claims;
  if (typeof sub !== "string" || sub === "") throw new AccessDenied("invalid", "its sub is not a text");
  if (exp === undefined) throw new AccessDenied("invalid", "it has no exp");
  const hash = createHash("sha256")
    .update(JSON.stringify([settings.issuer, sub]))
    .digest("hex")
    .slice(0, 32);
  return {
    name: `oauth:${PLAIN_SUBJECT.test(sub) ? sub : `~${hash}`}`,
    tenant: toClaimedTenant(claims, settings) ?? `sub:${hash}`,
    scopes: toScopes(claims),
    dailyBudgetUsd: settings.dailyBudgetUsd,
    callsPerMinute: null,
    expiresAt: Math.floor(exp),
  };
}

function toClaimedTenant(claims: JWTPayload, { tenantClaim }: JwtPrincipalSettings): string | undefined {
  if (tenantClaim === undefined || !Object.hasOwn(claims, tenantClaim)) return undefined;
  const value = claims[tenantClaim];
  if (!isTenantName(value)) throw new AccessDenied("invalid", "its tenant claim is not 1 to 200 visible characters");
  return toNamedTenant(value);
}

/** `scope` is RFC 8693's, one text; `scp` that of Entra ID (text) and Okta (list). Scopes of other servers are left out. */
function toScopes({ scope, scp }: JWTPayload): ReadonlySet<Scope> {
  const granted = [scope, scp].flatMap((claim) => (typeof claim === "string" ? claim.split(" ") : claim));
  return new Set(SCOPES.filter((name) => granted.includes(name)));
}

/** Tokens whose signature was checked a moment ago: that costs more than all the rest of a free call. */
export interface CheckedTokens {
  /** @returns undefined for a token that was not checked, or not lately */
  get(token: string): Principal | undefined;
  /** @param endsAtMs when the token ends, ms since the epoch */
  add(token: string, principal: Principal, endsAtMs: number): void;
}

const MAX_TOKENS = 1000;
const MAX_AGE_MS = 60_000;

/** Remembers good tokens by their hash for a minute, and never past their end; those used longest ago make room. */
export function createCheckedTokens(now: () => number): CheckedTokens {
  const remembered = new Map<string, { principal: Principal; fromMs: number; toMs: number }>();
  const toKey = (token: string): string => createHash("sha256").update(token).digest("base64");
  return {
    get: (token) => {
      const key = toKey(token);
      const found = remembered.get(key);
      if (found === undefined) return undefined;
      remembered.delete(key);
      const time = now();
      // Before it was added: the clock was set back, and what the token's end means now has to be looked at again.
      if (time < found.fromMs || time >= found.toMs) return undefined;
      remembered.set(key, found);
      return found.principal;
    },
    add: (token, principal, endsAtMs) => {
      const fromMs = now();
      remembered.set(toKey(token), { principal, fromMs, toMs: Math.min(fromMs + MAX_AGE_MS, endsAtMs) });
      const [oldest] = remembered.keys();
      if (remembered.size > MAX_TOKENS && oldest !== undefined) remembered.delete(oldest);
    },
  };
}
