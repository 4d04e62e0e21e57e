import { AppError } from "../errors.ts";
import { importAnswer } from "../pages/snapshot/import-answer.ts";
import type { Snapshot } from "../pages/snapshot/snapshot.ts";
import { readEnvelope } from "./envelope.ts";

/**
 * A saved answer of the endpoint as a snapshot: through the same envelope as a fetched one, with the request and the
 * time read from the answer itself.
 * @param body the JSON text as it came, or wrapped in an array
 * @param name what an error calls it, such as a file's name
 * @throws {AppError} `input` when it is no answer, or the answer of a failed call
 */
export function readSavedAnswer(body: string, name: string): Snapshot {
  const outcome = readEnvelope({ status: 200, headers: {}, body });
  if (outcome.ok) return importAnswer(outcome.answer);
  const { message, facts } = outcome.error;
  throw new AppError("input", `${name} holds no usable answer: ${message}`, {
    ...(facts.detail !== undefined && { detail: facts.detail }),
    advice: "Import the JSON body of a successful call, as it came or wrapped in an array.",
  });
}
