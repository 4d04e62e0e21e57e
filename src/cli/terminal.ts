import type { Cell } from "../lists/cells.ts";
import type { Told } from "../lists/endpoint.ts";
import { type Io, print, toJson } from "./args.ts";

/** What a terminal has that does not tell. */
const DEFAULT_WIDTH = 80;

/** Columns of the terminal that stdout is; undefined for a pipe or a file. */
export const widthOf = ({ stdout }: Pick<Io, "stdout">): number | undefined =>
  stdout.isTTY === true ? stdout.columns || DEFAULT_WIDTH : undefined;

/** As it is told beside the output: at a terminal in lines that fit its window. */
export const fitToStderr = ({ stderr }: Pick<Io, "stderr">, text: string): string =>
  stderr.isTTY === true ? wrapText(text, stderr.columns || DEFAULT_WIDTH) : text;

/** Tells a person something beside the output. */
export const tell = (io: Pick<Io, "stderr">, text: string): void => print(io.stderr, fitToStderr(io, text));

/** JSON when asked for, an aligned table for a terminal, the plain text for a pipe and where CSV was asked for. */
export function printAnswer(answer: Told, { json = false, csv = false }: PrintOptions, io: Io): void {
  const width = widthOf(io);
  if (json) print(io.stdout, toJson(answer.structured()));
  else if (csv || width === undefined) print(io.stdout, answer.text());
  else print(io.stdout, renderForTerminal(answer, width));
}

export interface PrintOptions {
  json?: boolean;
  csv?: boolean;
}

/** The answer for a person at a terminal: the same facts, the tables aligned and fitted to the window. */
export function renderForTerminal(answer: Told, width: number): string {
  const blocks = answer.blocks().map((block) => {
    if (typeof block === "string") return block;
    if (block.rows.length === 0) return "";
    return `${block.title === "" ? "" : `${block.title}\n`}${drawTable(block, width)}`;
  });
  return wrapText(blocks.filter((block) => block !== "").join("\n\n"), width);
}

export interface TextTable {
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
}

const GAP = "  ";

/** Narrower than this no text says anything; from the second on most do. */
const MIN_TEXT = 12;
const GOOD_TEXT = 24;

/**
 * A table for a terminal: numbers to the right and whole, texts to the left and cut where the window is too narrow, the
 * widest first; an address loses its middle. Columns that still find no place stand in a table of their own below,
 * under the first column again.
 * @param whole names of columns whose texts are not cut
 */
export function drawTable({ columns, rows }: TextTable, width: number, whole: readonly string[] = []): string {
  const texts = [columns, ...rows.map((row) => row.map((cell) => (cell === null ? "" : String(cell))))];
  const all = columns.map((name, index) => {
    const column = readColumn(name, texts, index);
    return whole.includes(name) ? { ...column, least: column.width } : column;
  });
  return splitColumns(all, width)
    .map((some) => drawColumns(some, width))
    .join("\n\n");
}

interface Column {
  cells: readonly string[];
  isNumeric: boolean;
  width: number;
  /** How narrow it can be. */
  least: number;
}

function readColumn(name: string, texts: readonly (readonly string[])[], index: number): Column {
  const cells = texts.map((row) => row[index] ?? "");
  const width = Math.max(...cells.map(displayWidth));
  const isNumeric = cells.slice(1).every((cell) => /^$|^[+-]?[\d$][\d.,%+-]*$/.test(cell));
  // A few long cells do not widen a column of short ones.
  const usual = cells.map(displayWidth).sort((a, b) => a - b)[Math.floor(cells.length * 0.75)] ?? 0;
  const useful = Math.max(displayWidth(name), MIN_TEXT, Math.min(usual, GOOD_TEXT));
  const least = isNumeric ? width : Math.min(width, useful);
  return { cells, isNumeric, width, least };
}

/** Groups of columns that fit, the first column in each. */
function splitColumns(all: readonly Column[], width: number): Column[][] {
  const [first, ...rest] = all;
  if (first === undefined) return [];
  const groups: Column[][] = [[first]];
  let taken = first.least;
  for (const column of rest) {
    const group = groups.at(-1) ?? [];
    if (group.length > 1 && taken + GAP.length + column.least > width) {
      groups.push([first, column]);
      taken = first.least + GAP.length + column.least;
    } else {
      group.push(column);
      taken += GAP.length + column.least;
    }
  }
  return groups;
}

function drawColumns(columns: readonly Column[], width: number): string {
  const widths = fitWidths(columns, width);
  const lines = columns[0]?.cells.map((_, line) =>
    columns
      .map(({ cells, isNumeric }, index) => {
        const room = widths[index] ?? 0;
        return pad(cut(cells[line] ?? "", room), room, isNumeric);
      })
      .join(GAP)
      .trimEnd(),
  );
  return (lines ?? []).join("\n");
}

/** Takes from the widest column that can give, until all fit or none can. */
function fitWidths(columns: readonly Column[], width: number): number[] {
  const widths = columns.map((column) => column.width);
  let over = widths.reduce((sum, each) => sum + each, GAP.length * (columns.length - 1)) - width;
  while (over > 0) {
    const able = columns.flatMap(({ least }, index) => ((widths[index] ?? 0) > least ? [index] : []));
    const widest = able.reduce<number | undefined>(
      (best, index) => (best === undefined || (widths[index] ?? 0) > (widths[best] ?? 0) ? index : best),
      undefined,
    );
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over -= 1;
  }
  return widths;
}

/** East Asian wide characters and emoji take two places in a terminal, marks upon other characters none. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;
const MARK = /\p{M}/u;
const NARROW = /^[\u0020-\u02ff]*$/;

function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : MARK.test(character) ? 0 : 1;
  return width;
}

function pad(text: string, width: number, toTheRight: boolean): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return toTheRight ? space + text : text + space;
}

/** An address says most at its ends; of a text the beginning, up to the end of a word where that loses little. */
function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (/\S\/\S|^\//.test(text) && !/ .* .* /.test(text)) {
    const end = Math.floor((width - 1) / 2);
    return `${take([...text], width - 1 - end)}…${take([...text].reverse(), end, true)}`;
  }
  const kept = take([...text], width - 1);
  const word = kept.lastIndexOf(" ");
  return `${word > kept.length / 2 ? kept.slice(0, word) : kept.trimEnd()}…`;
}

function take(characters: readonly string[], width: number, isReversed = false): string {
  const kept: string[] = [];
  let left = width;
  for (const character of characters) {
    left -= displayWidth(character);
    if (left < 0) break;
    kept.push(character);
  }
  return (isReversed ? kept.reverse() : kept).join("");
}

/** Lines that are longer than the window go on, indented, in the next one; words stay whole, and so do commands. */
export const wrapText = (text: string, width: number): string =>
  text
    .split("\n")
    .flatMap((line) => (displayWidth(line) <= width ? [line] : wrapLine(line, width)))
    .join("\n");

/** `next, free: domain-pages-mcp query … (more rows)` */
const NEXT = /^(next, [^:]+:) (.*) (\([^()]*(?:\([^()]*\)[^()]*)*\))$/;

function wrapLine(line: string, width: number): string[] {
  const [, cost, command, gain] = NEXT.exec(line) ?? [];
  const indent = `${/^\s*(?:- )?/.exec(line)?.[0].replace(/\S/g, " ") ?? ""}  `;
  const lead = /^ */.exec(line)?.[0] ?? "";
  if (cost === undefined || command === undefined)
    return fill([lead, ...line.trimStart().split(/ +/)], width, indent, "");
  // To be copied: what a shell reads as one word is not parted, and a line that goes on says so.
  const words = command.match(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|\S)+/g) ?? [];
  return [
    ...wrapText(`${cost} ${gain?.slice(1, -1)}`, width).split("\n"),
    ...fill(["  ", ...words], width - 2, "      ", " \\"),
  ];
}

/** @param goesOn what stands at the end of a line that is not the last */
function fill(words: readonly string[], width: number, indent: string, goesOn: string): string[] {
  const lines: string[] = [];
  let line = words[0] ?? "";
  for (const word of words.slice(1)) {
    const longer = line.trim() === "" ? line + word : `${line} ${word}`;
    if (displayWidth(longer) <= width || line.trim() === "") line = longer;
    else {
      lines.push(line + goesOn);
      line = indent + word;
    }
  }
  return [...lines, line];
}

/** Columns two spaces apart, to the left; the last one is as long as it is, or goes on below where a width is given. */
export function alignColumns(rows: readonly (readonly string[])[], width?: number): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? ""))));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, false))
      .join(GAP)
      .trimEnd(),
  );
  const text = lines.join("\n");
  return width === undefined ? text : wrapText(text, width);
}

const EVERY_MS = 1000;
const CLEAR_LINE = "\r\u001b[K";

/**
 * A line on stderr that counts the seconds, for a person at a terminal; nothing elsewhere.
 * @returns removes the line
 */
export function showProgress({ stderr }: Io, doing: string): () => void {
  if (stderr.isTTY !== true) return () => {};
  const startedAt = performance.now();
  const draw = () => stderr.write(`${CLEAR_LINE}${doing} … ${Math.round((performance.now() - startedAt) / 1000)} s`);
  draw();
  const timer = setInterval(draw, EVERY_MS);
  return () => {
    clearInterval(timer);
    stderr.write(CLEAR_LINE);
  };
}
