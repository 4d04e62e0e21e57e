import { createInterface } from "node:readline/promises";
import type { App } from "../compose/use-cases.ts";
import { AppError, type Consent } from "../errors.ts";
import { type Answer, tellAnswer } from "../pages/answer/render-answer.ts";
import type { Io, ParsedArgs } from "./args.ts";
import { readArguments } from "./ask.ts";
import { fitToStderr, printAnswer, showProgress } from "./terminal.ts";

/** `get <target>`: the paid tool on the command line. */
export async function runGet(args: ParsedArgs, app: App, io: Io): Promise<void> {
  const input = readArguments(args);
  const { fresh = false, yes = false } = args.options;
  const ask = (consent?: Consent) =>
    withProgress(io, app, () =>
      app.getPages(input, {
        signal: io.stopped,
        surface: "cli",
        wantsFresh: fresh,
        ...(consent !== undefined && { consent }),
      }),
    );
  const answer = await ask().catch(async (error: unknown) => ask(await getConsent(error, yes, io)));
  printAnswer(tellAnswer(answer), args.options, io);
}

async function withProgress(io: Io, { source }: App, call: () => Promise<Answer>): Promise<Answer> {
  const stop = showProgress(io, `asking ${source === "aisa" ? "the gateway" : "the sandbox"}`);
  try {
    return await call();
  } finally {
    stop();
  }
}

/** A purchase that needs a person's word: `--yes`, or the one at the terminal. Anything else fails as it is. */
async function getConsent(error: unknown, saidYes: boolean, io: Io): Promise<Consent> {
  const ask = error instanceof AppError ? error.facts.ask : undefined;
  if (ask === undefined) throw error;
  if (saidYes) return ask;
  // Without a terminal there is nobody to ask: the refusal tells the price, and --yes is the way to agree.
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true) throw withHint(error as AppError);
  const terminal = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const said = await terminal.question(`${fitToStderr(io, `${ask.question} [y/N]`)} `, { signal: io.stopped });
    if (/^\s*y(?:es)?\s*$/i.test(said)) return ask;
  } catch (error) {
    if (io.stopped.aborted) throw new AppError("cancelled", "Interrupted.", { charge: "not_charged", cause: error });
    throw error;
  } finally {
    terminal.close();
  }
  throw new AppError("budget", "Not bought.", { charge: "not_charged" });
}

function withHint({ kind, message, facts }: AppError): AppError {
  return new AppError(kind, message, { ...facts, advice: "Repeat the command with --yes to agree." });
}
