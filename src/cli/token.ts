import { changeTokenFile, readTokenEntries } from "../access/change-token-file.ts";
import { isTokenName, type TokenEntry } from "../access/token-entries.ts";
import { AppError } from "../errors.ts";
import { formatUsd } from "../pages/text.ts";
import { usage } from "./args.ts";
import { type Io, print, toJson } from "./io.ts";
import { type TokenOptions, toNewToken } from "./new-token.ts";
import { renderTokens, toShownToken } from "./token-list.ts";

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
  print(io.stderr, wordCreated(entry, file));
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
  else print(io.stdout, tokens.length === 0 ? `No tokens in ${file}.` : renderTokens(tokens));
}

const NAMED_AT_MOST = 20;

async function revoke(name: string, file: string, io: Io): Promise<void> {
  await changeTokenFile(file, (entries) => {
    const left = entries.filter((entry) => entry.name !== name);
    if (left.length === entries.length) throw unknownToken(name, entries, file);
    return left;
  });
  print(io.stderr, `Revoked token ${name} in ${file}. Running servers refuse it within a second.`);
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
