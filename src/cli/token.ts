import { changeTokenFile, readTokenEntries } from "../access/change-token-file.ts";
import { CLIENT_SCOPES, isTenantName, SCOPES, type Scope } from "../access/principal.ts";
import {
  createStaticToken,
  isTokenName,
  MAX_BUDGET_USD,
  MAX_CALLS_PER_MINUTE,
  TOKEN_NAME_RULE,
  type TokenEntry,
  toTokenDigest,
} from "../access/token-file.ts";
import { AppError } from "../errors.ts";
import { formatUsd, quoteForMessage } from "../lists/text.ts";
import { type Io, print, toJson, usage } from "./args.ts";
import { alignColumns, drawTable, tell, widthOf } from "./terminal.ts";

/** The actions and the options that each takes. */
const TAKES = {
  create: { usage: "token create NAME", options: ["scopes", "tenant", "budget", "per-minute", "expires-days"] },
  list: { usage: "token list", options: ["json"] },
  revoke: { usage: "token revoke NAME", options: [] },
} as const satisfies Record<string, { usage: string; options: readonly (keyof TokenOptions)[] }>;

/**
 * `token create|list|revoke`: keeps the file of static tokens; nothing is sent.
 * @param file path of the token file
 * @throws {AppError} `input` for wrong arguments, a name that is taken, or one to revoke that is not there; `config` when
 *   the file is bad or cannot be written; `unavailable` when another process holds it
 */
export async function runToken(
  { operands, options, file }: { operands: readonly string[]; options: TokenOptions; file: string },
  io: Io,
): Promise<void> {
  const [typed = "", name, ...more] = operands;
  const action = (Object.keys(TAKES) as (keyof typeof TAKES)[]).find((each) => each === typed);
  if (action === undefined) throw usage(`"token" is followed by ${Object.keys(TAKES).join(", ")}`);
  const takes: readonly string[] = TAKES[action].options;
  const misplaced = Object.keys(options).find((option) => !takes.includes(option));
  if (misplaced !== undefined) throw usage(`--${misplaced} does not go with "token ${action}"`);
  const isNameRight = action === "list" ? name === undefined : name !== undefined && more.length === 0;
  if (!isNameRight) throw usage(`it is \`${TAKES[action].usage}\``);
  if (action === "list") await list(file, options, io);
  else if (action === "create") await create(name ?? "", file, options, io);
  else await revoke(name ?? "", file, io);
}

async function create(name: string, file: string, options: TokenOptions, io: Io): Promise<void> {
  const { token, entry } = toNewToken(name, options, io.now());
  await changeTokenFile(file, (entries) => {
    if (entries.some((each) => each.name === name)) {
      throw new AppError("input", `There is a token named ${name} in ${file}.`, {
        advice: `Take another name, or revoke it first: domain-pages-mcp token revoke ${name}`,
      });
    }
    return [...entries, entry];
  });
  print(io.stdout, token);
  tell(io, wordCreated(entry, file));
}

function wordCreated(entry: TokenEntry, file: string): string {
  const facts = [
    `scopes ${entry.scopes.join(", ")}`,
    entry.tenant === null ? "a tenant of its own" : `tenant ${entry.tenant}`,
    entry.daily_budget_usd === null ? "no budget of its own" : `at most ${formatUsd(entry.daily_budget_usd)} a day`,
    ...(entry.calls_per_minute === null ? [] : [`at most ${entry.calls_per_minute} calls a minute`]),
    entry.expires === null ? "does not expire" : `expires ${entry.expires}`,
  ];
  return `Made token ${entry.name} in ${file}: ${facts.join("; ")}.\nIt is shown this once: only its hash is kept. Running servers take it at once.`;
}

async function list(file: string, options: TokenOptions, io: Io): Promise<void> {
  const tokens = (await readTokenEntries(file)).map((entry) => toShownToken(entry, io.now()));
  if (options.json === true) print(io.stdout, toJson({ file, tokens }));
  else print(io.stdout, tokens.length === 0 ? `No tokens in ${file}.` : renderTokens(tokens, widthOf(io)));
}

const NAMED_AT_MOST = 20;

async function revoke(name: string, file: string, io: Io): Promise<void> {
  await changeTokenFile(file, (entries) => {
    const left = entries.filter((entry) => entry.name !== name);
    if (left.length === entries.length) throw unknownToken(name, entries, file);
    return left;
  });
  tell(io, `Revoked token ${name} in ${file}. Running servers refuse it within a second.`);
}

function unknownToken(name: string, entries: readonly TokenEntry[], file: string): AppError {
  const shown = entries.slice(0, NAMED_AT_MOST).map((entry) => entry.name);
  const more = entries.length - shown.length;
  const known =
    entries.length === 0 ? "It holds none." : `It holds ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`;
  // Who pastes the token for its name must not find it in a log.
  const called = isTokenName(name) ? `no token named ${name}` : "no token of that name";
  return new AppError("input", `There is ${called} in ${file}.`, { advice: known });
}

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

/** What may be shown of a token: everything but its hash. */
export type ShownToken = Omit<TokenEntry, "sha256"> & { is_expired: boolean };

export function toShownToken({ sha256: _hidden, ...entry }: TokenEntry, now: number): ShownToken {
  return { ...entry, is_expired: entry.expires !== null && Date.parse(entry.expires) <= now };
}

/**
 * A table for people, one token a row.
 * @param width of the terminal, where it is one
 */
export function renderTokens(tokens: readonly ShownToken[], width?: number): string {
  const rows = tokens.map((token) => [
    token.name,
    token.id,
    token.scopes.join(","),
    token.tenant ?? "its own",
    token.daily_budget_usd === null ? "-" : formatUsd(token.daily_budget_usd),
    token.calls_per_minute === null ? "-" : String(token.calls_per_minute),
    token.created.slice(0, 10),
    token.expires === null ? "never" : token.expires.slice(0, 10) + (token.is_expired ? " (expired)" : ""),
  ]);
  const columns = ["name", "id", "scopes", "tenant", "usd/day", "calls/min", "created", "expires"];
  return width === undefined ? alignColumns([columns, ...rows]) : drawTable({ columns, rows }, width, ["name"]);
}
