import { open, rename } from "node:fs/promises";
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
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(path.dirname(to));
}
