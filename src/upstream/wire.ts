/** One request to an upstream: a path on its fixed origin, and what goes with it. */
export interface WireRequest {
  method: "GET" | "POST";
  /** Absolute path with its query; never a URL, so that credentials cannot go anywhere else. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  signal: AbortSignal;
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

export type WireFailureReason = "unreachable" | "timeout" | "cancelled" | "too_large" | "broken_off";

/** An exchange without a whole reply. `wasSent` false means that the upstream certainly never saw the request. */
export class WireFailure extends Error {
  override readonly name = "WireFailure";
  readonly reason: WireFailureReason;
  readonly wasSent: boolean;

  constructor(reason: WireFailureReason, wasSent: boolean, cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
    this.wasSent = wasSent;
  }
}
