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
      const [{ renderHelp }, { widthOf }] = await Promise.all([import("./help.ts"), import("./terminal.ts")]);
      print(io.stdout, renderHelp(widthOf(io)));
      return EXIT_CODES.ok.code;
    }
    if (args.command !== "doctor") refuseOldNode(io.nodeVersion);
    if (args.command === "http" || args.command === "token") {
      const loaded = await loadHttpConfig(io.env, withShortFlags(args));
      secrets = loaded.secrets;
      await runServing(args, loaded, io);
      return EXIT_CODES.ok.code;
    }
    // It tells of bad settings in its own way.
    if (args.command === "doctor") return await (await import("./doctor/run-doctor.ts")).runDoctor(args, io);
    const loaded = loadConfig(io.env, args.settings);
    secrets = loaded.secrets;
    await dispatch(args, loaded, io);
    return EXIT_CODES.ok.code;
  } catch (error) {
    print(io.stderr, redact(wordFailure(error), secrets));
    return exitCodeOf(error);
  }
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
  if (!["http", "token", "doctor"].some((command) => argv.includes(command))) return SETTINGS;
  return (await import("../config/http-settings.ts")).ALL_SETTINGS;
}

/** The two commands that read the settings of the HTTP service. */
async function runServing(args: ParsedArgs, loaded: LoadedConfig<HttpConfig>, io: Io): Promise<void> {
  if (args.command === "http") return (await import("./http.ts")).runHttp(loaded, io);
  const [{ runToken }, { chooseTokensFile }] = await Promise.all([
    import("./token.ts"),
    import("../compose/open-access.ts"),
  ]);
  await runToken({ ...args, file: await chooseTokensFile(loaded.config) }, io);
}

async function dispatch(args: ParsedArgs, loaded: LoadedConfig, io: Io): Promise<void> {
  const { config, secrets, ignored } = loaded;
  const log = createLog({ level: config.logLevel, secrets, now: io.now, write: (line) => io.stderr.write(line) });
  for (const what of ignored) log.warn("setting.ignored", { what });
  switch (args.command) {
    case "import": {
      const { runImport } = await import("./import.ts");
      const settings = forReading(args, config);
      await withApp(settings, log, io, (app) => runImport(args, settings, app, io));
      break;
    }
    case "sandbox":
      await (await import("./sandbox.ts")).runSandbox(args, io);
      break;
    case "spend":
      await withBooks(config, log, io, async (ledger) => (await import("./spend.ts")).runSpend(args, ledger, io));
      break;
    case "estimate": {
      const { runEstimate } = await import("./ask.ts");
      await withApp(config, log, io, (app) => runEstimate(args, app, io));
      break;
    }
    case "query": {
      const { runQuery } = await import("./ask.ts");
      await withApp(forReading(args, config), log, io, (app) => runQuery(args, app, io));
      break;
    }
    case "compare": {
      const { runCompare } = await import("./ask.ts");
      await withApp(forReading(args, config), log, io, (app) => runCompare(args, app, io));
      break;
    }
    case "export": {
      const { runExport } = await import("./export.ts");
      await withApp(config, log, io, (app) => runExport(args, app, io));
      break;
    }
    case "view": {
      const { runView } = await import("./export.ts");
      await withApp(config, log, io, (app) => runView(args, app, io));
      break;
    }
    case "get": {
      const { runGet } = await import("./get.ts");
      await withApp(forReading(args, config), log, io, (app) => runGet(args, app, io));
      break;
    }
    case "stdio":
      await withOrganisation(config, log, io, (organisation) => runStdio(organisation, config, log, io));
      break;
  }
}

/** `http` has short names for the two settings that everybody gives it. */
function withShortFlags({ command, options: { host, port }, settings }: ParsedArgs): Record<string, string> {
  if (command !== "http") return settings;
  return {
    ...settings,
    ...(host !== undefined && { "http-host": host }),
    ...(port !== undefined && { "http-port": port }),
  };
}

/** A person pays no tokens: on the command line every row is shown unless a size was asked for. */
function forReading({ settings }: ParsedArgs, config: LoadedConfig["config"]): LoadedConfig["config"] {
  return "answer-tokens" in settings ? config : { ...config, answerTokens: Number.MAX_SAFE_INTEGER };
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

/** What each command has done by the time its words are lost, and how they are had again. */
const AFTER_LOSS: readonly [commands: RegExp, advice: string][] = [
  [/^(?:get|estimate|import|stdio|http)$/, "What was bought or imported is kept; `query` shows it for free."],
  [/^token$/, "A token that was made is not shown again: revoke it and make another."],
  [/^/, "It changed nothing and costs nothing: run it again."],
];

/** @returns a line for stderr: standard output failed, and not because its reader left (`ENOSPC`: the disk is full) */
export function wordLostOutput({ code = "unknown error" }: NodeJS.ErrnoException, argv: readonly string[]): string {
  const command = argv.find((each) => !each.startsWith("-")) ?? "stdio";
  const advice = AFTER_LOSS.find(([commands]) => commands.test(command))?.[1] ?? "";
  return `domain-pages-mcp: standard output could not be written (${code}): what was to be said is not all there. ${advice}\n`;
}
