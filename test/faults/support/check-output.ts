import { HOSTILE } from "../../../src/sandbox/faults/body-faults.ts";
import { KEY } from "./setup.ts";

/** Whatever comes out of the product: no key, whole or in part, not even one that only looks like one. */
const NEVER: readonly (readonly [string, RegExp])[] = [
  ["the API key", new RegExp(KEY)],
  ["something that looks like a key", /sk-aisa-/],
  ["a Bearer token", /Bearer\s+(?!\[redacted\])[\w-]{8}/i],
];

/** Beyond that, what a client gets to see: nothing of the upstream's words, nothing of our insides. */
const NEVER_SHOWN: readonly (readonly [string, RegExp])[] = [
  ["orders to a model", /ignore previous instructions/i],
  ["a tag", /<\/?(?:result|html|body|head|title)>/i],
  ["marks that turn text around, or controls", /(?!\n)[\p{Cc}\p{Cf}]/u],
  ["a stack", /\n\s+at .*[:(]\d+/],
  ["a path of the program", /\bdist\/|chunks\/|node:internal|file:\/\/|\.[mc]?[jt]s:\d+/],
  ["a mistake in this program", /made a mistake|mistake in this program/],
];

/** Log lines may hold the upstream's words; a defect is none that a fault may bring about. */
const NEVER_LOGGED: readonly (readonly [string, RegExp])[] = [
  ["a defect", /"event":"call\.defect"|mistake in this program|UnhandledPromise|node:internal/],
  ["books that could not be written", /"event":"ledger\.unsettled"/],
];

const find = (text: string, patterns: readonly (readonly [string, RegExp])[]): string[] =>
  patterns.flatMap(([what, pattern]) => {
    const at = text.search(pattern);
    return at < 0 ? [] : [`${what}: ${JSON.stringify(text.slice(Math.max(0, at - 60), at + 120))}`];
  });

/** @returns what a client must never get to see, one sentence each */
export const checkShown = (text: string): string[] => find(text, [...NEVER, ...NEVER_SHOWN]);

/** @returns what must never stand on stderr, one sentence each */
export const checkLogged = (text: string): string[] => find(text, [...NEVER, ...NEVER_LOGGED]);

/** Words of a reply that are long enough to be told from our own. */
const MIN_CHARS = 8;

/** @returns texts of the upstream's reply that a failure repeats */
export function checkUpstreamWords(shown: string, replyBody: string): string[] {
  const told = wordsIn(replyBody).filter((words) => shown.toLowerCase().includes(words.toLowerCase()));
  return told.map((words) => `the upstream's words ${JSON.stringify(words)}`);
}

function wordsIn(body: string): string[] {
  try {
    return textsIn(JSON.parse(body)).filter((text) => text.length >= MIN_CHARS && text.includes(" "));
  } catch {
    return [...body.slice(0, 10_000).split(/<[^>]*>|\n/), ...HOSTILE.split("\r\n")]
      .map((text) => text.trim())
      .filter((text) => text.length >= MIN_CHARS);
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return value.split(/\r?\n/).map((line) => line.trim());
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
