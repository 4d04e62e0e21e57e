import { readJsonString } from "./json-string.ts";
import { got, Refusal } from "./refusal.ts";

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
