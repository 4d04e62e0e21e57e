import { readFile } from "node:fs/promises";
import { buffer as readAll } from "node:stream/consumers";
import type { App } from "../compose/organisation.ts";
import type { Config } from "../config/schema.ts";
import { AppError } from "../errors.ts";
import { buildAnswer } from "../pages/answer/answer.ts";
import { renderStructured } from "../pages/answer/render-answer.ts";
import { readSavedAnswers } from "../upstream/envelope.ts";
import { decodeText } from "../upstream/read-body.ts";
import { type Io, type ParsedArgs, print, toJson, usage } from "./args.ts";
import { printAnswer } from "./terminal.ts";

/**
 * `import <file>`: what was saved of the endpoint goes through the same envelope and condensing as what is fetched, and is
 * kept like it, so that the free commands and tools can be asked about it. A file may hold several answers.
 */
export async function runImport(
  { operands, options }: ParsedArgs,
  { answerTokens }: Config,
  { keepSnapshot }: Pick<App, "keepSnapshot">,
  io: Io,
): Promise<void> {
  const [file] = operands;
  if (file === undefined) throw usage("import needs a file, or - for stdin");
  const { snapshots, notes } = readSavedAnswers(decodeText(await readSaved(file, io)), file === "-" ? "stdin" : file);
  for (const snapshot of snapshots) await keepSnapshot(snapshot);
  const answers = snapshots.map((snapshot) =>
    buildAnswer(snapshot, { maxTokens: answerTokens, surface: "cli", notes }),
  );
  if (options.json === true && answers.length > 1) print(io.stdout, toJson(answers.map(renderStructured)));
  else for (const answer of answers) printAnswer(answer, options.json === true, io);
}

async function readSaved(file: string, { stdin }: Io): Promise<Uint8Array> {
  if (file === "-") return readAll(stdin);
  try {
    return await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new AppError("input", `Cannot read ${file} (${code}).`, { cause: error });
  }
}
