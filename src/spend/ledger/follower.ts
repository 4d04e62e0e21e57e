import { type FileHandle, open } from "node:fs/promises";
import { addLine, createFold, type Fold } from "./fold.ts";

const LINE_BREAK = 0x0a;

/** How much of what was read is compared before reading on: several records as a rule, each with a random id. */
const COMPARED_BYTES = 2048;

interface Position {
  fold: Fold;
  /** Bytes read, all of them whole lines. */
  offset: number;
  /** The last of those bytes. */
  tail: Buffer;
}

const atStart = (): Position => ({ fold: createFold(), offset: 0, tail: Buffer.alloc(0) });

/**
 * Adds up a file of records that grows: each call reads what came since the last. Starts over when what it read before
 * is no longer there, since the file was shortened, exchanged or written anew; a missing file is empty. Calls must not
 * overlap.
 */
export function createFollower(file: string): () => Promise<Fold> {
  let position = atStart();
  return async () => {
    const handle = await open(file, "r").catch(undefinedWhenMissing);
    if (handle === undefined) position = atStart();
    else {
      try {
        position = (await readOn(handle, position)) ?? (await readOn(handle, atStart())) ?? atStart();
      } finally {
        await handle.close();
      }
    }
    return position.fold;
  };
}

/** @returns undefined when the file is not the one that was read before */
async function readOn(handle: FileHandle, { fold, offset, tail }: Position): Promise<Position | undefined> {
  const { size } = await handle.stat();
  if (size < offset) return undefined;
  const bytes = await readBytes(handle, offset - tail.length, size);
  if (!bytes.subarray(0, tail.length).equals(tail)) return undefined;
  // A line without its end is being written, or torn; the next record's first byte ends it.
  const end = bytes.lastIndexOf(LINE_BREAK) + 1;
  if (end <= tail.length) return { fold, offset, tail };
  for (const line of bytes.toString("utf8", tail.length, end).split("\n")) addLine(fold, line);
  return {
    fold,
    offset: offset - tail.length + end,
    tail: Buffer.from(bytes.subarray(Math.max(0, end - COMPARED_BYTES), end)),
  };
}

async function readBytes(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function undefinedWhenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT") return undefined;
  throw error;
}
