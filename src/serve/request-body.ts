import type { IncomingMessage } from "node:http";
import { Refusal } from "./http-refusal.ts";

interface BodyBounds {
  maxBytes: number;
  /** For all of it, ms. */
  timeoutMs: number;
}

/** Whether a body was announced; an empty one counts as none. */
export function hasBody(req: IncomingMessage): boolean {
  return req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
}

/**
 * All of a body, within its bounds. What is left of a refused one stays unread: the answer's sender sees to it.
 * @throws {Refusal} `encoded_body`, `too_large` (also when only announced so), `slow_body`, `gone`
 */
export async function readBody(req: IncomingMessage, { maxBytes, timeoutMs }: BodyBounds): Promise<Buffer> {
  const encoding = req.headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") throw new Refusal("encoded_body");
  if (Number(req.headers["content-length"] ?? 0) > maxBytes) throw new Refusal("too_large");
  const chunks: Buffer[] = [];
  let size = 0;
  await new Promise<void>((resolve, reject) => {
    const finish = (refusal?: Refusal) => {
      clearTimeout(timer);
      req.off("data", onData).off("end", finish).off("close", onClose).pause();
      if (refusal === undefined) resolve();
      else reject(refusal);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) finish(new Refusal("too_large"));
      else chunks.push(chunk);
    };
    const onClose = () => finish(new Refusal("gone"));
    const timer = setTimeout(() => finish(new Refusal("slow_body")), timeoutMs);
    req.on("data", onData).once("end", finish).once("close", onClose);
    if (req.destroyed && !req.complete) onClose();
  });
  return Buffer.concat(chunks);
}

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
