import { AppError } from "../errors.ts";
import { quoteForMessage } from "./text.ts";

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

/**
 * Some clients send arrays, numbers and booleans as JSON strings. A string that parses to something
 * other than a string is taken for that; any other value comes back as it is.
 */
export function readJsonString(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (!/^[[{\d-]|^(?:true|false|null)$/i.test(text)) return value;
  try {
    const parsed: unknown = JSON.parse(/^(?:true|false|null)$/i.test(text) ? text.toLowerCase() : text);
    return parsed;
  } catch {
    return value;
  }
}

/**
 * A whole number within bounds, also one that came as text.
 * @throws {Refusal} with the range and a number that works
 */
export function parseWhole(argument: string, value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const number = readJsonString(value);
  if (typeof number === "number" && Number.isInteger(number) && number >= min && number <= max) return number;
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
  const nearest = typeof number === "number" && number > max ? max : min;
  throw new Refusal(argument, `must be a whole number, ${range}, ${got(value)}`, `try ${nearest}`);
}

/** @throws {Refusal} for anything but true and false, in quotes or not */
export function parseSwitch(argument: string, value: unknown): boolean {
  const flag = readJsonString(value);
  if (typeof flag === "boolean") return flag;
  throw new Refusal(argument, `must be true or false, ${got(value)}`, "try true");
}

/** @throws {Refusal} naming all choices */
export function parseChoice<const T extends readonly string[]>(
  argument: string,
  value: unknown,
  choices: T,
): T[number] {
  const written =
    typeof value === "string"
      ? value
          .trim()
          .toLowerCase()
          .replace(/[\s-]+/g, "_")
      : undefined;
  const choice = choices.find((each) => each === written);
  if (choice !== undefined) return choice;
  throw new Refusal(argument, `must be one of ${choices.join(", ")}, ${got(value)}`, `try "${choices[0]}"`);
}

/** @throws {Refusal} for anything but text, and for text that is longer than any use of it */
export function parseLine(argument: string, value: unknown, maxChars: number, works: string): string {
  if (typeof value !== "string") throw new Refusal(argument, `must be text, ${got(value)}`, works);
  if (value.length > maxChars) {
    throw new Refusal(argument, `may have ${maxChars} characters, this one has ${value.length}`, works);
  }
  return value.trim();
}

/**
 * A list of names: an array, the same as a JSON string, or names parted by commas.
 * @throws {Refusal} for anything else, and for more names than allowed
 */
export function parseNames(argument: string, value: unknown, most: number, works: string): string[] {
  const read = readJsonString(value);
  const list: unknown = typeof read === "string" ? read.split(",") : read;
  if (!Array.isArray(list)) throw new Refusal(argument, `must be an array of names, ${got(value)}`, works);
  const names = list.filter((each) => each !== "");
  if (names.length > most) throw new Refusal(argument, `${names.length} names, at most ${most} are allowed`, works);
  return names.map((name, index) => {
    if (typeof name === "string") return name.trim();
    throw new Refusal(`${argument}[${index}]`, `must be text, ${got(name)}`, works);
  });
}
