import { countFitting, GOOD_ROWS, MIN_ROWS } from "../budget.ts";
import type { NextStep } from "../calls.ts";
import { type Cell, TITLE, toCsvLine } from "../cells.ts";
import { countOf, toOneLine } from "../text.ts";
import { atWorst, estimateTokens } from "../tokens.ts";

/** The rows or groups that are shown. */
export interface QueryTable {
  columns: string[];
  /** By column: it may hold a stranger's words. */
  told: boolean[];
  rows: Cell[][];
  /** Rows or groups in all. */
  total: number;
  /** Those before the first one shown: `offset`, as far as there are so many. */
  skipped: number;
  /** Dispensable columns that were left out to fit. */
  columnsLeftOut: string[];
  /** What texts were cut to so that anything fits; null where they have their usual length. */
  cutTo: number | null;
  /** What the caller bounded the rows or groups to; null for as many as fit. */
  limit: number | null;
}

/** A table before it has rows. */
export const emptyTable = (choice: TableChoice | undefined, total: number, skipped: number): QueryTable => ({
  columns: choice?.columns ?? [],
  told: choice?.told ?? [],
  rows: [],
  total,
  skipped,
  columnsLeftOut: [],
  cutTo: null,
  limit: null,
});

/** What bounds a table. */
export interface FitTerms {
  tokens: number;
  /** Rows or groups in all, and those before the first wanted one. */
  total: number;
  skipped: number;
  /** What the caller bounded them to; null for as many as fit, which are never more than `maxLimit`. */
  limit: number | null;
  maxLimit: number;
  /** Columns that may be left out to fit. */
  dispensable: readonly string[];
  /** A row as a text shows it. */
  nameCells: NameCells;
}

type NameCells = (columns: readonly string[], row: readonly Cell[]) => readonly Cell[];

/** Fills a table with as many of the wanted rows as fit, in the fullest form in which that is a good number. */
export function fitTable(
  choices: readonly TableChoice[],
  { tokens, total, skipped, limit, maxLimit, dispensable, nameCells }: FitTerms,
): QueryTable {
  const wanted = Math.min(limit ?? maxLimit, total - skipped);
  // Who asks for so many rows wants rows: dispensable columns go until they fit.
  const fitted = fitRows(choices, { tokens, from: skipped, count: wanted, enough: limit ?? GOOD_ROWS, nameCells });
  const choice = choices[fitted.choice];
  const full = choices[0]?.columns ?? [];
  return {
    ...emptyTable(choice, total, skipped),
    rows: Array.from({ length: fitted.rows }, (_, index) => choice?.row(skipped + index) ?? []),
    columnsLeftOut: dispensable.filter((name) => full.includes(name) && choice?.columns.includes(name) === false),
    cutTo: choice?.cutTo ?? null,
    limit,
  };
}

/** One way of showing the rows; of several the first is the fullest. */
export interface TableChoice {
  columns: string[];
  /** By column: it may hold a stranger's words. */
  told: boolean[];
  row: (index: number) => Cell[];
  /** The longest text of a cell, where that is shorter than usual. */
  cutTo?: number;
}

interface RowsTerms {
  tokens: number;
  from: number;
  count: number;
  /** So many rows are a good number. */
  enough: number;
  nameCells: NameCells;
}

/**
 * The first choice in which a good number of rows fits, else the last one in which more fit than before.
 * @returns which choice, and how many rows from `from` on fit; 0 when not even one does
 */
function fitRows(choices: readonly TableChoice[], terms: RowsTerms): { choice: number; rows: number } {
  const { count, enough } = terms;
  let best = { choice: 0, rows: 0 };
  for (const [choice, table] of choices.entries()) {
    const rows = countRows(table, terms);
    if (rows > best.rows || choice === 0) best = { choice, rows };
    const least = choices[choice + 1]?.cutTo === undefined ? enough : MIN_ROWS;
    if (best.rows >= Math.min(least, count)) break;
  }
  return best;
}

function countRows(table: TableChoice, { tokens, from, count, nameCells }: RowsTerms): number {
  const costOf = (index: number): number =>
    estimateTokens(toQuotedLine(table, nameCells(table.columns, table.row(from + index)))) + 1;
  return countFitting(count, costOf, tokens - estimateTokens(table.columns.join(",")) - 2);
}

/** A CSV line in which a stranger's text stands in quotes as titles do, unless it is one plain word. */
export function toQuotedLine({ columns, told }: Pick<TableChoice, "columns" | "told">, row: readonly Cell[]): string {
  const quoted = columns.map((name, index) => (told[index] === true && isSentence(row[index]) ? TITLE : name));
  return toCsvLine(quoted, row);
}

/** A word, a URL, and what stands in brackets or begins with a status code: nobody takes these for a line of ours. */
const PLAIN = /^(?:[\w./+-]+|https?:\/\/[^\s",]+|\([\w ]+\)|\d{3} [a-z]+)$/;

const isSentence = (cell: Cell | undefined): boolean => typeof cell === "string" && !PLAIN.test(cell);

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
export const countLines = (lines: readonly string[], tokens: number): number =>
  countFitting(lines.length, (index) => estimateTokens(lines[index] ?? "") + 2, tokens);

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
export function fitSteps(steps: readonly NextStep[], maxTokens: number, snapshotId: string): NextStep[] {
  const lines = steps.map(({ cost, call, gain }) => atWorst(`next, ${cost}: ${call} (${gain})`, snapshotId));
  return steps.slice(0, countLines(lines, maxTokens * NEXT_SHARE));
}
