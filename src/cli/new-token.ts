import { CLIENT_SCOPES, isTenantName, SCOPES, type Scope } from "../access/principal.ts";
import { createStaticToken, toTokenDigest } from "../access/static-token.ts";
import {
  isTokenName,
  MAX_BUDGET_USD,
  MAX_CALLS_PER_MINUTE,
  TOKEN_NAME_RULE,
  type TokenEntry,
} from "../access/token-entries.ts";
import { quoteForMessage } from "../pages/text.ts";
import { usage } from "./args.ts";

/** The options of `token`, as they were typed. */
export interface TokenOptions {
  /** Separated by commas; left out, `pages:read,snapshots:read`. */
  scopes?: string;
  /** Left out, the token is a tenant of its own. */
  tenant?: string;
  /** USD a day. */
  budget?: string;
  /** Calls in a minute; not `calls-per-minute`, which is the setting of that name. */
  "per-minute"?: string;
  "expires-days"?: string;
  json?: boolean;
}

const MAX_DAYS = 3650;
const DAY_MS = 86_400_000;

/**
 * A new token, and what is kept of it.
 * @param now ms since the epoch
 * @throws {AppError} `input` for a name or an option that breaks its rule
 */
export function toNewToken(name: string, options: TokenOptions, now: number): { token: string; entry: TokenEntry } {
  // Not quoted back: it may be a token.
  if (!isTokenName(name)) throw usage(`a token's name is ${TOKEN_NAME_RULE}`);
  const days = parseAmount(options, "expires-days", { min: 1, max: MAX_DAYS, isWhole: true });
  const { id, token } = createStaticToken();
  const entry: TokenEntry = {
    id,
    name,
    sha256: toTokenDigest(token).toString("hex"),
    scopes: parseScopes(options.scopes),
    tenant: parseTenant(options.tenant),
    daily_budget_usd: parseAmount(options, "budget", { min: 0, max: MAX_BUDGET_USD, isWhole: false }),
    calls_per_minute: parseAmount(options, "per-minute", { min: 1, max: MAX_CALLS_PER_MINUTE, isWhole: true }),
    created: new Date(now).toISOString(),
    expires: days === null ? null : new Date(now + days * DAY_MS).toISOString(),
  };
  return { token, entry };
}

function parseScopes(typed: string | undefined): Scope[] {
  if (typed === undefined) return [...CLIENT_SCOPES];
  const names = typed.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !SCOPES.some((scope) => scope === name));
  if (unknown !== undefined) {
    throw usage(`--scopes takes ${SCOPES.join(", ")}, separated by commas, got ${quoteForMessage(unknown)}`);
  }
  return SCOPES.filter((scope) => names.includes(scope));
}

function parseTenant(typed: string | undefined): string | null {
  if (typed === undefined || isTenantName(typed)) return typed ?? null;
  throw usage(`--tenant takes a name of 1 to 200 visible characters, such as team-a, got ${quoteForMessage(typed)}`);
}

function parseAmount(
  options: TokenOptions,
  name: "budget" | "per-minute" | "expires-days",
  { min, max, isWhole }: { min: number; max: number; isWhole: boolean },
): number | null {
  const typed = options[name];
  if (typed === undefined) return null;
  const value = /^\d+(?:\.\d+)?$/.test(typed) ? Number(typed) : Number.NaN;
  if (value >= min && value <= max && (!isWhole || Number.isInteger(value))) {
    // To a millionth of a dollar, the unit that charges are counted in.
    return isWhole ? value : Math.round(value * 1_000_000) / 1_000_000;
  }
  const what = isWhole ? "a whole number" : "an amount in US dollars such as 2.5";
  throw usage(`--${name} takes ${what}, ${min} to ${max}, got ${quoteForMessage(typed)}`);
}
