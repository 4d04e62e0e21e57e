/** A table; a `|` inside a cell is kept from ending it. */
export function toMarkdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const toLine = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [toLine(columns), toLine(columns.map(() => "---")), ...rows.map(toLine)].join("\n");
}

export const fence = (language: string, text: string): string => `\`\`\`${language}\n${text.trim()}\n\`\`\``;
