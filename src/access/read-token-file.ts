import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { AppError } from "../errors.ts";
import { MAX_TOKEN_FILE_BYTES } from "./token-entries.ts";

/** What a look at a token file found. */
export type TokenFileLook =
  | { kind: "gone" }
  /** Nothing has changed since the look that had this mark. */
  | { kind: "same" }
  | {
      kind: "read";
      text: string;
      /** Another file, another size or another time gives another mark. */
      mark: string;
      /** When it was last written, ms since the epoch. */
      writtenAtMs: number;
      /** The permission bits. */
      mode: number;
    };

/**
 * Looks at a token file, and reads it when it is not what it was.
 * @param seenMark of the look before; left undefined, it is read in any case
 * @throws {AppError} `config` when it cannot be read, is no file, is too large, or is not UTF-8
 */
export async function readTokenFile(file: string, seenMark?: string): Promise<TokenFileLook> {
  try {
    const found = await stat(file, { bigint: true });
    // Taken before the content is read: what is written meanwhile is then seen as a change by the next look.
    const mark = [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(":");
    if (mark === seenMark) return { kind: "same" };
    const text = await readText(file);
    return { kind: "read", text, mark, writtenAtMs: Number(found.mtimeMs), mode: Number(found.mode) & 0o777 };
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "gone" };
    throw new AppError("config", `${file}: cannot be read (${code ?? "unknown error"})`, { cause: error });
  }
}

async function readText(file: string): Promise<string> {
  // Without O_NONBLOCK, opening a pipe would wait for its writer for ever. Windows has neither.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await handle.stat()).isFile()) throw new AppError("config", `${file}: is not a file`);
    return decode(await readBounded(handle, file), file);
  } finally {
    await handle.close();
  }
}

async function readBounded(handle: FileHandle, file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(65_536) });
    if (bytesRead === 0) return Buffer.concat(chunks);
    total += bytesRead;
    if (total > MAX_TOKEN_FILE_BYTES) {
      throw new AppError("config", `${file}: holds more than ${MAX_TOKEN_FILE_BYTES} bytes, the most for a token file`);
    }
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

function decode(bytes: Buffer, file: string): string {
  try {
    // Drops the byte order mark that some editors write.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("config", `${file}: is not UTF-8 text`, { cause });
  }
}
