import { randomBytes } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";

/**
 * Makes what was named in a folder last outlive a power cut: a file is synced, its name lies in the folder. Never throws:
 * Windows cannot do this, and some file systems neither; the file itself is on the disk all the same.
 */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // Nothing else can be done about it.
  }
}

/** Renames, done when the new name would outlive a power cut too. @throws what `rename` throws */
async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(path.dirname(to));
}

/** Where a file is written before it takes its name: beside it, under a number of 32 bits. */
export const toUnfinished = (file: string, number: number): string => `${file}.${number}`;

/** Whoever may read it goes on doing so; that everybody may change it was never meant. */
const KEPT_MODE = 0o775;

export interface ReplaceOptions {
  /**
   * A file that is there keeps its owner and, but for what lets everybody change it, its mode: for a file that others
   * than its writer read.
   * @default false
   */
  keepsAccess?: boolean;
}

/**
 * Writes a file that is there whole or not at all, and on the disk when this returns; its owner alone can read it. A
 * link in its place is replaced and not followed.
 *
 * Why not write-file-atomic, which this was made with first: it writes once and takes what the disk took for all of it,
 * so a disk that fills up leaves a torn file and a report of success; and it hooks into the process's signals.
 * @throws what the system throws; what was there is then as it was
 */
export async function replaceFile(
  file: string,
  bytes: Buffer,
  { keepsAccess = false }: ReplaceOptions = {},
): Promise<void> {
  const unfinished = toUnfinished(file, randomBytes(4).readUInt32BE());
  const before = keepsAccess ? await stat(file).catch(() => undefined) : undefined;
  try {
    const handle = await open(unfinished, "wx", 0o600);
    try {
      await handle.writeFile(bytes);
      // Only root may give a file away; anybody else owned it already, or has to do with being the owner now.
      if (before !== undefined) {
        await handle.chown(before.uid, before.gid).catch(() => {});
        await handle.chmod(before.mode & KEPT_MODE);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renameDurably(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw error;
  }
}
