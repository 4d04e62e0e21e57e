interface RefusalForm {
  status: number;
  /** JSON-RPC error code; -32000 is what the SDK's own guards use. */
  code: number;
  /** Ours: nothing of the request comes back in it. */
  message: string;
  /** The connection is not kept: what follows on it cannot be trusted, or is not wanted. */
  closes?: true;
}

const FORMS = {
  draining: { status: 503, code: -32000, message: "The server is shutting down. Try again shortly.", closes: true },
  busy: { status: 503, code: -32000, message: "The server has no connection to spare. Try later.", closes: true },
  pipelined: { status: 429, code: -32000, message: "Too many requests at once on one connection.", closes: true },
  bad_target: { status: 400, code: -32600, message: "The request target must be a plain path.", closes: true },
  bad_version: { status: 400, code: -32600, message: "Use HTTP/1.1.", closes: true },
  unknown_path: { status: 404, code: -32000, message: "There is nothing at this path. The MCP endpoint is /mcp." },
  wrong_method: { status: 405, code: -32000, message: "This path does not take this method." },
  token_in_query: {
    status: 400,
    code: -32600,
    message: "A token must not stand in the URL. Send it in the header: Authorization: Bearer <token>.",
  },
  bad_host: { status: 403, code: -32000, message: "This host name is not served here.", closes: true },
  bad_origin: { status: 403, code: -32000, message: "This origin is not allowed." },
  conflicting_headers: {
    status: 400,
    code: -32600,
    message: "A header that must be there once is repeated, or two headers contradict each other.",
    closes: true,
  },
  unexpected_body: { status: 400, code: -32600, message: "This method takes no body.", closes: true },
  unknown_expectation: { status: 417, code: -32600, message: "Only 100-continue can be expected.", closes: true },
  no_token: { status: 401, code: -32000, message: "Authentication needed: send Authorization: Bearer <token>." },
  bad_token: { status: 401, code: -32000, message: "The token is not valid." },
  no_scope: { status: 403, code: -32000, message: "The token lacks a scope that this needs." },
  access_unavailable: { status: 503, code: -32000, message: "Tokens cannot be checked at the moment. Try again." },
  rate_limited: { status: 429, code: -32000, message: "Too many calls in this minute." },
  limits_unavailable: { status: 503, code: -32000, message: "Rate limits cannot be checked at the moment. Try again." },
  too_large: { status: 413, code: -32600, message: "The request body is too large.", closes: true },
  slow_body: { status: 408, code: -32000, message: "The request body took too long.", closes: true },
  encoded_body: { status: 415, code: -32600, message: "Send the body without Content-Encoding." },
  not_utf8: { status: 400, code: -32700, message: "Parse error: the body is not UTF-8." },
  not_json: { status: 400, code: -32700, message: "Parse error: the body is not JSON." },
  too_deep: { status: 400, code: -32600, message: "The body is nested too deeply." },
  too_many_messages: { status: 400, code: -32600, message: "The body holds too many messages." },
  /** Nobody is left to read this one: 499 is what logs commonly call it. */
  gone: { status: 499, code: -32000, message: "The client left.", closes: true },
} as const satisfies Record<string, RefusalForm>;

export type RefusalReason = keyof typeof FORMS;

/** Refusals of what never became a request; they are counted under these names. */
const CONNECTION_REFUSALS = ["connections", "malformed", "slow_request", "large_header"] as const;
export type ConnectionRefusal = (typeof CONNECTION_REFUSALS)[number];

/** Every reason that is counted, for the metrics. */
export const REFUSAL_REASONS: readonly string[] = [...Object.keys(FORMS), ...CONNECTION_REFUSALS];

interface RefusalFacts {
  /** For the answer: `allow`, `retry-after`, `www-authenticate`. */
  headers?: Readonly<Record<string, string>>;
  /** For the log alone; cleaned there. */
  detail?: string;
  cause?: unknown;
}

/** A request that is not served, and what its sender is told. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly reason: RefusalReason;
  readonly form: RefusalForm;
  readonly facts: RefusalFacts;

  constructor(reason: RefusalReason, facts: RefusalFacts = {}) {
    super(FORMS[reason].message, { cause: facts.cause });
    this.reason = reason;
    this.form = FORMS[reason];
    this.facts = facts;
  }
}

/** `Retry-After` in whole seconds, at least 1. */
export function toRetryAfter(ms: number): Record<string, string> {
  return { "retry-after": String(Math.max(1, Math.ceil(ms / 1000))) };
}
