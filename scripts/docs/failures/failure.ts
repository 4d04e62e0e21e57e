import type { FaultRequest } from "../../../src/sandbox/faults/faults.ts";

/** How a failure is brought about, so that its text is the one that somebody reads. */
export interface Cause {
  /** What the gateway does to the call; without one nothing fails there. With a key, at a sandbox with prices. */
  fault?: FaultRequest;
  /** Settings that differ; `AISA_API_KEY` and the address are set where there is a gateway. */
  env?: Readonly<Record<string, string>>;
  argv?: readonly string[];
  /** A command that comes before, with the same settings and books. */
  before?: readonly string[];
  /** The same call so many times in one server; the last one's failure is shown. */
  times?: number;
  /** Of the answer, where the command succeeds: which lines to show. */
  lines?: RegExp;
  /** In the embedded sandbox, without a key. */
  isFree?: boolean;
  /** The Node that runs it. */
  nodeVersion?: string;
}

/** A failure with what somebody who reads it needs to know. */
export interface Failure {
  title: string;
  cause: Cause;
  means: string;
  /** What to do; sentences. */
  cure: string;
}

export interface FailureGroup {
  title: string;
  intro?: string;
  failures: readonly Failure[];
}
