import { type LoadedConfig, loadConfig } from "../../config/load-config.ts";
import { AppError } from "../../errors.ts";

/** Settings as far as they can be used, and what is wrong with the others. */
export interface DoctorSettings extends LoadedConfig {
  /** A line each: the variable or flag, and the rule. Never its value. */
  problems: string[];
  /** The variables that those stand for, a flag's too: what rests on them is not known. */
  leftOut: ReadonlySet<string>;
}

type ByName = Readonly<Record<string, string | undefined>>;

/** With each round a setting less, so this is never reached. */
const MAX_ROUNDS = 100;

/**
 * Reads the settings as every command does; bad ones are left out and told, so that the rest can still be looked at.
 * @throws {AppError} `config` when they cannot be read even so
 */
export function readSettings(env: ByName, flags: ByName): DoctorSettings {
  const problems: string[] = [];
  const leftOut: string[] = [];
  let [usableEnv, usableFlags] = [env, flags];
  for (let round = 0; ; round++) {
    try {
      return { ...loadConfig(usableEnv, usableFlags), problems, leftOut: new Set(leftOut) };
    } catch (error) {
      const refused = error instanceof AppError ? (error.facts.refused ?? []) : [];
      if (!(error instanceof AppError) || refused.length === 0 || round === MAX_ROUNDS) throw error;
      // That a key is needed follows from having left it out.
      const isLeftOut = problems.some((problem) => problem.startsWith("AISA_API_KEY:"));
      problems.push(...error.message.split("\n").filter((line) => !isLeftOut || !line.endsWith("needs AISA_API_KEY")));
      leftOut.push(...refused.map(toVariable));
      usableEnv = without(usableEnv, refused);
      usableFlags = without(
        usableFlags,
        refused.map((name) => name.replace(/^--/, "")),
      );
    }
  }
}

const without = (values: ByName, names: readonly string[]): ByName =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

/** `--cache-dir` → `DOMAIN_PAGES_CACHE_DIR`. */
const toVariable = (name: string): string =>
  name.startsWith("--") ? `DOMAIN_PAGES_${name.slice(2).replaceAll("-", "_").toUpperCase()}` : name;
