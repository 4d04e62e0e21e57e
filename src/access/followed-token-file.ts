import { AppError } from "../errors.ts";
import { readTokenFile, type TokenFileLook } from "./read-token-file.ts";
import { parseTokenEntries, type TokenEntry } from "./token-entries.ts";

/** What is wrong with the token file of a running server; `message` holds no secret. */
export interface TokenFileProblem {
  /**
   * `kept`: it is unreadable or bad, and what it said before holds; `gone`: it is no longer there, and all its tokens
   * are revoked; `open`: others than its owner can read or change it.
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

  const take = (found: Extract<TokenFileLook, { kind: "read" }>): void => {
    if (found.text !== seen?.text) onEntries(parseTokenEntries(found.text, path));
    const isSettled = Math.abs(now() - found.writtenAtMs) >= SETTLED_MS;
    seen = { text: found.text, mark: isSettled ? found.mark : undefined };
    reported = "";
    warnWhenOpen(found.mode);
  };

  const takeGone = (): void => {
    if (seen === undefined) return;
    seen = undefined;
    onEntries([]);
    report({ kind: "gone", message: `${path}: is gone; all its tokens are revoked until it is back` });
  };

  const look = async (): Promise<void> => {
    lookedAt = now();
    try {
      const found = await read(path, seen?.mark);
      if (found.kind === "gone") takeGone();
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

const MAKE_ONE = "Make one with `domain-pages-mcp token create NAME`.";
