import type { EXIT_CODES } from "../exit-codes.ts";

/** One line of the report: how things stand, and where they do not stand well, what to do. */
export type Finding =
  | { verdict: "ok" | "skip"; says: string }
  | { verdict: "note"; says: string; todo?: string }
  | { verdict: "FAIL"; says: string; todo: string; exit: Exclude<keyof typeof EXIT_CODES, "ok"> };

export type Verdict = Finding["verdict"];

export const ok = (says: string): Finding => ({ verdict: "ok", says });

/** Not looked at; `says` tells why. */
export const skip = (says: string): Finding => ({ verdict: "skip", says });

/** Nothing stands in the way, but it is worth knowing. */
export const note = (says: string, todo?: string): Finding => ({
  verdict: "note",
  says,
  ...(todo !== undefined && { todo }),
});

/** It stands in the way; `exit` is how a call would end for it. */
export const fail = (exit: Extract<Finding, { verdict: "FAIL" }>["exit"], says: string, todo: string): Finding => ({
  verdict: "FAIL",
  says,
  todo,
  exit,
});
