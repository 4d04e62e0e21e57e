import { setTimeout as delay } from "node:timers/promises";
import type { GatewayReply } from "../exchange.ts";
import type { Send, Sending } from "./fault.ts";

/** The reply as it should go out. */
export const sendWhole: Send = async ({ response, reply }) => {
  sendBytes(response, reply, Buffer.from(reply.body));
};

/** The reply's status and headers, and these bytes, their number told truly. */
export function sendBytes(response: Sending["response"], { status, headers }: GatewayReply, bytes: Buffer): void {
  response.writeHead(status, { ...headers, "content-length": bytes.length }).end(bytes);
}

/** Promises the whole body, whatever is sent of it. */
export function promiseBody({ response, reply }: Sending, extraBytes = 0): Buffer {
  const bytes = Buffer.from(reply.body);
  response.writeHead(reply.status, { ...reply.headers, "content-length": bytes.length + extraBytes });
  response.flushHeaders();
  return bytes;
}

/** Settles when the bytes have left the process, or cannot any more. */
export function write({ response }: Sending, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => response.write(bytes, () => resolve()));
}

/** A TCP reset: the client sees `ECONNRESET`. */
export function reset({ response }: Sending): void {
  response.socket?.resetAndDestroy();
}

/** An orderly end of the connection, in the middle of an answer or not. */
export function hangUp({ response }: Sending): void {
  response.socket?.end();
}

/** Ends early when the client leaves. */
export function wait({ gone }: Sending, ms: number): Promise<void> {
  return delay(ms, undefined, { signal: gone }).catch(() => {});
}

export const firstHalf = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length >> 1);
