import type { AccessProblem, Scope } from "./principal.ts";

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
