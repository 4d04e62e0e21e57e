import { homedir } from "node:os";
import { isAbsolute } from "node:path";
import type { z } from "zod";
import { AppError } from "../errors.ts";
import { readUrl } from "../read-url.ts";
import { TAKEN_IN, takeInFormerNames } from "./former-names.ts";
import type { HttpConfig } from "./http-settings.ts";
import { type Config, ConfigSchema, SETTINGS, type Setting } from "./schema.ts";
import { decodePercents } from "./values.ts";

export interface LoadedConfig<C extends Config = Config> {
  config: C;
  /** Values that must not be logged. */
  secrets: string[];
  /** Variables that were there but count as unset, and why; one sentence each. */
  ignored: string[];
  /** What was set by a name that it no longer has, and what it is called by now; one sentence each. */
  former: string[];
}

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
  const { values, typedAs, refused, ignored } = gatherValues([...settings, ...TAKEN_IN], env, flags);
  const { former, problems: badFormer } = takeInFormerNames({ values, typedAs });
  // Parsed once: to compile the schema first, as zod does, takes longer than that.
  const parsed = schema.safeParse(values, { jitless: true });
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(({ path: [key], message }) => ({ name: typedAs[String(key)] ?? String(key), message }));
  problems.push(...badFormer, ...refused.values(), ...findPasswordFlag(flags));
  if (values["source"] === "aisa" && values["apiKey"] === undefined && !refused.has("apiKey")) {
    problems.push({ name: typedAs["source"] ?? "source", message: '"aisa" needs AISA_API_KEY' });
  }
  problems.push(...findBadFolders(settings, values, env));
  if (!parsed.success || problems.length > 0) {
    const lines = problems.map(({ name, message }) => `${name}: ${message}`);
    throw new AppError("config", lines.join("\n"), { refused: problems.map(({ name }) => name) });
  }
  return { config: parsed.data, secrets: secretsOf(parsed.data), ignored, former };
}

/** Values that must not leave: not in logs, messages, books, nor as the id of a request. */
export function secretsOf({ apiKey, httpsProxy, httpProxy, store }: Config): string[] {
  const redisUrl = typeof store === "string" ? "" : store.redisUrl;
  const passwords = [httpsProxy, httpProxy, redisUrl].flatMap(passwordsOf);
  return apiKey === undefined ? passwords : [apiKey, ...passwords];
}

interface Problem {
  /** As it was typed. */
  name: string;
  message: string;
}

/** What the platform's folders are found by: a relative one would put them wherever the program was started. */
export const FOLDER_VARIABLES = ["XDG_CACHE_HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "APPDATA", "USERPROFILE"];

/** Only where such a folder is used: a cache folder of one's own needs none of them. */
function findBadFolders(settings: readonly Setting[], values: ByName, env: ByName): Problem[] {
  const keepsTokens = values["tokensFile"] === undefined && settings.some(({ key }) => key === "tokensFile");
  const keepsAnswers = (values["store"] ?? "disk") === "disk";
  if (values["cacheDir"] !== undefined || !(keepsAnswers || keepsTokens)) return [];
  const names = FOLDER_VARIABLES.filter((name) => (env[name] ?? "") !== "");
  const needsHome = !["XDG_CACHE_HOME", "XDG_DATA_HOME"].every((name) => names.includes(name));
  if (needsHome && env["HOME"] !== undefined && env["USERPROFILE"] === undefined) names.push("HOME");
  if (!knowsHome(env)) {
    const missing =
      "is not set, and this user has no account that names a home folder; set it to an absolute path, or set DOMAIN_PAGES_CACHE_DIR";
    return [{ name: "HOME", message: missing }];
  }
  const message = "must be an absolute path, since answers and books are kept below it; or set DOMAIN_PAGES_CACHE_DIR";
  return names.filter((name) => !isAbsolute(env[name] ?? "")).map((name) => ({ name, message }));
}

/** A container may run under a number that no account has: then the system cannot tell where its home is, and throws. */
function knowsHome(env: ByName): boolean {
  if (env["HOME"] !== undefined) return true;
  try {
    homedir();
    return true;
  } catch {
    return false;
  }
}

/** Flags can be read in the process list. */
function findPasswordFlag(flags: ByName): Problem[] {
  const store = flags["store"] ?? "";
  if ((readUrl(store)?.password ?? "") === "") return [];
  const message = "has a password, which others on this machine could read; set DOMAIN_PAGES_STORE instead";
  return [{ name: "--store", message }];
}

type ByName = Readonly<Record<string, string | undefined>>;

/** What was set, by key; how each was typed, for messages; what cannot be meant; what was there but counts as unset. */
function gatherValues(
  settings: readonly { key: string; facts: Pick<Setting["facts"], "env">; flag: string | undefined }[],
  env: ByName,
  flags: ByName,
) {
  const values: Record<string, string> = {};
  const typedAs: Record<string, string> = {};
  const refused = new Map<string, Problem>();
  const ignored: string[] = [];
  for (const { key, facts, flag } of settings) {
    // Later ones win: flags over the environment, a first spelling over a second.
    const candidates = [
      ...[...facts.env].reverse().map((name) => ({ name, value: env[name] })),
      ...(flag === undefined ? [] : [{ name: `--${flag}`, value: flags[flag] }]),
    ];
    for (const { name, value } of candidates) {
      if (value === undefined) continue;
      const text = value.trim();
      const unset = UNSET.find(({ written, notOf }) => notOf !== key && written.test(text));
      if (unset !== undefined) {
        ignored.push(`${name} counts as unset: it holds ${unset.says(text)}`);
        continue;
      }
      const mistake = MISTAKES.find(({ written, only = key }) => only === key && written.test(text));
      // What wins over another puts it out of the question, and its mistakes with it.
      delete values[key];
      refused.delete(key);
      if (mistake !== undefined) refused.set(key, { name, message: mistake.rule });
      else values[key] = text;
      typedAs[key] = name;
    }
  }
  return { values, typedAs, refused, ignored };
}

/** What hosts and programs write where there is nothing: a desktop whose user left a field of its form empty, above all. */
const UNSET: readonly { written: RegExp; says: (text: string) => string; notOf?: string }[] = [
  { written: /^$/, says: () => "nothing" },
  { written: /^(?:""|'')$/, says: () => "nothing but quotation marks" },
  { written: /^\$\{[^}]*\}$/, says: () => "a placeholder that was not filled in" },
  { written: /^(?:undefined|null|nil)$/i, says: (text) => `the word "${text}"` },
  // Python's; a store may be none.
  { written: /^none$/i, says: (text) => `the word "${text}"`, notOf: "store" },
];

const NOT_FILLED_IN = "holds a placeholder that was not filled in; write the value itself, or leave the variable out";

/** What a person or a tool meant to be something else: sent as it stands it would fail far from its cause. */
const MISTAKES: readonly { written: RegExp; rule: string; only?: string }[] = [
  {
    written: /^(?:export\s+)?AISA_API_KEY\s*[=:]/i,
    rule: "holds the name of the variable too; write the value alone",
    only: "apiKey",
  },
  {
    // One that is not closed is a mistake as well; no value of ours begins with one.
    written: /^["'`\u2018-\u201f]|["'`\u2018-\u201f]$/,
    rule: "must be written without quotation marks around it: they became a part of the value",
  },
  {
    written:
      /\{\{.*\}\}|^\{[A-Za-z_]\w*\}$|^__\w+__$|^%[\w.-]+%$|^\$(?:\w+|\(.*\))$|\$\{[\w.:-]+\}|^<%.*%>$|^(?:process\.env\.|env:)\w+$/,
    rule: NOT_FILLED_IN,
  },
  // Not of NO_PROXY, where Windows writes <local>.
  { written: /^<(?!local>)[^<>]*>$/, rule: NOT_FILLED_IN },
  {
    written:
      /^(?:sk-(?:aisa-)?)?(?:<.*>|\[.*\]|x{3,}|\*{3,}|\.{3,}|\u2026+|(?:[\w ]+[-_ ])?your[-_ ].*|.*[-_ ](?:goes[-_ ])?here|change[-_ ]?me|replace[-_ ]?me|(?:my[-_ ]|aisa[-_ ])?(?:api[-_ ]?)?key|api[-_ ]?token)$/i,
    rule: "holds the placeholder of a guide; write your own key, or leave the variable out to use the sandbox",
    only: "apiKey",
  },
];

/** A user name this long that comes alone is somebody's token. */
const TOKEN_CHARS = 12;

/** An address's password as it was typed and as it is meant: an error may show either. */
function passwordsOf(address: string): string[] {
  const url = readUrl(address);
  if (url === undefined) return [];
  const { username, password } = url;
  const secret = password === "" && username.length >= TOKEN_CHARS ? username : password;
  return secret === "" ? [] : [...new Set([secret, decodePercents(secret) ?? secret])];
}
