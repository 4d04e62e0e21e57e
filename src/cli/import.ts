import { readFile } from "node:fs/promises";
import { buffer as readAll } from "node:stream/consumers";
import type { App } from "../compose/use-cases.ts";
import type { Config } from "../config/schema.ts";
import { loadWork } from "../endpoints.ts";
import { AppError } from "../errors.ts";
import type { Told } from "../lists/endpoint.ts";
import { isReplyId } from "../lists/kept-reply.ts";
import type { Kept } from "../store/snapshot-store.ts";
import { decodeText } from "../upstream/decode-text.ts";
import { readSavedAnswers } from "../upstream/envelope.ts";
import { type Io, type ParsedArgs, print, toJson, usage } from "./args.ts";
import { printAnswer } from "./terminal.ts";

/**
 * `import <file>`: what was saved of the endpoint goes through the same envelope and condensing as what is fetched, and is
 * kept like it, so that the free commands and tools can be asked about it. A file may hold several answers. The id of a
 * paid reply that could not be read stands for that reply.
 */
export async function runImport(
  { operands, options }: ParsedArgs,
  { answerTokens }: Config,
  { keepSnapshot, replies }: Pick<App, "keepSnapshot" | "replies">,
  io: Io,
): Promise<void> {
  const [file] = operands;
  if (file === undefined) throw usage("import needs a file, or - for stdin");
  const reply = isReplyId(file) ? await replies.get(file) : undefined;
  const text = reply ?? decodeText(await readSaved(file, io));
  const saved = readSavedAnswers(text, file === "-" ? "stdin" : file);
  const kept: Kept[] = [];
  for (const snapshot of saved.snapshots) kept.push(await keepSnapshot(snapshot));
  const answers: Told[] = [];
  for (const [index, snapshot] of saved.snapshots.entries()) {
    const notes = [...saved.notes, ...noteLoss(kept[index])];
    const { tell } = await loadWork(snapshot);
    answers.push(tell(snapshot, { maxTokens: answerTokens, surface: "cli", notes }));
  }
  if (options.json === true && answers.length > 1)
    print(io.stdout, toJson(answers.map(({ structured }) => structured())));
  else for (const answer of answers) printAnswer(answer, options, io);
  const problem = kept.map(problemOf).find((each) => each !== undefined);
  if (problem === undefined) return;
  throw new AppError("config", `The answer was read but not kept: snapshots cannot be written (${problem}).`, {
    advice: "Mend the cache folder, or point DOMAIN_PAGES_CACHE_DIR to one that can be written, and import it again.",
  });
}

const problemOf = (kept: Kept | undefined): string | undefined =>
  kept !== undefined && "problem" in kept ? kept.problem : undefined;

/** This process ends with the command, and its memory with it. */
function noteLoss(kept: Kept | undefined): string[] {
  const problem = problemOf(kept);
  if (problem !== undefined) {
    return [`this snapshot could not be written (${problem}), so nothing can be asked about it afterwards`];
  }
  if (kept?.where === "disk") return [];
  return [
    "DOMAIN_PAGES_STORE keeps nothing beyond this command, so nothing can be asked about this snapshot afterwards",
  ];
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
