/**
 * What went wrong, sorted by who can act on it:
 * `input` the caller; `config` the operator; `budget` whoever set the caps; `rejected` the account owner;
 * `unavailable` time; `contract` us (the upstream answered in a form we do not know); `cancelled` nobody.
 */
export type ErrorKind = "input" | "config" | "budget" | "rejected" | "unavailable" | "contract" | "cancelled";

/**
 * What is known about money after a failure. `unknown` means the request may have been billed:
 * it reached the upstream, and nothing the upstream said settles the matter.
 */
export type FailureCharge = "not_charged" | "charged" | "unknown";

/** A person's yes: to one request, at up to a price, once. */
export interface Consent {
  /** Of the question that it answers; a purchase that was made by it uses it up. */
  id: string;
  /** The request it is about (`toRequestKey`): it holds for this one only. */
  requestKey: string;
  /** What it allows to be spent, USD. */
  upToUsd: number;
}

/** A question to a person: may this purchase be made, at up to this price? The rest is what a yes comes to. */
export interface AskPerson extends Consent {
  /** One sentence with target, size and price. */
  question: string;
}

/** Everything a failure may carry beyond its sentence. All of it is safe to show but `detail`, `unread` and `cause`. */
export interface AppErrorFacts {
  /** Left out where no upstream call was in question (a bad argument, a bad setting). */
  charge?: FailureCharge;
  /** USD, as the gateway reported it; only with `charge: "charged"`. */
  chargedUsd?: number;
  /** USD that the data provider billed for a failed task; what the gateway makes of it is not known. */
  upstreamCostUsd?: number;
  /** What a program can tell this failure by, where the caller's next step depends on it. */
  reason?: "price_cap";
  /** With `reason: "price_cap"` or a price that is above a limit: the price, USD, where it is known. */
  priceUsd?: number;
  /** The purchase waits for a person's word. */
  ask?: AskPerson;
  /** Arguments or settings that were refused before anything was sent, in the order of the message's lines. */
  refused?: readonly string[];
  /** What to do now, as one sentence. */
  advice?: string;
  /** The upstream's id of this request, for its support desk. */
  requestId?: string;
  /** How long to wait before a retry makes sense, in ms. */
  retryAfterMs?: number;
  /** For stderr only: may hold upstream text. */
  detail?: string;
  /** For the store only: a reply that may have been paid for and could not be read, as it came. */
  unread?: string;
  /** For stderr only. */
  cause?: unknown;
}

/**
 * The one error type that rooms throw on purpose. `message` is ours, safe for a model and a log;
 * upstream words go into `detail`. Anything else that is thrown is a defect.
 * @example
 * if (error instanceof AppError && error.facts.charge === "unknown") await checkUsage();
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly kind: ErrorKind;
  readonly facts: AppErrorFacts;

  constructor(kind: ErrorKind, message: string, facts: AppErrorFacts = {}) {
    super(message, { cause: facts.cause });
    this.kind = kind;
    this.facts = facts;
  }
}

/**
 * The reason of a signal whose caller has gone without a word: a closed connection, a host that ends its servers. What
 * has not been sent then need not be; what has been sent is most likely billed, so it is brought home and kept.
 */
export class HangUp extends Error {
  override readonly name = "HangUp";

  constructor(options?: ErrorOptions) {
    super("The caller has hung up.", options);
  }
}

/**
 * A failure as a person or a model reads it: what happened, whether it was charged, what to do.
 * @returns sentences, the parts that are not known left out; a message of several lines keeps its lines
 * @example
 * if (error instanceof AppError) return { isError: true, text: describeFailure(error) };
 */
export function describeFailure(error: AppError): string {
  const { advice, requestId, retryAfterMs } = error.facts;
  const parts = [
    error.message,
    describeCharge(error.facts),
    // Before the advice, which may begin with "Then".
    retryAfterMs === undefined ? undefined : `Wait at least ${Math.ceil(retryAfterMs / 1000)} s.`,
    advice,
    requestId === undefined ? undefined : `(request id ${requestId})`,
  ];
  // Lists and rules are no sentences: what follows them begins a line of its own.
  const isSentence = /[.?!]\)?$/.test(error.message) && !error.message.includes("\n");
  const separator = isSentence ? " " : "\n";
  return parts.filter((part) => part !== undefined).join(separator);
}

function describeCharge({ charge, chargedUsd, upstreamCostUsd }: AppErrorFacts): string | undefined {
  if (charge === undefined) return undefined;
  if (charge === "not_charged") return "Not charged.";
  if (charge === "unknown") return "It may have been charged.";
  if (chargedUsd !== undefined) return `This call was charged $${chargedUsd}.`;
  if (upstreamCostUsd === undefined) return "This call was charged.";
  return `The data provider billed $${upstreamCostUsd} for it, so count it as charged.`;
}
