import type { Readable, Writable } from "node:stream";
import { parseArgs } from "node:util";
import type { Setting } from "../config/schema.ts";
import { AppError, type ErrorKind } from "../errors.ts";

const COMMANDS = [
  "stdio",
  "http",
  "token",
  "get",
  "estimate",
  "query",
  "compare",
  "export",
  "view",
  "import",
  "spend",
  "sandbox",
  "doctor",
] as const;
export type CommandName = (typeof COMMANDS)[number];

export interface ParsedArgs {
  command: CommandName;
  operands: string[];
  /** The command's own options, by name. */
  options: OwnOptions;
  /** Setting flags, by name: they go over the environment. */
  settings: Record<string, string>;
  wantsHelp: boolean;
  wantsVersion: boolean;
}

const OWN_OPTIONS = {
  limit: { type: "string" },
  body: { type: "string" },
  json: { type: "boolean" },
  csv: { type: "boolean" },
  fresh: { type: "boolean" },
  yes: { type: "boolean" },
  day: { type: "string" },
  account: { type: "string" },
  format: { type: "string" },
  out: { type: "string" },
  force: { type: "boolean" },
  excel: { type: "boolean" },
  host: { type: "string" },
  port: { type: "string" },
  key: { type: "string" },
  price: { type: "string" },
  "price-per-page": { type: "string" },
  fault: { type: "string" },
  scopes: { type: "string" },
  tenant: { type: "string" },
  budget: { type: "string" },
  "per-minute": { type: "string" },
  "expires-days": { type: "string" },
} as const;

type OwnOptions = {
  [Name in keyof typeof OWN_OPTIONS]?: (typeof OWN_OPTIONS)[Name]["type"] extends "boolean" ? boolean : string;
};

/** Which command takes which of its own options, and how many operands. */
const TAKES: Readonly<Record<CommandName, { options: (keyof typeof OWN_OPTIONS)[]; operands: number }>> = {
  stdio: { options: [], operands: 0 },
  http: { options: ["host", "port"], operands: 0 },
  token: { options: ["scopes", "tenant", "budget", "per-minute", "expires-days", "json"], operands: 2 },
  get: { options: ["limit", "body", "json", "csv", "fresh", "yes"], operands: 1 },
  estimate: { options: ["limit", "body", "json"], operands: 1 },
  query: { options: ["body", "json", "csv"], operands: 1 },
  compare: { options: ["json", "csv"], operands: 2 },
  export: { options: ["format", "out", "force", "excel"], operands: 1 },
  view: { options: ["out", "force"], operands: 2 },
  import: { options: ["json", "csv"], operands: 1 },
  spend: { options: ["day", "account", "json"], operands: 0 },
  sandbox: { options: ["port", "key", "price", "price-per-page", "fault"], operands: 0 },
  doctor: { options: ["json"], operands: 0 },
};

const wordOperands = (count: number): string =>
  count === 0 ? "no operand" : count === 1 ? "one operand" : `${count} operands`;

const SEE_HELP = "See `domain-pages-mcp --help`.";

/**
 * @param known the settings that may be given as flags
 * @throws {AppError} `input` for an unknown command or option, a missing value, or too many operands
 */
export function parseCommandLine(argv: readonly string[], known: readonly Setting[]): ParsedArgs {
  const flags = known.flatMap(({ flag }) => (flag === undefined ? [] : [flag]));
  const { values, positionals } = parseStrictly(argv, flags);
  const { help, version, ...rest } = values;
  const [first = "stdio", ...operands] = positionals;
  const command = COMMANDS.find((name) => name === first);
  const parsed: Omit<ParsedArgs, "command" | "options"> = {
    operands,
    settings: Object.fromEntries(
      Object.entries(rest).filter((entry): entry is [string, string] => flags.includes(entry[0])),
    ),
    wantsHelp: help === true,
    wantsVersion: version === true,
  };
  if (command === undefined) throw usage(`unknown command "${first}"; the commands are ${COMMANDS.join(", ")}`);
  const options = Object.fromEntries(Object.entries(rest).filter(([name]) => name in OWN_OPTIONS));
  const misplaced = Object.keys(options).find((name) => !TAKES[command].options.some((each) => each === name));
  if (misplaced !== undefined) throw usage(`--${misplaced} does not go with "${command}"`);
  if (operands.length > TAKES[command].operands) {
    throw usage(`"${command}" takes ${wordOperands(TAKES[command].operands)}, got ${operands.length}`);
  }
  return { ...parsed, command, options };
}

function parseStrictly(argv: readonly string[], flags: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ...OWN_OPTIONS,
        ...Object.fromEntries(flags.map((flag) => [flag, { type: "string" } as const])),
        help: { type: "boolean", short: "h" },
        version: { type: "boolean", short: "v" },
      },
    });
  } catch (error) {
    // Node's own words name the option and the rule; they hold nothing but what was typed.
    throw usage(error instanceof Error ? error.message : "cannot read the arguments");
  }
}

export const usage = (rule: string): AppError => new AppError("input", `arguments: ${rule}.`, { advice: SEE_HELP });

/** What a shell script can branch on. Printed by `--help` and in docs/settings.md. */
export const EXIT_CODES = {
  ok: { code: 0, says: "done" },
  defect: { code: 1, says: "a mistake in this program" },
  usage: { code: 2, says: "wrong arguments, file or settings; nothing was sent" },
  refused: { code: 3, says: "the upstream refused (credentials, funds, limits); do not retry" },
  unavailable: { code: 4, says: "network or upstream trouble; the message says whether to retry" },
  contract: { code: 5, says: "the upstream answered in a form we do not know" },
  capped: { code: 6, says: "a cap or a budget of yours stands in the way; the message says what it was" },
  unwritten: { code: 7, says: "done, but standard output could not be written (a full disk)" },
  cancelled: { code: 130, says: "interrupted" },
} as const;

const BY_KIND: Readonly<Record<ErrorKind, Exclude<keyof typeof EXIT_CODES, "ok">>> = {
  input: "usage",
  config: "usage",
  budget: "capped",
  rejected: "refused",
  unavailable: "unavailable",
  contract: "contract",
  cancelled: "cancelled",
};

export const exitOf = ({ kind }: AppError): (typeof BY_KIND)[ErrorKind] => BY_KIND[kind];

export function exitCodeOf(error: unknown): number {
  return EXIT_CODES[error instanceof AppError ? exitOf(error) : "defect"].code;
}

/** The process as the commands see it; only main.ts touches the real one. */
export interface Io {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  stdin: Readable & { isTTY?: boolean };
  stdout: Writable & { isTTY?: boolean; columns?: number };
  stderr: Writable & { isTTY?: boolean };
  /** Aborted by SIGINT, SIGTERM or SIGHUP. */
  stopped: AbortSignal;
  /** Lets a stop take so long, ms, before the process is ended all the same. */
  allowStop?: (ms: number) => void;
  now: () => number;
  nodeVersion: string;
}

export function print(stream: Writable, text: string): void {
  stream.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** The form of an answer that `--json` asks for. */
export const toJson = (data: unknown): string => JSON.stringify(data, undefined, 2);

/** Settles when a signal has come, now or before. */
export function whenStopped({ stopped }: Io): Promise<void> {
  return new Promise((resolve) => {
    if (stopped.aborted) resolve();
    else stopped.addEventListener("abort", () => resolve(), { once: true });
  });
}
