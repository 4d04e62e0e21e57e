import type { ErrorKind } from "../errors.ts";
import type { Delivery } from "../pages/answer/delivery.ts";

/** One finished tool call, as metrics want it. */
export interface CallSeen {
  tool: string;
  /** `asked`: a person was asked first; `defect`: a mistake of ours; else the kind of failure. */
  outcome: "ok" | "asked" | "defect" | ErrorKind;
  /** How the paid tool came by its answer. */
  cache?: Delivery["how"];
  durationMs: number;
  /** What the client was answered, in the form that it got; the text where it got both. Empty for a question. */
  answer: string;
}

/** Must not throw. */
export type SeeCall = (call: CallSeen) => void;
