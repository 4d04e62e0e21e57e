import type { Readable, Writable } from "node:stream";
import { parseArgs } from "node:util";
import { TAKEN_IN } from "../config/former-names.ts";
import type { Setting } from "../config/schema.ts";
import { AppError, type ErrorKind } from "../errors.ts";
import { COMMAND_NAMES, type CommandName, commandOf, DEFAULT_COMMAND, OWN_OPTIONS, toCommandName } from "./commands.ts";

export interface ParsedArgs {
  command: CommandName;
  /** It was given, and is not the default's. */
  isNamed: boolean;
  operands: string[];
  /** The command's own options, by name. */
  options: OwnOptions;
  /** Setting flags, by name: they go over the environment. */
  settings: Record<string, string>;
  wantsHelp: boolean;
  wantsVersion: boolean;
}

type OwnOptions = {
  [Name in keyof typeof OWN_OPTIONS]?: (typeof OWN_OPTIONS)[Name]["type"] extends "boolean" ? boolean : string;
};

const wordOperands = (count: number): string =>
  count === 0 ? "no operand" : count === 1 ? "one operand" : `${count} operands`;

const SEE_HELP = "See `domain-pages-mcp --help`.";

/**
 * @param known the settings that may be given as flags
 * @throws {AppError} `input` for an unknown command or option, a missing value, or too many operands
 */
export function parseCommandLine(argv: readonly string[], known: readonly Setting[]): ParsedArgs {
  const flags = [...known, ...TAKEN_IN].flatMap(({ flag }) => (flag === undefined ? [] : [flag]));
  const { values, positionals } = parseStrictly(argv, flags);
  const { help, version, ...rest } = values;
  // `help get` is `get --help`.
  const words = positionals[0] === "help" ? positionals.slice(1) : positionals;
  const [first = DEFAULT_COMMAND, ...operands] = words;
  const command = toCommandName(first);
  const parsed: Omit<ParsedArgs, "command" | "options"> = {
    isNamed: words.length > 0,
    operands,
    settings: Object.fromEntries(
      Object.entries(rest).filter((entry): entry is [string, string] => flags.includes(entry[0])),
    ),
    wantsHelp: help === true || words !== positionals,
    wantsVersion: version === true,
  };
  if (command === undefined) throw usage(`unknown command "${first}"; the commands are ${COMMAND_NAMES.join(", ")}`);
  const options = Object.fromEntries(Object.entries(rest).filter(([name]) => name in OWN_OPTIONS));
  const { options: taken, operands: named, maxOperands = named.length } = commandOf(command);
  const misplaced = Object.keys(options).find((name) => !taken.some((each) => each === name));
  if (misplaced !== undefined) throw usage(`--${misplaced} does not go with "${command}"`);
  if (operands.length > maxOperands) {
    throw usage(`"${command}" takes ${wordOperands(maxOperands)}, got ${operands.length}`);
  }
  return { ...parsed, command, options };
}

function parseStrictly(argv: readonly string[], flags: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ...(OWN_OPTIONS satisfies Readonly<Record<string, { type: "string" | "boolean" }>>),
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
  stderr: Writable & { isTTY?: boolean; columns?: number };
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
