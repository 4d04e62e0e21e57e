import type { Answer } from "../pages/answer/answer.ts";
import { renderStructured } from "../pages/answer/render-structured.ts";
import { renderText } from "../pages/answer/render-text.ts";
import { type Io, print, toJson } from "./io.ts";
import { renderForTerminal } from "./terminal.ts";

const DEFAULT_WIDTH = 120;

/** JSON when asked for, an aligned table for a terminal, the plain text for a pipe. */
export function printAnswer(answer: Answer, asJson: boolean, { stdout }: Io): void {
  if (asJson) print(stdout, toJson(renderStructured(answer)));
  else if (stdout.isTTY === true) print(stdout, renderForTerminal(answer, stdout.columns ?? DEFAULT_WIDTH));
  else print(stdout, renderText(answer));
}
