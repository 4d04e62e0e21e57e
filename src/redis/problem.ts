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
export type PendingKind = "snapshot" | "reservation" | "settlement" | "withdrawal";

export type OnRedisProblem = (problem: RedisProblem) => void;
