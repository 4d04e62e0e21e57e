import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import type { App } from "../compose/organisation.ts";
import type { Config } from "../config/schema.ts";
import { AppError } from "../errors.ts";
import { buildAnswer } from "../pages/answer/answer.ts";
import { readSavedAnswer } from "../upstream/envelope.ts";
import { type Io, type ParsedArgs, usage } from "./args.ts";
import { printAnswer } from "./terminal.ts";

/**
 * `import <file>`: a saved answer of the endpoint goes through the same envelope and condensing as a fetched one, and is
 * kept like one, so that the free commands and tools can be asked about it.
 */
export async function runImport(
  { operands, options }: ParsedArgs,
  { answerTokens }: Config,
  { keepSnapshot }: Pick<App, "keepSnapshot">,
  io: Io,
): Promise<void> {
  const [file] = operands;
  if (file === undefined) throw usage("import needs a file, or - for stdin");
  const snapshot = readSavedAnswer(await readSaved(file, io), file);
  await keepSnapshot(snapshot);
  const answer = buildAnswer(snapshot, { maxTokens: answerTokens, surface: "cli" });
  printAnswer(answer, options.json === true, io);
}

async function readSaved(file: string, { stdin }: Io): Promise<string> {
  if (file === "-") return readAll(stdin);
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new AppError("input", `Cannot read ${file} (${code}).`, { cause: error });
  }
}
