import { createHash, randomBytes, randomInt } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { z } from "zod";
import { AppError } from "../errors.ts";
import { isTenantName, SCOPES } from "./principal.ts";

/** What every static token begins with: tells them from JWTs, and secret scanners from other text. */
export const STATIC_TOKEN_PREFIX = "dpm_";

const ID_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
const ID_CHARS = 8;
const SECRET_BYTES = 32;

const FORM = new RegExp(`^${STATIC_TOKEN_PREFIX}([0-9a-z]{${ID_CHARS}})_[A-Za-z0-9_-]{43}$`);

export const TOKEN_ID = new RegExp(`^[0-9a-z]{${ID_CHARS}}$`);

/** A new token, `dpm_<id>_<secret>`; the id finds its entry and is no secret. */
export function createStaticToken(): { id: string; token: string } {
  const id = Array.from({ length: ID_CHARS }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join("");
  return { id, token: `${STATIC_TOKEN_PREFIX}${id}_${randomBytes(SECRET_BYTES).toString("base64url")}` };
}

/** @returns the id of a token that has the right form; undefined for any other text */
export const toTokenId = (token: string): string | undefined => FORM.exec(token)?.[1];

/**
 * SHA-256 of the whole token, 32 bytes.
 *
 * A slow, salted hash is for passwords, which people choose and others can guess. Here 256 random bits stand behind the
 * hash: nobody guesses those, no table holds them, and a slow hash on every request would only help to overload us.
 */
export const toTokenDigest = (token: string): Buffer => createHash("sha256").update(token, "utf8").digest();

/** Most that a token file may hold: some 3,000 tokens. */
export const MAX_TOKEN_FILE_BYTES = 1_048_576;

export const MAX_BUDGET_USD = 1_000_000;
export const MAX_CALLS_PER_MINUTE = 10_000;

export const TOKEN_NAME_RULE = `1 to 64 of A-Z a-z 0-9 . _ @ - that do not begin with ${STATIC_TOKEN_PREFIX}, such as "alice"`;

/** A token fits the alphabet of names; one that was pasted for its name would stand in every list and log. */
export const isTokenName = (text: string): boolean =>
  /^[A-Za-z0-9._@-]{1,64}$/.test(text) && !text.startsWith(STATIC_TOKEN_PREFIX);

const rules = {
  id: "must be 8 of a-z 0-9, as `token create` writes it",
  name: `must be ${TOKEN_NAME_RULE}`,
  sha256: "must be the SHA-256 of the token, 64 hexadecimal digits in lower case, as `token create` writes it",
  scopes: `must be a list of one or more of ${SCOPES.join(", ")}, such as ["pages:read", "snapshots:read"]`,
  scope: `must be one of ${SCOPES.join(", ")}`,
  tenant: 'must be null, or a name of 1 to 200 visible characters, such as "team-a"',
  budget: `must be null, or an amount in US dollars, 0 to ${MAX_BUDGET_USD}, such as 2.5`,
  calls: `must be null, or a whole number, 1 to ${MAX_CALLS_PER_MINUTE}, such as 30`,
  created: 'must be a time such as "2026-11-24T09:30:00Z"',
  expires: 'must be null, or a time such as "2027-11-24T09:30:00Z"',
};

const TokenEntry = z.strictObject({
  id: z.string({ error: rules.id }).regex(TOKEN_ID, { error: rules.id }),
  name: z.string({ error: rules.name }).refine(isTokenName, { error: rules.name }),
  sha256: z.string({ error: rules.sha256 }).regex(/^[0-9a-f]{64}$/, { error: rules.sha256 }),
  scopes: z.array(z.enum(SCOPES, { error: rules.scope }), { error: rules.scopes }).min(1, { error: rules.scopes }),
  /** null: a tenant of its own, which a later token of the same name shares. */
  tenant: z.string({ error: rules.tenant }).refine(isTenantName, { error: rules.tenant }).nullable(),
  daily_budget_usd: z
    .number({ error: rules.budget })
    .min(0, { error: rules.budget })
    .max(MAX_BUDGET_USD, { error: rules.budget })
    .nullable(),
  calls_per_minute: z
    .int({ error: rules.calls })
    .min(1, { error: rules.calls })
    .max(MAX_CALLS_PER_MINUTE, { error: rules.calls })
    .nullable(),
  created: z.iso.datetime({ offset: true, error: rules.created }),
  expires: z.iso.datetime({ offset: true, error: rules.expires }).nullable(),
});

/** One static token as it is kept: what it may do, and the hash it is known by. */
export type TokenEntry = z.infer<typeof TokenEntry>;

const TokenFile = z.strictObject(
  {
    version: z.literal(1, { error: "must be 1, the only form that this program knows" }),
    tokens: z.array(TokenEntry, { error: "must be a list of tokens, such as []" }),
  },
  { error: 'must be an object such as {"version": 1, "tokens": []}' },
);

/**
 * Reads tokens from JSON: `{"version": 1, "tokens": [...]}`.
 * @param from what the text is called in messages: a path, a variable
 * @throws {AppError} `config` with a line per problem: which entry, which field, the rule and a value that works; no
 *   value is repeated, since it may be a token that was put in the wrong place
 */
export function parseTokenEntries(text: string, from: string): TokenEntry[] {
  const json = parseJson(text, from);
  const parsed = TokenFile.safeParse(json);
  if (parsed.success) return refuseTwins(parsed.data.tokens, from);
  const lines = parsed.error.issues.slice(0, MAX_LINES).map((issue) => `${from}: ${wordIssue(issue, json)}`);
  const more = parsed.error.issues.length - lines.length;
  throw new AppError("config", [...lines, ...(more > 0 ? [`${from}: ${more} more problems`] : [])].join("\n"));
}

const MAX_LINES = 10;

/** @returns the text of a token file, one field a line: it is read and compared by people */
export const renderTokenEntries = (entries: readonly TokenEntry[]): string =>
  `${JSON.stringify({ version: 1, tokens: entries }, undefined, 2)}\n`;

/**
 * @returns the entries as they are
 * @throws {AppError} `config` when two have the same name or the same id
 */
export function refuseTwins(entries: readonly TokenEntry[], from: string): TokenEntry[] {
  for (const field of ["name", "id"] as const) {
    const seen = new Set<string>();
    for (const entry of entries) {
      if (seen.has(entry[field])) {
        const advice = field === "name" ? "each needs a name of its own" : "make one of them anew with `token create`";
        throw new AppError("config", `${from}: two tokens have the ${field} ${entry[field]}; ${advice}`);
      }
      seen.add(entry[field]);
    }
  }
  return [...entries];
}

function parseJson(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8's own words quote the text, which may hold a secret; where it is helps as much.
    const at = /position (\d+)/.exec(String(error))?.[1];
    const line = at === undefined ? "" : ` (line ${text.slice(0, Number(at)).split("\n").length})`;
    throw new AppError("config", `${from}: is not JSON${line}; an empty list is {"version": 1, "tokens": []}`);
  }
}

function wordIssue(issue: z.core.$ZodIssue, json: unknown): string {
  const where = wordPath(issue.path, json);
  if (issue.code !== "unrecognized_keys") return `${where}${where === "" ? "" : " "}${issue.message}`;
  const fields = issue.path.length === 0 ? TokenFile.shape : TokenEntry.shape;
  // A word can be a misspelt field; anything else may be a token that stands in the wrong place.
  const shown = issue.keys.filter((key) => /^[A-Za-z_]{1,32}$/.test(key)).map((key) => `"${key}"`);
  const named = shown.length === issue.keys.length ? shown.join(", ") : "a field";
  return `${where}${where === "" ? "" : " "}has ${named}, which is not known; its fields are ${Object.keys(fields).join(", ")}`;
}

/** `tokens[1] (alice).scopes[0]` */
function wordPath(path: readonly PropertyKey[], json: unknown): string {
  const words = path.map((part, index) => {
    if (typeof part !== "number") return index === 0 ? String(part) : `.${String(part)}`;
    return `[${part}]${index === 1 ? wordName(json, part) : ""}`;
  });
  return words.join("");
}

function wordName(json: unknown, index: number): string {
  const name = (json as { tokens: { name?: unknown }[] }).tokens[index]?.name;
  return typeof name === "string" && isTokenName(name) ? ` (${name})` : "";
}

/** What a look at a token file found. */
export type TokenFileLook =
  | { kind: "gone" }
  /** Nothing has changed since the look that had this mark. */
  | { kind: "same" }
  | {
      kind: "read";
      text: string;
      /** Another file, another size or another time gives another mark. */
      mark: string;
      /** When it was last written, ms since the epoch. */
      writtenAtMs: number;
      /** The permission bits. */
      mode: number;
      /** No folder holds it any more: only a mount of the file alone still leads to it. Some file systems count no links. */
      isDetached: boolean;
    };

/**
 * Looks at a token file, and reads it when it is not what it was.
 * @param seenMark of the look before; left undefined, it is read in any case
 * @throws {AppError} `config` when it cannot be read, is no file, is too large, or is not UTF-8
 */
export async function readTokenFile(file: string, seenMark?: string): Promise<TokenFileLook> {
  try {
    const found = await stat(file, { bigint: true });
    // Taken before the content is read: what is written meanwhile is then seen as a change by the next look.
    const mark = [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(":");
    if (mark === seenMark) return { kind: "same" };
    const text = await readText(file);
    const [writtenAtMs, mode] = [Number(found.mtimeMs), Number(found.mode) & 0o777];
    return { kind: "read", text, mark, writtenAtMs, mode, isDetached: found.nlink === 0n };
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "gone" };
    throw new AppError("config", `${file}: cannot be read (${code ?? "unknown error"})`, { cause: error });
  }
}

async function readText(file: string): Promise<string> {
  // Without O_NONBLOCK, opening a pipe would wait for its writer for ever. Windows has neither.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await handle.stat()).isFile()) throw new AppError("config", `${file}: is not a file`);
    return decode(await readBounded(handle, file), file);
  } finally {
    await handle.close();
  }
}

async function readBounded(handle: FileHandle, file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(65_536) });
    if (bytesRead === 0) return Buffer.concat(chunks);
    total += bytesRead;
    if (total > MAX_TOKEN_FILE_BYTES) {
      throw new AppError("config", `${file}: holds more than ${MAX_TOKEN_FILE_BYTES} bytes, the most for a token file`);
    }
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

function decode(bytes: Buffer, file: string): string {
  try {
    // Drops the byte order mark that some editors write.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("config", `${file}: is not UTF-8 text`, { cause });
  }
}
