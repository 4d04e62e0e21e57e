import { chmod, mkdir } from "node:fs/promises";

/**
 * Makes a folder that only its owner can look into, also when it was there with other modes. What is above it is
 * created alike where it is missing, and left as it is where it is not: it may be the user's own.
 * @throws what `mkdir` throws
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // A folder that belongs to somebody else cannot be tightened; our files in it are private all the same.
  await chmod(folder, 0o700).catch(() => {});
}
