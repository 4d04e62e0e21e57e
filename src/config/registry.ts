import { z } from "zod";

/** What is said of a setting beside its schema; the README table is generated from it. */
export interface SettingFacts {
  /** Environment variable; where two spellings are in use, the first that is set wins. */
  env: readonly [string, ...string[]];
  /** Never shown, never a flag: flags can be read in the process list. */
  secret?: boolean;
  /** One line for the README. */
  says: string;
}

export const settings = z.registry<SettingFacts>();
