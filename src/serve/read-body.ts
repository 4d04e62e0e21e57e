import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal.ts";

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
