import { type FileHandle, open } from "node:fs/promises";
import { MAX_HEADER_BYTES } from "./snapshot-header.ts";

/** What most header lines fit into. */
const FIRST_READ_BYTES = 4096;

/** Opens a file, and closes it whatever happens. */
export async function openFile<T>(
  file: string,
  use: (handle: FileHandle, fileBytes: number) => Promise<T>,
): Promise<T> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    return await use(handle, size);
  } finally {
    await handle.close();
  }
}

/** The beginning of a file, with the whole of its first line if that is no longer than a header may be. */
export async function readHeaderLine(handle: FileHandle, fileBytes: number): Promise<Buffer> {
  const first = await readStart(handle, Math.min(FIRST_READ_BYTES, fileBytes));
  const isWhole = first.includes("\n") || first.length === fileBytes;
  return isWhole ? first : readStart(handle, Math.min(MAX_HEADER_BYTES, fileBytes));
}

async function readStart(handle: FileHandle, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
  return buffer.subarray(0, bytesRead);
}
