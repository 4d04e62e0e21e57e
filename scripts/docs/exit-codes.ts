import { EXIT_CODES } from "../../src/cli/args.ts";
import { toMarkdownTable } from "./markdown.ts";

export function exitCodeTable(): string {
  const rows = Object.values(EXIT_CODES).map(({ code, says }) => [String(code), says]);
  return toMarkdownTable(["Exit code", "Meaning"], rows);
}
