import { createOrganisation, type Organisation } from "../compose/organisation.ts";
import type { App } from "../compose/use-cases.ts";
import type { HttpConfig } from "../config/http-settings.ts";
import { type LoadedConfig, loadConfig, loadHttpConfig } from "../config/load-config.ts";
import { SETTINGS, type Setting } from "../config/schema.ts";
import { AppError, describeFailure } from "../errors.ts";
import { createLog, type Log, redact } from "../log.ts";
import type { Ledger } from "../spend/ledger/ledger.ts";
import { isSupportedNode, NODE_RANGE, PRODUCT } from "../version.ts";
import { EXIT_CODES, exitCodeOf, type Io, type ParsedArgs, parseCommandLine, print } from "./args.ts";
import {
  COMMAND_NAMES,
  type COMMANDS,
  type Command,
  type CommandName,
  commandOf,
  DEFAULT_COMMAND,
  toCommandName,
} from "./commands.ts";
import { runStdio } from "./stdio.ts";

/**
 * Runs one command to its end.
 * @returns the exit code; never throws
 */
export async function run(io: Io): Promise<number> {
  let secrets: string[] = [];
  try {
    const args = parseCommandLine(io.argv, await settingsFor(io.argv));
    if (args.wantsVersion) {
      print(io.stdout, PRODUCT.version);
      return EXIT_CODES.ok.code;
    }
    if (args.wantsHelp) {
      const [{ renderCommandHelp, renderHelp }, { widthOf }] = await Promise.all([
        import("./help.ts"),
        import("./terminal.ts"),
      ]);
      print(io.stdout, args.isNamed ? renderCommandHelp(args.command, widthOf(io)) : renderHelp(widthOf(io)));
      return EXIT_CODES.ok.code;
    }
    // It tells of bad settings, and of an old Node, in its own way.
    if (isOf("own", args.command)) return await RUNS_ALONE[args.command](args, io);
    refuseOldNode(io.nodeVersion);
    if (isOf("http", args.command)) {
      const loaded = await loadHttpConfig(io.env, withShortFlags(args));
      secrets = loaded.secrets;
      await RUNS_SERVICE[args.command](args, loaded, io);
      return EXIT_CODES.ok.code;
    }
    const loaded = loadConfig(io.env, args.settings);
    secrets = loaded.secrets;
    await RUNS[args.command](args, open(args, loaded, io));
    return EXIT_CODES.ok.code;
  } catch (error) {
    await tellFailure(redact(wordFailure(error), secrets), io);
    return exitCodeOf(error);
  }
}

/** What shapes text for a terminal is loaded where there is one. */
async function tellFailure(text: string, io: Io): Promise<void> {
  if (io.stderr.isTTY === true) (await import("./terminal.ts")).tell(io, text);
  else print(io.stderr, text);
}

/** It would start, and fail with the first call. */
function refuseOldNode(version: string): void {
  if (isSupportedNode(version)) return;
  throw new AppError("config", `Node ${version} is too old: ${NODE_RANGE.replace(/^>=/, "")} or later is needed.`, {
    advice: "Install a newer Node, or name one as the command in the host's configuration.",
  });
}

/** Those of the HTTP service are set up only where they are read. */
async function settingsFor(argv: readonly string[]): Promise<readonly Setting[]> {
  if (!COMMAND_NAMES.some((name) => commandOf(name).settings !== "common" && argv.includes(name))) return SETTINGS;
  return (await import("../config/http-settings.ts")).ALL_SETTINGS;
}

/** The commands that read settings of one kind. */
type CommandOf<Kind extends Command["settings"]> = {
  [Name in CommandName]: (typeof COMMANDS)[Name]["settings"] extends Kind ? Name : never;
}[CommandName];

const isOf = <Kind extends Command["settings"]>(kind: Kind, name: CommandName): name is CommandOf<Kind> =>
  commandOf(name).settings === kind;

const RUNS_ALONE: Readonly<Record<CommandOf<"own">, (args: ParsedArgs, io: Io) => Promise<number>>> = {
  doctor: async (args, io) => (await import("./doctor/run-doctor.ts")).runDoctor(args, io),
};

type RunService = (args: ParsedArgs, loaded: LoadedConfig<HttpConfig>, io: Io) => Promise<void>;

const RUNS_SERVICE: Readonly<Record<CommandOf<"http">, RunService>> = {
  http: async (_args, loaded, io) => (await import("./http.ts")).runHttp(loaded, io),
  token: async (args, loaded, io) => {
    const [{ runToken }, { chooseTokensFile }] = await Promise.all([
      import("./token.ts"),
      import("../compose/open-access.ts"),
    ]);
    await runToken({ ...args, file: await chooseTokensFile(loaded.config) }, io);
  },
};

/** What a command is given: each opens no more than it needs. */
interface Opened {
  config: LoadedConfig["config"];
  /** The same, with room for every row: a person pays no tokens, unless a size was asked for. */
  reading: LoadedConfig["config"];
  log: Log;
  io: Io;
}

function open({ settings }: ParsedArgs, { config, secrets, ignored, former }: LoadedConfig, io: Io): Opened {
  const log = createLog({ level: config.logLevel, secrets, now: io.now, write: (line) => io.stderr.write(line) });
  for (const what of ignored) log.warn("setting.ignored", { what });
  if (former.length > 0) log.warn("setting.former", { what: former.join("; ") });
  const reading = "answer-tokens" in settings ? config : { ...config, answerTokens: Number.MAX_SAFE_INTEGER };
  return { config, reading, log, io };
}

/** What each command does; loaded when it is the one. */
const RUNS: Readonly<Record<CommandOf<"common">, (args: ParsedArgs, opened: Opened) => Promise<void>>> = {
  stdio: (_args, { config, log, io }) =>
    withOrganisation(config, log, io, (organisation) => runStdio(organisation, config, log, io)),
  get: async (args, { reading, log, io }) => {
    const { runGet } = await import("./get.ts");
    await withApp(reading, log, io, (app) => runGet(args, app, io));
  },
  estimate: async (args, { config, log, io }) => {
    const { runEstimate } = await import("./ask.ts");
    await withApp(config, log, io, (app) => runEstimate(args, app, io));
  },
  spend: (args, { config, log, io }) =>
    withBooks(config, log, io, async (ledger) => (await import("./spend.ts")).runSpend(args, ledger, io)),
  query: async (args, { reading, log, io }) => {
    const { runQuery } = await import("./ask.ts");
    await withApp(reading, log, io, (app) => runQuery(args, app, io));
  },
  compare: async (args, { reading, log, io }) => {
    const { runCompare } = await import("./ask.ts");
    await withApp(reading, log, io, (app) => runCompare(args, app, io));
  },
  export: async (args, { config, log, io }) => {
    const { runExport } = await import("./export.ts");
    await withApp(config, log, io, (app) => runExport(args, app, io));
  },
  view: async (args, { config, log, io }) => {
    const { runView } = await import("./export.ts");
    await withApp(config, log, io, (app) => runView(args, app, io));
  },
  import: async (args, { reading, log, io }) => {
    const { runImport } = await import("./import.ts");
    await withApp(reading, log, io, (app) => runImport(args, reading, app, io));
  },
  sandbox: async (args, { io }) => (await import("./sandbox.ts")).runSandbox(args, io),
};

/** `http` has short names for the two settings that everybody gives it. */
function withShortFlags({ command, options: { host, port }, settings }: ParsedArgs): Record<string, string> {
  if (command !== "http") return settings;
  return {
    ...settings,
    ...(host !== undefined && { "http-host": host }),
    ...(port !== undefined && { "http-port": port }),
  };
}

/** The books that the server writes with the same settings. */
async function withBooks(
  config: LoadedConfig["config"],
  log: Log,
  io: Io,
  use: (ledger: Ledger | undefined) => Promise<void>,
): Promise<void> {
  const { openBooks } = await import("../compose/books.ts");
  const books = await openBooks(config, log, io.now);
  try {
    await use(books?.ledger);
  } finally {
    await books?.close();
  }
}

const withApp = (config: LoadedConfig["config"], log: Log, io: Io, use: (app: App) => Promise<void>): Promise<void> =>
  withOrganisation(config, log, io, (organisation) => use(organisation.appFor()));

async function withOrganisation(
  config: LoadedConfig["config"],
  log: Log,
  io: Io,
  use: (organisation: Organisation) => Promise<void>,
): Promise<void> {
  const organisation = createOrganisation({ config, log, now: io.now });
  try {
    await use(organisation);
  } finally {
    await organisation.close();
  }
}

function wordFailure(error: unknown): string {
  if (error instanceof AppError) return `domain-pages-mcp: ${describeFailure(error)}`;
  return `domain-pages-mcp: a mistake in this program\n${error instanceof Error ? error.stack : String(error)}`;
}

/** How a command ends whose words could not be written. */
export const LOST_OUTPUT = EXIT_CODES.unwritten.code;

/** How what a command has done by the time its words are lost is had again. */
const AFTER_LOSS: Readonly<Record<NonNullable<Command["leaves"]> | "nothing", string>> = {
  answer: "What was bought or imported is kept; `query` shows it for free.",
  token: "A token that was made is not shown again: revoke it and make another.",
  nothing: "It changed nothing and costs nothing: run it again.",
};

/** @returns a line for stderr: standard output failed, and not because its reader left (`ENOSPC`: the disk is full) */
export function wordLostOutput({ code = "unknown error" }: NodeJS.ErrnoException, argv: readonly string[]): string {
  const command = toCommandName(argv.find((each) => !each.startsWith("-")) ?? DEFAULT_COMMAND);
  const advice = AFTER_LOSS[(command === undefined ? undefined : commandOf(command).leaves) ?? "nothing"];
  return `domain-pages-mcp: standard output could not be written (${code}): what was to be said is not all there. ${advice}\n`;
}
