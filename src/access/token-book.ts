import { timingSafeEqual } from "node:crypto";
import { AppError } from "../errors.ts";
import { AccessDenied, type CheckToken, type Principal, toNamedTenant } from "./principal.ts";
import {
  parseTokenEntries,
  readTokenFile,
  refuseTwins,
  type TokenEntry,
  type TokenFileLook,
  toTokenDigest,
  toTokenId,
} from "./token-file.ts";

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

/** What is wrong with the token file of a running server; `message` holds no secret. */
export interface TokenFileProblem {
  /**
   * `kept`: it is unreadable or bad, and what it said before holds; `gone`: it is no longer there, or only a mount of it
   * alone is, and all its tokens are revoked; `open`: others than its owner can read or change it.
   */
  kind: "kept" | "gone" | "open";
  message: string;
}

export interface FollowedTokenFileDeps {
  path: string;
  /** Whether somebody asked for this file: then it must be there at the start. */
  isNamed: boolean;
  /** Called with the file's entries when they are new; may throw {AppError} `config`: they are bad then. */
  onEntries: (entries: readonly TokenEntry[]) => void;
  /** Called once for a problem, and again only after it was gone. */
  onProblem: (problem: TokenFileProblem) => void;
  now: () => number;
  /** @default readTokenFile */
  read?: typeof readTokenFile;
}

/**
 * Looks at the file unless the last look is younger than `maxAgeMs`; a look under way is waited for. Never throws.
 */
export type LookAtTokenFile = (maxAgeMs: number) => Promise<void>;

/**
 * A file written twice within a tick of its file system's clock can look the same both times (2 s on FAT, 1 s on some
 * network shares), so one that was written just now is read again.
 */
const SETTLED_MS = 2000;

/**
 * Reads a token file, then again whenever it was changed.
 *
 * A file that turned bad keeps its last good state: half a write or a slip of the editor must not lock everybody out. One
 * that is gone revokes all its tokens: taking it away is what an operator does who wants everybody out, and where that
 * was a mistake, putting it back lets everybody in at once.
 * @throws {AppError} `config` when the file is bad, or is not there although it was asked for
 */
export async function createFollowedTokenFile({
  path,
  isNamed,
  onEntries,
  onProblem,
  now,
  read = readTokenFile,
}: FollowedTokenFileDeps): Promise<LookAtTokenFile> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  let seen: { text: string; mark: string | undefined } | undefined;
  let openMode = 0;
  let wasAttached = false;
  let reported = "";

  const report = (problem: TokenFileProblem): void => {
    if (reported === problem.message) return;
    reported = problem.message;
    onProblem(problem);
  };

  const warnWhenOpen = (mode: number): void => {
    const others = process.platform === "win32" ? 0 : mode & 0o077;
    if (others !== 0 && others !== openMode) {
      const message = `${path}: others than its owner can read or change it (mode ${mode.toString(8)}); chmod 600 it`;
      onProblem({ kind: "open", message });
    }
    openMode = others;
  };

  const takeGone = (how: string): void => {
    if (seen === undefined) return;
    seen = undefined;
    onEntries([]);
    report({ kind: "gone", message: `${path}: ${how}` });
  };

  const take = (found: Extract<TokenFileLook, { kind: "read" }>): void => {
    if (found.isDetached && wasAttached) {
      takeGone(DETACHED);
      return;
    }
    wasAttached ||= !found.isDetached;
    if (found.text !== seen?.text) onEntries(parseTokenEntries(found.text, path));
    const isSettled = Math.abs(now() - found.writtenAtMs) >= SETTLED_MS;
    seen = { text: found.text, mark: isSettled ? found.mark : undefined };
    reported = "";
    warnWhenOpen(found.mode);
  };

  const look = async (): Promise<void> => {
    lookedAt = now();
    try {
      const found = await read(path, seen?.mark);
      if (found.kind === "gone") takeGone(GONE);
      if (found.kind === "read") take(found);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // A later return to the good content must be taken for a change.
      if (seen !== undefined) seen.mark = undefined;
      report({ kind: "kept", message: `${error.message}\nThe tokens it held before stay in force.` });
    }
  };

  const first = await read(path);
  lookedAt = now();
  if (first.kind === "read") take(first);
  else if (isNamed) throw new AppError("config", `${path}: there is no such token file`, { advice: MAKE_ONE });

  return async (maxAgeMs) => {
    const ageMs = now() - lookedAt;
    // A clock that was set back must not stop the looks.
    const isDue = ageMs < 0 || ageMs >= maxAgeMs;
    if (looking === undefined && isDue) {
      looking = look().finally(() => {
        looking = undefined;
      });
    }
    await looking;
  };
}

const GONE = "is gone; all its tokens are revoked until it is back";

/** A command writes a new file and puts it in the place of the old one, which the mount goes on showing. */
const DETACHED =
  "was replaced where it is mounted from, and the mount still shows the old one; all its tokens are revoked until the " +
  "server is started again. Mount the folder that holds it, not the file alone";

const MAKE_ONE = "Make one with `domain-pages-mcp token create NAME`.";
