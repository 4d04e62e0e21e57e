import { isAbsolute } from "node:path";
import { z } from "zod";
import { LOG_LEVELS } from "../log.ts";
import {
  type BODY_FORMS,
  baseUrl,
  choice,
  dollars,
  dollarsOrOff,
  gatewayHabits,
  proxyExemptions,
  proxyUrl,
  redisAddress,
  toFlag,
  whole,
} from "./values.ts";

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

export const ConfigSchema = z.object({
  apiKey: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "must be visible ASCII without spaces")
    .optional()
    .register(settings, {
      env: ["AISA_API_KEY"],
      secret: true,
      says: "Your AIsa key. Without it the server runs on its sandbox.",
      asked: {
        name: "api_key",
        type: "string",
        title: "AIsa API key",
        help: "Your AIsa key. Leave it empty to try the sandbox, which is free and knows acme.example.",
      },
    }),
  baseUrl: baseUrl.prefault("https://api.aisa.one/apis/v1").register(settings, {
    env: ["AISA_BASE_URL"],
    says: "The gateway's address; calls go to this origin and nowhere else.",
  }),
  source: choice(["auto", "aisa", "sandbox"])
    .default("auto")
    .register(settings, {
      env: ["DOMAIN_PAGES_SOURCE"],
      says: "`aisa`, `sandbox`, or `auto`: aisa when there is a key.",
      asked: {
        name: "source",
        type: "string",
        title: "Where answers come from",
        help: "auto: your key is used if there is one. sandbox: generated data, never a charge. aisa: only with a key.",
      },
    }),
  gatewayHabits: gatewayHabits.prefault("").register(settings, {
    env: ["DOMAIN_PAGES_GATEWAY_HABITS"],
    says: "What another gateway wants otherwise, with commas between: `no-cap`, `no-key`, `no-quotes`, `object` or `array` (costs.md).",
  }),
  unknownFields: choice(["refuse", "allow"])
    .default("refuse")
    .register(settings, {
      env: ["DOMAIN_PAGES_UNKNOWN_FIELDS"],
      says: "`allow` sends filter and sort fields that our catalogue does not know.",
    }),
  maxPriceUsd: dollars(1000)
    .prefault(0.25)
    .register(settings, {
      env: ["DOMAIN_PAGES_MAX_PRICE_USD"],
      says: "The most one call may cost, US dollars; the gateway is told to refuse a dearer one unbilled.",
      asked: {
        name: "max_price_usd",
        type: "number",
        title: "Most per call, US dollars",
        help: "A dearer call is refused before it is charged.",
        min: 0,
        max: 1000,
      },
    }),
  dailyBudgetUsd: dollars(1_000_000)
    .prefault(5)
    .register(settings, {
      env: ["DOMAIN_PAGES_DAILY_BUDGET_USD"],
      says: "The most that may be spent in a day (UTC), by all processes that share the ledger; 0 buys nothing.",
      asked: {
        name: "daily_budget_usd",
        type: "number",
        title: "Most per day, US dollars",
        help: "Over all calls of a day (UTC). 0 buys nothing.",
        min: 0,
        max: 1_000_000,
      },
    }),
  askAboveUsd: dollarsOrOff(1000)
    .prefault("off")
    .register(settings, {
      env: ["DOMAIN_PAGES_ASK_ABOVE_USD"],
      says: "A call quoted above this many US dollars needs a person's yes; `off` never asks.",
      asked: {
        name: "ask_above_usd",
        type: "string",
        title: "Ask me above, US dollars",
        help: "A call quoted above this amount, such as 0.05, waits for your yes. off never asks.",
      },
    }),
  store: z
    .union([z.enum(["disk", "memory", "none"]), redisAddress], {
      error: "must be disk, memory, none, or an address such as redis://redis.internal:6379",
    })
    .default("disk")
    .register(settings, {
      env: ["DOMAIN_PAGES_STORE"],
      says: "Where snapshots and the ledger are kept: `disk`, `memory`, `none` (ledger in memory), or `redis://…` / `rediss://…`, shared by replicas.",
    }),
  redisPrefix: z
    .string()
    .regex(/^[\w:.-]{1,64}$/, "must be up to 64 letters, digits and : . - _")
    .prefault("domain-pages:")
    .register(settings, {
      env: ["DOMAIN_PAGES_REDIS_PREFIX"],
      says: "What every key in Redis begins with; processes with the same prefix share everything.",
    }),
  cacheDir: z
    .string()
    .transform((text, context) => {
      if (!isAbsolute(text)) context.addIssue("must be an absolute path");
      return text;
    })
    .optional()
    .register(settings, {
      env: ["DOMAIN_PAGES_CACHE_DIR"],
      says: "Folder for snapshots and ledger; else the platform's cache folder for the ones, its data folder for the other.",
      asked: {
        name: "cache_dir",
        type: "directory",
        title: "Folder for answers and spending records",
        help: "What was bought is kept here and asked again for free. Leave it empty for the usual place.",
      },
    }),
  freshHours: z.coerce
    .number({ error: "must be a number of hours, 0 to 8760" })
    .pipe(z.number().min(0, "must be at least 0").max(8760, "must be at most 8760"))
    .prefault(24)
    .register(settings, {
      env: ["DOMAIN_PAGES_FRESH_HOURS"],
      says: "How long a kept snapshot answers the same request for free; 0 buys every time.",
    }),
  keepDays: whole(1, 3650)
    .prefault(90)
    .register(settings, {
      env: ["DOMAIN_PAGES_KEEP_DAYS"],
      says: "How long snapshots stay on disk.",
    }),
  storeMb: whole(1, 100_000)
    .prefault(512)
    .register(settings, {
      env: ["DOMAIN_PAGES_STORE_MB"],
      says: "How much disk snapshots may take, compressed; the oldest make room.",
    }),
  callsPerMinute: whole(1, 10_000)
    .prefault(60)
    .register(settings, {
      env: ["DOMAIN_PAGES_CALLS_PER_MINUTE"],
      says: "Most requests this process sends to the gateway in a minute; the default is its smallest documented tier.",
    }),
  callsAtOnce: whole(1, 50)
    .prefault(5)
    .register(settings, {
      env: ["DOMAIN_PAGES_CALLS_AT_ONCE"],
      says: "Most requests under way at once; the default is the gateway's smallest documented tier.",
    }),
  retryMs: whole(0, 600_000)
    .prefault(75_000)
    .register(settings, {
      env: ["DOMAIN_PAGES_RETRY_MS"],
      says: "How long unbilled refusals that pass (rate limits, no connection) are tried again; 0 never does.",
    }),
  timeoutMs: whole(1000, 600_000)
    .prefault(130_000)
    .register(settings, {
      env: ["DOMAIN_PAGES_TIMEOUT_MS"],
      says: "Longest wait for one answer; the upstream's own limit is 120 s.",
    }),
  maxReplyMb: whole(1, 512)
    .prefault(64)
    .register(settings, {
      env: ["DOMAIN_PAGES_MAX_REPLY_MB"],
      says: "Largest answer taken in, decoded; 1,000 pages are about 3 MB. All that are on their way together take three times that at most.",
    }),
  answerTokens: whole(400, 1_000_000)
    .prefault(1500)
    .register(settings, {
      env: ["DOMAIN_PAGES_ANSWER_TOKENS"],
      says: "About how many tokens an answer may have; rows are left out to fit, and counted.",
    }),
  answerForm: choice(["both", "text", "structured"])
    .default("both")
    .register(settings, {
      env: ["DOMAIN_PAGES_ANSWER_FORM"],
      says: "Which form of the answer clients get; hosts that show the model both pay for both. With `structured`, the text is the same as JSON.",
    }),
  logLevel: choice(LOG_LEVELS)
    .default("warn")
    .register(settings, {
      env: ["DOMAIN_PAGES_LOG_LEVEL"],
      says: "Least level written to stderr, as JSON lines.",
    }),
  httpsProxy: proxyUrl.prefault("").register(settings, {
    env: ["https_proxy", "HTTPS_PROXY"],
    secret: true,
    says: "Proxy for an https gateway.",
  }),
  httpProxy: proxyUrl.prefault("").register(settings, {
    env: ["http_proxy", "HTTP_PROXY"],
    secret: true,
    says: "Proxy for an http gateway (loopback only).",
  }),
  noProxy: proxyExemptions.prefault("").register(settings, {
    env: ["no_proxy", "NO_PROXY"],
    says: "Hosts that are reached without a proxy.",
  }),
});

export type Config = z.infer<typeof ConfigSchema>;

/** One setting: its name in the config, what is said of it, and its flag if it has one. */
export interface Setting {
  key: string;
  facts: SettingFacts;
  flag: string | undefined;
}

/** The settings of a schema, in the order of the table in docs/settings.md. */
export const toSettings = (schema: z.ZodObject): readonly Setting[] =>
  Object.entries(schema.shape).map(([key, each]) => {
    const facts = settings.get(each) as SettingFacts;
    const takesFlag = facts.secret !== true && facts.env[0].startsWith("DOMAIN_PAGES_");
    return { key, facts, flag: takesFlag ? toFlag(facts.env[0]) : undefined };
  });

/** Those that every command reads. */
export const SETTINGS = toSettings(ConfigSchema);

/** Whether calls go to the paid endpoint. */
export function isLive({ source, apiKey }: Config): boolean {
  return source === "aisa" || (source === "auto" && apiKey !== undefined);
}

/** The form that the request's body is to have; undefined where calls find it out. */
export function pinnedBodyForm({ gatewayHabits: habits }: Config): (typeof BODY_FORMS)[number] | undefined {
  return habits.find((habit) => habit === "object" || habit === "array");
}
