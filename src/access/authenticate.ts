import type { Log } from "../log.ts";
import { AccessDenied, type Authenticate, type CheckToken } from "./principal.ts";
import { STATIC_TOKEN_PREFIX } from "./static-token.ts";

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
