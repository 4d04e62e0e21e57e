import { gunzipSync } from "node:zlib";

/**
 * Bytes as text, in the encoding that they are in: UTF-8, or UTF-16 as Windows writes it, with its mark or without, also
 * in gzip that nobody named. Bytes that are wrong become U+FFFD; nothing is thrown.
 */
export function decodeText(bytes: Uint8Array): string {
  const plain = inflate(bytes);
  return new TextDecoder(encodingOf(plain)).decode(plain);
}

/** As much as is taken in of a reply; a small one may inflate to a thousand times itself. */
const MAX_INFLATED_BYTES = 64 * 1024 * 1024;

function inflate(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES });
  } catch {
    return bytes;
  }
}

function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  // JSON begins with an ASCII character, whose other half is zero.
  if (first !== 0 && first !== undefined && second === 0) return "utf-16le";
  return first === 0 && second !== 0 && second !== undefined ? "utf-16be" : "utf-8";
}
