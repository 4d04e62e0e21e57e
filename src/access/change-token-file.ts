import { mkdir, realpath } from "node:fs/promises";
import path from "node:path";
import { replaceFile } from "../disk/durable.ts";
import { TurnTakenError, takeTurn } from "../disk/turn.ts";
import { AppError } from "../errors.ts";
import {
  MAX_TOKEN_FILE_BYTES,
  parseTokenEntries,
  readTokenFile,
  refuseTwins,
  renderTokenEntries,
  type TokenEntry,
} from "./token-file.ts";

/**
 * @returns the entries of a token file; none when it is not there
 * @throws {AppError} `config` when it is unreadable or bad
 */
export async function readTokenEntries(file: string): Promise<TokenEntry[]> {
  const found = await readTokenFile(file);
  return found.kind === "read" ? parseTokenEntries(found.text, file) : [];
}

/**
 * Changes a token file as a whole or not at all, with no other change in between; makes it and its folder when they are
 * not there. Behind a symbolic link, the file that it points to is changed.
 * @param change gets the entries and returns what they are to be; what it throws leaves the file as it was
 * @throws {AppError} `config` when the file is bad or cannot be written; `unavailable` when another process holds it
 */
export async function changeTokenFile(
  file: string,
  change: (entries: readonly TokenEntry[]) => TokenEntry[],
  lockOptions?: TokenFileLockOptions,
): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const real = await realpath(file).catch(() => path.resolve(file));
    await withTokenFileLock(
      real,
      async () => {
        const entries = refuseTwins(change(await readTokenEntries(real)), file);
        // A server that could not read the file any more would not learn what was revoked.
        await replaceFile(real, toBytes(entries, file), { keepsAccess: true });
      },
      lockOptions,
    );
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { code, syscall } = error as NodeJS.ErrnoException;
    // Whatever is no failure of the system is ours: a defect, or what `change` threw.
    if (code === undefined || syscall === undefined) throw error;
    throw new AppError("config", `${file}: cannot be written (${code})`, {
      cause: error,
      ...(code === "EBUSY" && { advice: "It is mounted alone. Mount the folder that holds it." }),
    });
  }
}

function toBytes(entries: readonly TokenEntry[], file: string): Buffer {
  const bytes = Buffer.from(renderTokenEntries(entries), "utf8");
  if (bytes.length <= MAX_TOKEN_FILE_BYTES) return bytes;
  throw new AppError(
    "config",
    `${file}: would be larger than ${MAX_TOKEN_FILE_BYTES} bytes, the most for a token file`,
    {
      advice: "Revoke tokens that are no longer used.",
    },
  );
}

export interface TokenFileLockOptions {
  /** As for `takeTurn`. */
  quietMs?: number;
  /** How long to wait for another holder; longer than `quietMs`, so that a dead one is outlived. @default 15_000 */
  waitMs?: number;
}

/**
 * Runs `use` while no other process changes the file.
 * @returns what `use` returns
 * @throws {AppError} `unavailable` when another holds the lock and does not let go; what the system throws when no lock
 *   can be made; what `use` throws
 */
export async function withTokenFileLock<T>(
  file: string,
  use: () => Promise<T>,
  { waitMs = 15_000, ...options }: TokenFileLockOptions = {},
): Promise<T> {
  const [folder, name] = [path.dirname(file), path.basename(file)];
  const turn = await takeTurn({ ...options, folder, name, waitMs, retryMs: 50 }).catch((error: unknown) => {
    throw error instanceof TurnTakenError ? wordTaken(file, error) : error;
  });
  try {
    return await use();
  } finally {
    await turn.end();
  }
}

function wordTaken(file: string, { pid, file: turn }: TurnTakenError): AppError {
  const who = pid === undefined ? "Another process" : `Another process (pid ${pid})`;
  return new AppError("unavailable", `${who} is changing ${file} and does not finish.`, {
    advice: `If there is none, remove ${turn}.`,
  });
}
