import { setTimeout } from "node:timers/promises";

/** One request to an upstream: a path on its fixed origin, and what goes with it. */
export interface WireRequest {
  method: "GET" | "POST";
  /** Absolute path with its query; never a URL, so that credentials cannot go anywhere else. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  signal: AbortSignal;
  /** Called right before the request is sent, on a new connection once more; what it throws keeps it from being sent. */
  mayGo?: () => Promise<void>;
  /** Called as the reply comes, with what it takes so far, decoded bytes; it is read on when what this returns settles. */
  makeRoom?: (bytes: number) => Promise<void> | undefined;
}

/** What came back, nothing interpreted. Header names are lower case. */
export interface WireReply {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/**
 * One exchange with an upstream. Any HTTP status is a reply.
 * @throws {WireFailure} when there is no whole reply
 */
export type Wire = (request: WireRequest) => Promise<WireReply>;

export type WireFailureReason =
  | "unreachable"
  | "timeout"
  | "cancelled"
  | "too_large"
  | "broken_off"
  /** The queue of calls before it is full. */
  | "too_many_waiting"
  /** The upstream failed too often of late. */
  | "held_back";

/** An exchange without a whole reply. `wasSent` false means that the upstream certainly never saw the request. */
export class WireFailure extends Error {
  override readonly name = "WireFailure";
  readonly reason: WireFailureReason;
  readonly wasSent: boolean;
  /** With `held_back`: when the next one may go, ms from now, where that is known. */
  readonly retryAfterMs: number | undefined;
  /** A reply that began and did not come to its end, with what came of its body: it may tell what the call cost. */
  readonly begun: WireReply | undefined;

  constructor(reason: WireFailureReason, wasSent: boolean, cause?: unknown, retryAfterMs?: number, begun?: WireReply) {
    super(reason, { cause });
    this.begun = begun;
    this.reason = reason;
    this.wasSent = wasSent;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Waits, as long as nobody gives up.
 * @throws the platform's AbortError as soon as the signal is aborted
 */
export const wait = (ms: number, signal: AbortSignal): Promise<void> => setTimeout(ms, undefined, { signal });
