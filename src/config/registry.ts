import { z } from "zod";

/** How a host asks its user for a setting when it installs the server: a desktop's form, a registry's list. */
export interface AskedFor {
  /** Its name in the host's form. */
  name: string;
  type: "string" | "number" | "directory";
  title: string;
  /** One or two sentences for somebody who has never opened a terminal. */
  help: string;
  /** Numbers only. */
  min?: number;
  /** Numbers only. */
  max?: number;
}

/** What is said of a setting beside its schema; docs/settings.md, manifest.json and server.json are generated from it. */
export interface SettingFacts {
  /** Environment variable; where two spellings are in use, the first that is set wins. */
  env: readonly [string, ...string[]];
  /** Never shown, never a flag: flags can be read in the process list. */
  secret?: boolean;
  /** One line for the table of settings. */
  says: string;
  /** Left out: hosts do not ask for it. */
  asked?: AskedFor;
}

export const settings = z.registry<SettingFacts>();
