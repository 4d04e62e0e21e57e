import { z } from "zod";
import { readUrl } from "../read-url.ts";

export const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/;

/** https, or http on the loopback address; no secrets in it, and nothing after its path. */
const urlLike = (example: string, whyHttps = "") =>
  z.string().superRefine((text, context) => {
    const url = readUrl(text);
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      context.addIssue(`must be a URL such as ${example}`);
    } else if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
      context.addIssue("must have no user name, password, query or fragment");
    } else if (url.protocol === "http:" && !LOOPBACK_HOST.test(url.hostname)) {
      context.addIssue(`must be https${whyHttps} (http only on the loopback address)`);
    }
  });

/** The address of a gateway, without a slash at its end. */
export const baseUrl = urlLike("https://api.aisa.one/apis/v1", ", since the API key travels with every call").transform(
  (text) => text.replace(/\/+$/, ""),
);

/** Where clients or an issuer are reached. Kept as it is written. */
export const secureUrl = urlLike("https://mcp.example.com/mcp");

/** `socks5h` is the usual name for our way of SOCKS5: the proxy resolves names. */
const PROXY_SCHEME = /^(?:https?|socks5):$/;

/** As curl reads it: a bare `host:port` is an http proxy. */
export const proxyUrl = z.string().transform((text, context) => {
  if (text === "") return text;
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text.replace(/^socks5h:/i, "socks5:") : `http://${text}`;
  const url = readUrl(written);
  if (url === undefined || !PROXY_SCHEME.test(url.protocol) || !isHostAlone(url)) {
    context.addIssue("must be a proxy URL such as http://proxy.example:3128");
  } else if (decodePercents(url.username) === undefined || decodePercents(url.password) === undefined) {
    context.addIssue("has a user name or password with a bare %; write it as %25");
  }
  return written;
});

/** A URL takes many a slip for a host or a path: `http//proxy:3128` is a host named http. */
const isHostAlone = ({ hostname, pathname, search, hash }: URL): boolean =>
  /^(?:[\w.-]+|\[[\da-f:.]+\])$/i.test(hostname) && /^\/?$/.test(pathname) && search === "" && hash === "";

/** Names and addresses as NO_PROXY lists them; one that is wrong in itself would send calls where they should not go. */
export const proxyExemptions = z
  .string()
  .regex(
    /^[^"'`{}$%]*$/,
    "must be host names such as localhost,internal.example, without quotation marks or placeholders",
  );

/** @returns undefined for a bare % */
export function decodePercents(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A whole number; both ends are allowed. */
export const whole = (min: number, max: number) =>
  z.coerce.number({ error: `must be a whole number, ${min} to ${max}` }).pipe(
    z
      .int({ error: `must be a whole number, ${min} to ${max}` })
      .min(min, `must be at least ${min}`)
      .max(max, `must be at most ${max}`),
  );

/** Dollars to a millionth, the unit that charges are counted in. */
export const dollars = (max: number) => {
  const rule = `must be an amount in US dollars such as 0.25, 0 to ${max}`;
  return z.coerce
    .number({ error: rule })
    .pipe(z.number().min(0, rule).max(max, rule))
    .transform((usd) => Math.round(usd * 1_000_000) / 1_000_000);
};

/** The same, or `off`, which is null. */
export const dollarsOrOff = (max: number) =>
  z.union([z.literal("off").transform(() => null), dollars(max)], {
    error: "must be off, or an amount in US dollars such as 0.05",
  });

/** Host names with commas between; none for an empty text. */
export const hostNames = z.string().transform((text, context) => {
  const names = text
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  const bad = names.find((name) => !/^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/.test(name));
  if (bad !== undefined) context.addIssue("must be host names such as mcp.example.com, without scheme or port");
  return names;
});

/** Origins as browsers write them, with commas between; none for an empty text. */
export const webOrigins = z.string().transform((text, context) => {
  const origins = text
    .split(",")
    .map((origin) => origin.trim().replace(/\/$/, ""))
    .filter((origin) => origin !== "");
  const bad = origins.find((origin) => !/^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._[\]:-]+(?::(?:\d+|\*))?$/.test(origin));
  if (bad !== undefined) context.addIssue("must be origins such as https://app.example.com, without a path");
  return origins;
});

/** Where Redis or Valkey is. */
export const redisAddress = z
  .string()
  .refine((text) => /^rediss?:\/\//.test(text) && (readUrl(text)?.hostname ?? "") !== "")
  .transform((redisUrl) => ({ redisUrl }));

export const switchable = z.stringbool({ error: "must be on or off" });

export const choice = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(", ")}` });

export const BODY_FORMS = ["object", "array"] as const;

/** What a gateway may want otherwise than the one that the program was written for. */
const HABITS = ["no-cap", "no-key", "no-quotes", ...BODY_FORMS] as const;

export type GatewayHabit = (typeof HABITS)[number];

/** Some of these words with commas between; none for an empty text. */
export const gatewayHabits = z.string().transform((text, context): GatewayHabit[] => {
  const words = text
    .split(",")
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== "");
  const known = HABITS.filter((habit) => words.includes(habit));
  if (words.some((word) => !HABITS.some((habit) => habit === word))) {
    context.addIssue(`must be words of ${HABITS.join(", ")}, with commas between`);
  }
  if (BODY_FORMS.every((form) => words.includes(form))) context.addIssue(`must name one of ${BODY_FORMS.join(", ")}`);
  return known;
});

/** `DOMAIN_PAGES_CACHE_DIR` → `cache-dir` */
export function toFlag(env: string): string {
  return env.replace("DOMAIN_PAGES_", "").toLowerCase().replaceAll("_", "-");
}
