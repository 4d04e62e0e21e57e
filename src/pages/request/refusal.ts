import { AppError } from "../../errors.ts";
import { quoteForMessage } from "../text.ts";

/**
 * One argument refused: where, by which rule, and a value that works. Thrown inside the request
 * parsers and gathered by `parseRequest`, so that a caller hears of every mistake in one round.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** The argument it is about, without the place inside it: `filters` for `filters[0]`. */
  readonly argument: string;

  constructor(path: string, rule: string, works?: string) {
    super(`${path}: ${rule}${works === undefined ? "" : `; ${works}`}`);
    this.argument = path.replace(/\[.*/s, "");
  }
}

/** Turns gathered refusals into the one error a caller sees. Nothing was sent, so nothing was charged. */
export function toInputError(refusals: readonly Refusal[]): AppError {
  return new AppError("input", refusals.map(({ message }) => message).join("\n"), {
    charge: "not_charged",
    refused: refusals.map(({ argument }) => argument),
  });
}

/** A refused value, shortened and on one line, for "got …". */
export function got(value: unknown): string {
  if (typeof value === "string") return `got ${quoteForMessage(value)}`;
  if (value === null || value === undefined) return "got nothing";
  if (Array.isArray(value)) return `got an array of ${value.length}`;
  if (typeof value === "object") return "got an object";
  return `got ${quoteForMessage(String(value))}`;
}
