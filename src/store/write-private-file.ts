import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { toUnfinished } from "./snapshot-name.ts";

/**
 * Writes a file that is there whole or not at all, and on the disk when this returns; its owner alone can read it.
 *
 * Why not write-file-atomic, which this was made with first: it writes once and takes what the disk took for all of it,
 * so a disk that fills up leaves a torn file and a report of success; and it hooks into the process's signals.
 * @throws what the system throws; the file is then not there
 */
export async function writePrivateFile(file: string, bytes: Buffer): Promise<void> {
  const unfinished = toUnfinished(file, randomBytes(4).readUInt32BE());
  try {
    const handle = await open(unfinished, "wx", 0o600);
    try {
      await handle.writeFile(bytes);
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
