import { shortenNames } from "../lists/export-files.ts";
import { FORMATS } from "../pages/export/snapshot-files.ts";

interface Option {
  type: "string" | "boolean";
  /** What stands for its value; for a switch nothing. */
  value?: string;
  says: string;
}

/** Every option that is not a setting, of whatever command. */
export const OWN_OPTIONS = {
  limit: { type: "string", value: "N", says: "how many pages, at most 1,000" },
  body: { type: "string", value: "JSON", says: "further arguments, as the tool of the same work takes them" },
  json: { type: "boolean", says: "prints the structured form" },
  csv: { type: "boolean", says: "prints tables as CSV, which a pipe gets anyway" },
  fresh: { type: "boolean", says: "takes no kept answer" },
  yes: { type: "boolean", says: "agrees to the price" },
  day: { type: "string", value: "YYYY-MM-DD", says: "another day (UTC) than today" },
  account: { type: "string", value: "NAME", says: "one account alone" },
  format: { type: "string", value: "FORMAT", says: "one of those above, or the file's name, such as rows.csv" },
  out: { type: "string", value: "FILE", says: "writes there instead of to standard output" },
  force: { type: "boolean", says: "replaces a file that is there" },
  excel: { type: "boolean", says: "marks CSV as UTF-8, which Excel needs to tell" },
  host: { type: "string", value: "ADDRESS", says: "where it listens, as --http-host" },
  port: { type: "string", value: "N", says: "the port it listens on" },
  key: { type: "string", value: "KEY", says: "the only key that is taken" },
  price: { type: "string", value: "USD", says: "what a call costs" },
  "price-per-page": { type: "string", value: "USD", says: "what each page of it costs beside" },
  fault: { type: "string", value: "NAME", says: "what goes wrong; an unknown name lists those that there are" },
  scopes: { type: "string", value: "LIST", says: "what the caller may do, parted by commas" },
  tenant: { type: "string", value: "NAME", says: "whose snapshots and budget it shares" },
  budget: { type: "string", value: "USD", says: "what the caller may spend a day" },
  "per-minute": { type: "string", value: "N", says: "how many calls a minute" },
  "expires-days": { type: "string", value: "N", says: "after how many days it ends" },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof OWN_OPTIONS;

export interface Command {
  /** What stands for its operands; the most that it takes. */
  operands: readonly string[];
  maxOperands?: number;
  /** In the order in which help names them. */
  options: readonly OptionName[];
  /** Those of them that have to be given, and those that its usage does not name. */
  must?: readonly OptionName[];
  unnamed?: readonly OptionName[];
  /** What it does, in one line of `--help`. */
  says: string;
  /** Whose settings it reads: all that commands have in common, those of the HTTP service too, or what it finds itself. */
  settings: "common" | "http" | "own";
  /** What it has done by the time its words are lost, if it changes anything. */
  leaves?: "answer" | "token";
}

const SNAPSHOT = "<snapshot | target>";

/**
 * THE table of commands: parsing and help follow from it, and types ask `run.ts` for what each does. The one without
 * words is the default.
 */
export const COMMANDS = {
  stdio: { operands: [], options: [], says: "serve MCP over stdio", settings: "common", leaves: "answer" },
  http: {
    operands: [],
    options: ["host", "port"],
    says: "serve MCP over HTTP, for many (docs/http.md)",
    settings: "http",
    leaves: "answer",
  },
  token: {
    operands: ["create NAME"],
    maxOperands: 2,
    options: ["scopes", "tenant", "budget", "per-minute", "expires-days", "json"],
    unnamed: ["json"],
    says: "make an access token for http; token list [--json], token revoke NAME",
    settings: "http",
    leaves: "token",
  },
  get: {
    operands: ["<target>"],
    options: ["limit", "body", "fresh", "yes", "json", "csv"],
    says: "fetch and condense (paid with a key, else sandbox); --fresh takes no kept answer, --yes agrees to the price",
    settings: "common",
    leaves: "answer",
  },
  estimate: {
    operands: ["<target>"],
    options: ["limit", "body", "json"],
    says: "what get would cost and bring: quote, kept answer, budget left (free)",
    settings: "common",
    leaves: "answer",
  },
  spend: {
    operands: [],
    options: ["day", "account", "json"],
    says: "what was spent, by account and target, and what is left (free)",
    settings: "common",
  },
  query: {
    operands: [SNAPSHOT],
    options: ["body", "json", "csv"],
    says: "ask a kept answer: filter, sort, group, open pages (free)",
    settings: "common",
  },
  compare: {
    operands: [SNAPSHOT, SNAPSHOT],
    options: ["json", "csv"],
    says: "what changed between two kept answers, or two targets side by side (free); --csv gives a terminal what a pipe gets",
    settings: "common",
  },
  export: {
    operands: [SNAPSHOT],
    options: ["format", "out", "force", "excel"],
    must: ["format"],
    says: `a kept answer as a file: ${shortenNames(Object.keys(FORMATS), "-").join(", ")}; --excel marks CSV as UTF-8 (free)`,
    settings: "common",
  },
  view: {
    operands: [SNAPSHOT, `[${SNAPSHOT}]`],
    options: ["out", "force"],
    says: "a kept answer, or two compared, as one page for the browser: table, charts, findings (free)",
    settings: "common",
  },
  import: {
    operands: ["<file>"],
    options: ["json", "csv"],
    says: "condense a saved answer of the endpoint; - reads stdin (free)",
    settings: "common",
    leaves: "answer",
  },
  sandbox: {
    operands: [],
    options: ["port", "key", "price", "price-per-page", "fault"],
    says: "serve the sandbox endpoint over HTTP on 127.0.0.1, with prices and faults on demand",
    settings: "common",
  },
  doctor: {
    operands: [],
    options: ["json"],
    says: "check settings, key, storage, budget, network and price, and say what to do (free)",
    settings: "own",
  },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof COMMANDS;

export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];

/** What the program does when it is given no command. */
export const DEFAULT_COMMAND: CommandName = "stdio";

export const commandOf = (name: CommandName): Command => COMMANDS[name];

/** @returns undefined for any other name, be it one that every object has */
export const toCommandName = (text: string): CommandName | undefined => COMMAND_NAMES.find((name) => name === text);

/** `domain-pages-mcp get <target> [--limit N] [--json | --csv]` */
export function renderUsage(name: CommandName): string {
  const { operands, options, must = [], unnamed = [] } = commandOf(name);
  const named = options.filter((option) => !unnamed.includes(option));
  const spelled = named.flatMap((option) => {
    if (option === "csv" && named.includes("json")) return [];
    const words = option === "json" && named.includes("csv") ? "--json | --csv" : spellOption(option);
    return [must.includes(option) ? words : `[${words}]`];
  });
  return ["domain-pages-mcp", ...(name === DEFAULT_COMMAND ? [] : [name]), ...operands, ...spelled].join(" ");
}

/** `--limit N` */
export function spellOption(name: OptionName): string {
  const { value }: Option = OWN_OPTIONS[name];
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}
