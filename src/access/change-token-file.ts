import { randomBytes } from "node:crypto";
import { mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { AppError } from "../errors.ts";
import { readTokenFile } from "./read-token-file.ts";
import {
  MAX_TOKEN_FILE_BYTES,
  parseTokenEntries,
  refuseTwins,
  renderTokenEntries,
  type TokenEntry,
} from "./token-entries.ts";
import { type TokenFileLockOptions, withTokenFileLock } from "./token-file-lock.ts";

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
        await writeInPlaceOf(real, toBytes(entries, file));
      },
      lockOptions,
    );
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { code, syscall } = error as NodeJS.ErrnoException;
    // Whatever is no failure of the system is ours: a defect, or what `change` threw.
    if (code === undefined || syscall === undefined) throw error;
    throw new AppError("config", `${file}: cannot be written (${code})`, { cause: error });
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

/**
 * Writes beside the file and renames, on the disk when this returns. Mode 600, and the owner it had: `sudo … token create`
 * must not take the file away from the server's user, who could then not read what was revoked.
 */
async function writeInPlaceOf(file: string, bytes: Buffer): Promise<void> {
  const unfinished = `${file}.${randomBytes(4).toString("hex")}.tmp`;
  const before = await stat(file).catch(() => undefined);
  try {
    const handle = await open(unfinished, "wx", 0o600);
    try {
      await handle.writeFile(bytes);
      // Only root may give a file away; anybody else owned it already, or has to do with being the owner now.
      if (before !== undefined) await handle.chown(before.uid, before.gid).catch(() => {});
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw error;
  }
}
