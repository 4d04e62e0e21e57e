import type { z } from "zod";
import { AppError } from "../errors.ts";
import type { HttpConfig } from "./http-settings.ts";
import { type Config, ConfigSchema, SETTINGS, type Setting } from "./schema.ts";
import { decodePercents } from "./values.ts";

export interface LoadedConfig<C extends Config = Config> {
  config: C;
  /** Values that must not be logged. */
  secrets: string[];
  /** Variables that were there but count as unset, and why; one sentence each. */
  ignored: string[];
}

/** A host that could not fill its own placeholder leaves `${user_config.api_key}`; others write "undefined". */
const COUNTS_AS_UNSET = /^\s*(?:\$\{[^}]*\}|undefined|null)?\s*$/;

/**
 * Reads the settings that every command has: environment first, flags over it.
 * @param flags by flag name, without the dashes
 * @throws {AppError} `config`, naming every bad setting as it was typed, a line and a `refused` each; secret values are
 *   never repeated
 */
export const loadConfig = (env: ByName, flags: ByName = {}): LoadedConfig =>
  loadSettings(ConfigSchema, SETTINGS, env, flags);

/** The same, with those of the HTTP service. */
export async function loadHttpConfig(env: ByName, flags: ByName = {}): Promise<LoadedConfig<HttpConfig>> {
  const { ALL_SETTINGS, HttpConfigSchema } = await import("./http-settings.ts");
  return loadSettings(HttpConfigSchema, ALL_SETTINGS, env, flags);
}

function loadSettings<C extends Config>(
  schema: z.ZodType<C>,
  settings: readonly Setting[],
  env: ByName,
  flags: ByName,
): LoadedConfig<C> {
  const { values, typedAs, ignored } = gatherValues(settings, env, flags);
  // Parsed once: to compile the schema first, as zod does, takes longer than that.
  const parsed = schema.safeParse(values, { jitless: true });
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(({ path: [key], message }) => ({ name: typedAs[String(key)] ?? String(key), message }));
  problems.push(...findPasswordFlag(flags));
  if (values["source"] === "aisa" && values["apiKey"] === undefined) {
    problems.push({ name: typedAs["source"] ?? "source", message: '"aisa" needs AISA_API_KEY' });
  }
  if (!parsed.success || problems.length > 0) {
    const lines = problems.map(({ name, message }) => `${name}: ${message}`);
    throw new AppError("config", lines.join("\n"), { refused: problems.map(({ name }) => name) });
  }
  const { apiKey, httpsProxy, httpProxy, store } = parsed.data;
  const redisUrl = typeof store === "string" ? "" : store.redisUrl;
  return {
    config: parsed.data,
    secrets: [apiKey, ...[httpsProxy, httpProxy, redisUrl].flatMap(passwordsOf)].filter(
      (secret) => secret !== undefined,
    ),
    ignored,
  };
}

/** Flags can be read in the process list. */
function findPasswordFlag(flags: ByName): { name: string; message: string }[] {
  const store = flags["store"] ?? "";
  if (!URL.canParse(store) || new URL(store).password === "") return [];
  const message = "has a password, which others on this machine could read; set DOMAIN_PAGES_STORE instead";
  return [{ name: "--store", message }];
}

type ByName = Readonly<Record<string, string | undefined>>;

/** What was set, by key; how each was typed, for messages; what was there but counts as unset. */
function gatherValues(settings: readonly Setting[], env: ByName, flags: ByName) {
  const values: Record<string, string> = {};
  const typedAs: Record<string, string> = {};
  const ignored: string[] = [];
  for (const { key, facts, flag } of settings) {
    // Later ones win: flags over the environment, a first spelling over a second.
    const candidates = [
      ...[...facts.env].reverse().map((name) => ({ name, value: env[name] })),
      ...(flag === undefined ? [] : [{ name: `--${flag}`, value: flags[flag] }]),
    ];
    for (const { name, value } of candidates) {
      if (value === undefined) continue;
      if (COUNTS_AS_UNSET.test(value)) {
        ignored.push(`${name} counts as unset: it holds ${wordUnset(value)}`);
        continue;
      }
      values[key] = value.trim();
      typedAs[key] = name;
    }
  }
  return { values, typedAs, ignored };
}

function wordUnset(value: string): string {
  const text = value.trim();
  if (text === "") return "nothing";
  return text.startsWith("$") ? "a placeholder that was not filled in" : `the word "${text}"`;
}

/** An address's password as it was typed and as it is meant: an error may show either. */
function passwordsOf(address: string): string[] {
  const password = URL.canParse(address) ? new URL(address).password : "";
  return password === "" ? [] : [...new Set([password, decodePercents(password) ?? password])];
}
