import type { Examination } from "./examination.ts";
import type { Finding } from "./finding.ts";

/** One thing that is looked at. Each stands for itself: what another one found is asked of the examination. */
export interface Check {
  /** The word in front of its lines, at most `NAME_WIDTH` long. */
  name: string;
  /** Throws nothing that it can say itself; `AppError`s are told in their own words. */
  look: (examination: Examination) => Promise<Finding[]>;
}
