import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A document of the repository, by its path from the root. */
export const readDocument = (path: string): string => readFileSync(`${ROOT}${path}`, "utf8");

export interface Block {
  language: string;
  text: string;
  /** What stands between the block before and this one. */
  lead: string;
}

/** Every fenced block of a document, in its order; in a list it is indented, and its text is too. */
export function listBlocks(document: string): Block[] {
  const blocks: Block[] = [];
  let from = 0;
  for (const match of document.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm)) {
    blocks.push({ language: match[1] ?? "", text: match[2] ?? "", lead: document.slice(from, match.index) });
    from = match.index + match[0].length;
  }
  return blocks;
}

/** The text of one section: below a heading, up to the next of the same or a higher level. */
export function readSection(document: string, heading: string): string {
  const lines = document.split("\n");
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`there is no heading "${heading}"`);
  const level = heading.indexOf(" ");
  const length = lines.slice(start + 1).findIndex((line) => /^#+ /.test(line) && line.indexOf(" ") <= level);
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join("\n");
}
