import { timingSafeEqual } from "node:crypto";
import { createFollowedTokenFile, type TokenFileProblem } from "./followed-token-file.ts";
import { AccessDenied, type CheckToken, type Principal, toNamedTenant } from "./principal.ts";
import { toTokenDigest, toTokenId } from "./static-token.ts";
import { parseTokenEntries, refuseTwins, type TokenEntry } from "./token-entries.ts";

export interface TokenBookDeps {
  /** `isNamed`: somebody asked for this file, so that its absence at the start is an error. */
  file?: { path: string; isNamed: boolean };
  /** The same JSON from elsewhere; `from` is what messages call it. Fixed while the process runs. */
  text?: { value: string; from: string };
  now: () => number;
  onProblem: (problem: TokenFileProblem) => void;
  /** Compares two digests of 32 bytes in a time that does not depend on them. @default timingSafeEqual */
  isSameDigest?: (a: Buffer, b: Buffer) => boolean;
}

interface Known {
  digest: Buffer;
  principal: Principal;
  expiresAtMs: number;
}

/** How old what is known of the file may be for a token that it knows, hence how long a revoked one goes on working. */
const KNOWN_MAX_AGE_MS = 1000;

/** The same for a token that it does not know: made just now, or made up. The latter must not cost a look each. */
const UNKNOWN_MAX_AGE_MS = 100;

/** Compared with where no token has the id: no token has this digest. */
const NO_DIGEST = Buffer.alloc(32);

/**
 * The static tokens, from a file, from a text, or from both; what is changed in the file holds within a second, a new
 * token at once (100 ms).
 * @returns throws {AccessDenied} `invalid` for a token that is not known, was revoked, or has expired
 * @throws {AppError} `config` when the file or the text is bad, both name the same token, or a file that was asked for is
 *   not there
 */
export async function createTokenBook({
  file,
  text,
  now,
  onProblem,
  isSameDigest = timingSafeEqual,
}: TokenBookDeps): Promise<CheckToken> {
  const fixed = text === undefined ? [] : parseTokenEntries(text.value, text.from);
  let known = toKnown(fixed);
  const look =
    file &&
    (await createFollowedTokenFile({
      ...file,
      now,
      onProblem,
      onEntries: (entries) => {
        const from = text === undefined ? file.path : `${file.path} and ${text.from}`;
        known = toKnown(refuseTwins([...fixed, ...entries], from));
      },
    }));

  const find = (id: string, digest: Buffer): Known | undefined => {
    const candidate = known.get(id);
    // Also without a candidate: whether an id exists must not show in the time.
    return isSameDigest(digest, candidate?.digest ?? NO_DIGEST) ? candidate : undefined;
  };

  return async (token) => {
    const id = toTokenId(token);
    if (id === undefined) throw new AccessDenied("invalid", "it does not have the form of a static token");
    const digest = toTokenDigest(token);
    await look?.(KNOWN_MAX_AGE_MS);
    let found = find(id, digest);
    if (found === undefined) {
      await look?.(UNKNOWN_MAX_AGE_MS);
      found = find(id, digest);
    }
    if (found === undefined) throw new AccessDenied("invalid", "no static token is known by it");
    const { principal, expiresAtMs } = found;
    if (expiresAtMs <= now()) throw new AccessDenied("invalid", `the static token of ${principal.name} has expired`);
    return principal;
  };
}

const toKnown = (entries: readonly TokenEntry[]): ReadonlyMap<string, Known> =>
  new Map(
    entries.map((entry) => {
      const expiresAtMs = entry.expires === null ? Number.POSITIVE_INFINITY : Date.parse(entry.expires);
      return [entry.id, { digest: Buffer.from(entry.sha256, "hex"), principal: toPrincipal(entry), expiresAtMs }];
    }),
  );

function toPrincipal(entry: TokenEntry): Principal {
  const name = `token:${entry.name}`;
  return {
    name,
    tenant: entry.tenant === null ? name : toNamedTenant(entry.tenant),
    scopes: new Set(entry.scopes),
    dailyBudgetUsd: entry.daily_budget_usd,
    callsPerMinute: entry.calls_per_minute,
    ...(entry.expires === null ? {} : { expiresAt: Math.floor(Date.parse(entry.expires) / 1000) }),
  };
}
