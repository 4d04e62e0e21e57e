import { Refusal } from "./refusal.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENS = new Set([0x5b, 0x7b]);
const CLOSES = new Set([0x5d, 0x7d]);

/**
 * A body as JSON; its depth is measured before it is parsed.
 * @throws {Refusal} `not_utf8`, `too_deep`, `not_json`, `too_many_messages`
 */
export function parseBody(bytes: Buffer, maxDepth: number, maxBatch: number): unknown {
  if (isDeeperThan(bytes, maxDepth)) throw new Refusal("too_deep");
  const body = parseJson(decode(bytes));
  if (Array.isArray(body) && body.length > maxBatch) throw new Refusal("too_many_messages");
  return body;
}

/**
 * Whether arrays and objects stand in each other more often than that. The bytes need not be JSON: brackets are
 * counted outside of strings, and none of the bytes looked for can be part of another UTF-8 character.
 */
export function isDeeperThan(bytes: Uint8Array, maxDepth: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (isInString && byte === BACKSLASH) index += 1;
    else if (byte === QUOTE) isInString = !isInString;
    else if (isInString) continue;
    else if (OPENS.has(byte)) depth += 1;
    else if (CLOSES.has(byte)) depth -= 1;
    if (depth > maxDepth) return true;
  }
  return false;
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Refusal("not_utf8", { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not as a cause: the parser quotes the text in its message.
    throw new Refusal("not_json");
  }
}
