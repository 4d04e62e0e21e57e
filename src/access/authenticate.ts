import type { Log } from "../log.ts";
import { AccessDenied, type AccessProblem, type Authenticate, type CheckToken, type Scope } from "./principal.ts";
import { STATIC_TOKEN_PREFIX } from "./token-file.ts";

export interface AuthenticateDeps {
  /** For static tokens; left out where there are none. */
  tokens?: CheckToken;
  /** For everything else; left out where no issuer is trusted. */
  jwt?: CheckToken;
  log: Pick<Log, "debug" | "warn">;
}

/** Longer than any token that is taken, and than the headers that servers take. */
const MAX_HEADER_CHARS = 20_000;

/** RFC 6750 section 2.1: the scheme in any case, at least one space, one b64token. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** Finds out who is behind a request, by its `Authorization` header; what is wrong with one that is denied is logged. */
export function createAuthenticate({ tokens, jwt, log }: AuthenticateDeps): Authenticate {
  const check = async (authorization: string | undefined) => {
    const token = parseBearer(authorization);
    // Never both: a static token must not reach an issuer's code, nor the other way round.
    const checkToken = token.startsWith(STATIC_TOKEN_PREFIX) ? tokens : jwt;
    if (checkToken === undefined) throw new AccessDenied("invalid", "tokens of its form are not taken here");
    return checkToken(token);
  };
  return async (authorization) => {
    try {
      return await check(authorization);
    } catch (error) {
      if (error instanceof AccessDenied) {
        // A first request without a token is how OAuth clients find out where to get one.
        const at = error.problem === "missing" ? log.debug : log.warn;
        at("access.denied", { problem: error.problem, detail: error.message });
      }
      throw error;
    }
  };
}

/**
 * The token of an `Authorization` header.
 * @throws {AccessDenied} `missing` when there is none, or one of another scheme; `malformed` when it is not one token
 */
export function parseBearer(authorization: string | undefined): string {
  if (authorization === undefined || authorization === "") {
    throw new AccessDenied("missing", "there is no Authorization header");
  }
  if (authorization.length > MAX_HEADER_CHARS) {
    throw new AccessDenied("malformed", `the header is longer than ${MAX_HEADER_CHARS} characters`);
  }
  // Which one it is stays out: without a scheme, the token itself would stand in its place.
  if (!/^bearer(?![\w-])/i.test(authorization)) throw new AccessDenied("missing", "the scheme is not Bearer");
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw new AccessDenied("malformed", "the header is not Bearer and one token");
  return token;
}

export interface Challenge {
  /** `scope`: the token is good but lacks a scope that this call needs (status 403; all others are 401). */
  problem: AccessProblem | "scope";
  /** What a token needs to have. */
  scopes?: readonly Scope[];
  /** Absolute URL of the protected resource metadata; left out where no issuer is trusted. */
  metadataUrl?: string;
}

/** RFC 6750 section 3.1: nothing is said of a credential that was not there. The words are fixed: no input comes back. */
const ERRORS: Readonly<Record<Challenge["problem"], { error: string; says: string } | undefined>> = {
  missing: undefined,
  malformed: { error: "invalid_token", says: "The Authorization header must be Bearer and one token" },
  invalid: { error: "invalid_token", says: "The token is unknown, expired, revoked or not for this server" },
  scope: { error: "insufficient_scope", says: "The token lacks a scope that this call needs" },
};

/**
 * The value of `WWW-Authenticate`.
 * @see RFC 6750 section 3, RFC 9728 section 5.1
 */
export function toChallenge({ problem, scopes, metadataUrl }: Challenge): string {
  const failure = ERRORS[problem];
  const parameters = {
    realm: "domain-pages-mcp",
    error: failure?.error,
    error_description: failure?.says,
    scope: scopes === undefined || scopes.length === 0 ? undefined : scopes.join(" "),
    // Parsed and written again: a quotation mark in it could not end the parameter.
    resource_metadata: metadataUrl === undefined ? undefined : new URL(metadataUrl).href.replaceAll("\\", "%5C"),
  };
  const words = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}="${value}"`,
  );
  return `Bearer ${words.join(", ")}`;
}

/** Where clients get tokens for this server. Field names as RFC 9728 section 2 has them. */
export interface ResourceMetadata {
  resource: string;
  authorization_servers?: string[];
  scopes_supported: Scope[];
  bearer_methods_supported: ["header"];
  resource_name: string;
}

/**
 * @param resource the URL of this server as clients type it; what they ask for as the audience of their tokens
 * @param issuer left out where only static tokens are taken
 */
export const toResourceMetadata = ({
  resource,
  issuer,
  scopes,
}: {
  resource: string;
  issuer?: string;
  scopes: readonly Scope[];
}): ResourceMetadata => ({
  resource,
  ...(issuer === undefined ? {} : { authorization_servers: [issuer] }),
  scopes_supported: [...scopes],
  bearer_methods_supported: ["header"],
  resource_name: "domain-pages-mcp",
});

/**
 * Where the metadata of a resource is served: between host and path, as RFC 9728 section 3.1 has it.
 * @returns path and query: `https://seo.example/mcp` → `/.well-known/oauth-protected-resource/mcp`
 */
export function toMetadataPath(resourceUrl: string): string {
  const { pathname, search } = new URL(resourceUrl);
  return `/.well-known/oauth-protected-resource${pathname === "/" ? "" : pathname}${search}`;
}
