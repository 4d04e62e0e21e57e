import type { NextStep } from "../answer/next-steps.ts";
import { estimateTokens } from "../answer/tokens.ts";
import { countOf, toOneLine } from "../text.ts";

/** From long to short; a text in a script that costs four tokens a character is cut where another is whole. */
const LENGTHS = [240, 120, 60, 30, 12];

/** The text on one line, cut (and marked so) until it costs no more than that; never to less than a few characters. */
export function cutToTokens(text: string, tokens: number): string {
  for (const length of LENGTHS) {
    const line = toOneLine(text, length);
    if (estimateTokens(line) <= tokens) return line;
  }
  return toOneLine(text, LENGTHS.at(-1) ?? 1);
}

/** How many of some lines fit one after the other. */
export function countLines(lines: readonly string[], tokens: number): number {
  let left = tokens;
  const cut = lines.findIndex((line) => {
    left -= estimateTokens(line) + 2;
    return left < 0;
  });
  return cut < 0 ? lines.length : cut;
}

const CONDITIONS_SHARE = 0.2;
const NOTES_SHARE = 0.2;
const NEXT_SHARE = 0.45;
const LEAST_TOKENS = 10;

/** The conditions in force, each cut to an even part of a fifth of the answer. */
export function fitConditions(words: readonly string[], maxTokens: number): string[] {
  const each = Math.max(LEAST_TOKENS, (maxTokens * CONDITIONS_SHARE) / words.length);
  return words.map((word) => cutToTokens(word, each));
}

/** Notes as far as a fifth of the answer holds them; the rest is counted. */
export function fitNotes(notes: readonly string[], maxTokens: number): string[] {
  const kept = countLines(notes, maxTokens * NOTES_SHARE);
  return kept === notes.length
    ? [...notes]
    : [...notes.slice(0, kept), `${countOf(notes.length - kept, "more note")} left out`];
}

/** Calls as far as they leave the answer more than half of its room; the most useful comes first. */
export function fitSteps(steps: readonly NextStep[], maxTokens: number): NextStep[] {
  const lines = steps.map(({ cost, call, gain }) => `next, ${cost}: ${call} (${gain})`);
  return steps.slice(0, countLines(lines, maxTokens * NEXT_SHARE));
}
