import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { GatewayReply, GatewayRequest } from "../exchange.ts";
import type { CallChange, Outcome } from "../paid-call.ts";

/** The most that each setting of a fault may be; the least is 0. */
export const SETTING_LIMITS = { ms: 600_000, seconds: 86_400, pieces: 1000, mb: 1024 } as const;

export type SettingName = keyof typeof SETTING_LIMITS;
export type FaultSettings = Readonly<Record<SettingName, number>>;

/** What a fault is asked about. */
export interface Occasion {
  request: GatewayRequest;
  settings: FaultSettings;
  /** ms since 1970. */
  now: number;
}

/** One answer on its way out. */
export interface Sending {
  response: ServerResponse;
  reply: GatewayReply;
  settings: FaultSettings;
  /** Aborted when the connection is gone, or the answer out. */
  gone: AbortSignal;
  /** Stops listening at once, and listens again on the same port after so many ms. */
  goAway(ms: number): void;
}

/** Puts an answer on the socket, or something else. */
export type Send = (sending: Sending) => Promise<void>;

/**
 * One way in which a paid call goes wrong. A call that the gateway refuses by itself (no key, above the cap, a key
 * admitted before) never comes to its fault, unless the fault is a refusal.
 */
export interface Fault {
  /** One line: what the client sees. */
  says: string;
  /**
   * How the call ends for the gateway. `refused` never reaches the endpoint and leaves the idempotency key free;
   * `failed` and `carried_out` take the key.
   */
  fate: Outcome;
  billed: boolean;
  /** The settings it takes, with their defaults. */
  settings?: Partial<FaultSettings>;
  /** What the gateway takes the request for. */
  mistake?: (request: GatewayRequest) => GatewayRequest;
  call?: CallChange;
  /** Replaces the gateway's reply; of a refused call, that reply is an empty one. */
  reply?: (reply: GatewayReply, occasion: Occasion) => GatewayReply;
  /** Left out: the reply goes out as it should. */
  send?: Send;
}

export type FaultTable = Readonly<Record<string, Fault>>;

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
