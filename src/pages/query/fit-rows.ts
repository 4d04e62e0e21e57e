import { toCsvLine } from "../answer/csv.ts";
import { type Cell, TITLE } from "../answer/table.ts";
import { estimateTokens } from "../answer/tokens.ts";

/** One way of showing the rows; of several the first is the fullest. */
export interface TableChoice {
  columns: string[];
  /** By column: it may hold a stranger's words. */
  told: boolean[];
  row: (index: number) => Cell[];
  /** The longest text of a cell, where that is shorter than usual. */
  cutTo?: number;
}

/** Fewer rows than this are no table; rather than that, columns go, then texts are cut. */
const GOOD_ROWS = 10;
const MIN_ROWS = 3;

/**
 * The first choice in which a good number of rows fits, else the last one in which more fit than before.
 * @returns which choice, and how many rows from `from` on fit; 0 when not even one does
 */
export function fitRows(
  choices: readonly TableChoice[],
  { tokens, from, count }: { tokens: number; from: number; count: number },
): { choice: number; rows: number } {
  let best = { choice: 0, rows: 0 };
  for (const [choice, table] of choices.entries()) {
    const rows = countFitting(table, { tokens, from, count });
    if (rows > best.rows || choice === 0) best = { choice, rows };
    const enough = choices[choice + 1]?.cutTo === undefined ? GOOD_ROWS : MIN_ROWS;
    if (best.rows >= Math.min(enough, count)) break;
  }
  return best;
}

function countFitting(
  table: TableChoice,
  { tokens, from, count }: { tokens: number; from: number; count: number },
): number {
  let left = tokens - estimateTokens(table.columns.join(",")) - 2;
  for (let index = 0; index < count; index += 1) {
    left -= estimateTokens(toQuotedLine(table, table.row(from + index))) + 1;
    if (left < 0) return index;
  }
  return count;
}

/** A CSV line in which a stranger's text stands in quotes as titles do, unless it is one plain word. */
export function toQuotedLine({ columns, told }: Pick<TableChoice, "columns" | "told">, row: readonly Cell[]): string {
  const quoted = columns.map((name, index) => (told[index] === true && isSentence(row[index]) ? TITLE : name));
  return toCsvLine(quoted, row);
}

/** A word, a URL, and what stands in brackets or begins with a status code: nobody takes these for a line of ours. */
const PLAIN = /^(?:[\w./+-]+|https?:\/\/[^\s",]+|\([\w ]+\)|\d{3} [a-z]+)$/;

const isSentence = (cell: Cell | undefined): boolean => typeof cell === "string" && !PLAIN.test(cell);
