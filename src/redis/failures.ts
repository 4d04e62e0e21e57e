import { AppError, type AppErrorFacts } from "../errors.ts";

/** What the caller knows about a failure of the shared store. */
export interface FailureFacts extends Pick<AppErrorFacts, "charge"> {
  /** Ends the sentence "The shared store cannot be reached", as in "so kept snapshots cannot be read now". */
  so?: string;
}

/** The connection is not there, and was not for long enough. */
export class NotConnected extends Error {
  override readonly name = "NotConnected";
  readonly code: string;

  constructor(code: string) {
    super("not connected");
    this.code = code;
  }
}

const ADVICE = "Try again in a minute; if it lasts, tell whoever runs the server: DOMAIN_PAGES_STORE names the store.";

const isReply = (error: unknown): boolean => error instanceof Error && error.name === "ReplyError";

/** What the system or Redis calls a failure (`ECONNREFUSED`, `OOM`): a word, never the text, which may hold anything. */
export function toFailureCode(error: unknown): string {
  if (error instanceof AppError) return toFailureCode(error.facts.cause);
  if (!(error instanceof Error)) return "unknown";
  if (isReply(error)) return /^[A-Z]{2,20}\b/.exec(error.message)?.[0] ?? "ERR";
  if (error.message === "Command timed out") return "timeout";
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^\w{1,60}$/.test(code) ? code : "closed";
}

/** Whether a command may have been lost with its connection: what can be said twice is then said again. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof AppError || error instanceof NotConnected) return false;
  return !isReply(error) && toFailureCode(error) === "closed";
}

/** Whether Redis is there and said no: out of memory, a replica, a disk that takes nothing. */
export const isRefusal = (error: unknown): boolean => isReply(error instanceof AppError ? error.facts.cause : error);

/** A failure of Redis in our words; an `AppError` comes back as it is. The address stays out of it. */
export function toUnavailable(error: unknown, { so, ...facts }: FailureFacts = {}): AppError {
  if (error instanceof AppError) return error;
  const what = isReply(error) ? `refuses its work (${toFailureCode(error)})` : "cannot be reached";
  return new AppError("unavailable", `The shared store ${what}${so === undefined ? "" : `, ${so}`}.`, {
    ...facts,
    advice: ADVICE,
    cause: error,
  });
}

/** What went wrong with what replicas share, for the log. Nothing in it tells the address, a password or a tenant. */
export type RedisProblem =
  /** The connection is gone, or was never made; told once, whatever is tried until it is back. */
  | { kind: "unreachable"; code: string }
  | { kind: "reachable_again"; afterMs: number }
  /** Something of ours is not as it was written; it counts as not there. `what` is a kind of value, `id` which one. */
  | { kind: "damaged"; what: "snapshot" | "header" | "session" | "mail"; id?: string }
  /** It could not be written yet; it is tried again until it is. */
  | { kind: "waits"; what: PendingKind; code: string }
  /** It could not be written, and is given up. */
  | { kind: "given_up"; what: PendingKind; why: "no_room" | "closed" }
  /** Another holder may run beside this one. */
  | { kind: "lock_lost"; key: string }
  /** A call went out within the limits of this process alone. */
  | { kind: "gate_skipped"; code: string }
  /** News for another replica that nobody will hear. */
  | { kind: "mail_lost"; code: string };

/** What is written later when it cannot be written now. */
export type PendingKind = "snapshot" | "reservation" | "settlement" | "withdrawal" | "reply";

export type OnRedisProblem = (problem: RedisProblem) => void;
