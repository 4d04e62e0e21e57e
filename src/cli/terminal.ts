import type { Answer } from "../pages/answer/answer.ts";
import {
  renderFindings,
  renderHeader,
  renderNext,
  renderStructured,
  renderText,
} from "../pages/answer/render-answer.ts";
import type { Cell } from "../pages/answer/table.ts";
import { type Io, print, toJson } from "./args.ts";

const GAP = "  ";
const MIN_LAST_COLUMN = 20;

/** The answer for a person at a terminal: the same facts, the table aligned and cut to the window. */
export function renderForTerminal(answer: Answer, width: number): string {
  const blocks = [
    renderHeader(answer),
    alignTable(answer, width),
    renderFindings(answer),
    answer.sections.rows.length === 0 ? "" : `sections\n${alignTable(answer.sections, width)}`,
    renderNext(answer),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

/** Numbers to the right, text to the left; the last column takes what is left of the line. */
function alignTable({ columns, rows }: Pick<Answer, "columns" | "rows">, width: number): string {
  if (rows.length === 0) return "";
  const table = [columns, ...rows.map((row) => row.map(toText))];
  const isNumeric = columns.map((_, index) =>
    rows.every((row) => typeof row[index] !== "string" || /^[\d-]+$/.test(row[index])),
  );
  const widths = columns.map((_, index) => Math.max(...table.map((row) => displayWidth(row[index] ?? ""))));
  const fixed = widths.slice(0, -1).reduce((sum, each) => sum + each + GAP.length, 0);
  const last = Math.max(MIN_LAST_COLUMN, width - fixed);
  return table
    .map((row) =>
      row
        .map((cell, index) => {
          if (index === row.length - 1 && isNumeric[index] !== true) return cut(cell, last);
          return pad(cell, widths[index] ?? 0, isNumeric[index] === true);
        })
        .join(GAP)
        .trimEnd(),
    )
    .join("\n");
}

const toText = (cell: Cell): string => (cell === null ? "" : String(cell));

/** East Asian wide characters and emoji take two places in a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;

function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

function pad(text: string, width: number, toTheRight: boolean): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return toTheRight ? space + text : text + space;
}

function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  for (const character of text) {
    if (displayWidth(kept + character) >= width) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Columns two spaces apart, to the left; the last one is as long as it is. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return lines.map((line) => line.trimEnd()).join("\n");
}

const DEFAULT_WIDTH = 120;

/** JSON when asked for, an aligned table for a terminal, the plain text for a pipe. */
export function printAnswer(answer: Answer, asJson: boolean, { stdout }: Io): void {
  if (asJson) print(stdout, toJson(renderStructured(answer)));
  else if (stdout.isTTY === true) print(stdout, renderForTerminal(answer, stdout.columns ?? DEFAULT_WIDTH));
  else print(stdout, renderText(answer));
}

const EVERY_MS = 1000;
const CLEAR_LINE = "\r\u001b[K";

/**
 * A line on stderr that counts the seconds, for a person at a terminal; nothing elsewhere.
 * @returns removes the line
 */
export function showProgress({ stderr, now }: Io, doing: string): () => void {
  if (stderr.isTTY !== true) return () => {};
  const startedAt = now();
  const draw = () => stderr.write(`${CLEAR_LINE}${doing} … ${Math.round((now() - startedAt) / 1000)} s`);
  draw();
  const timer = setInterval(draw, EVERY_MS);
  return () => {
    clearInterval(timer);
    stderr.write(CLEAR_LINE);
  };
}
