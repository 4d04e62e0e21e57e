import { ANALYST_PROMPTS } from "../../src/mcp/prompts.ts";
import { RESOURCES } from "../../src/mcp/resources.ts";
import { SNAPSHOT_FILE_NAMES } from "../../src/pages/export/snapshot-files.ts";
import { fillLines, toMarkdownTable } from "./markdown.ts";

const COUNTS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];

/** The prompts by their names. */
export function promptsSentence(): string {
  const names = ANALYST_PROMPTS.map(({ name }) => `\`${name}\``).join(", ");
  const count = COUNTS[ANALYST_PROMPTS.length] ?? ANALYST_PROMPTS.length;
  return fillLines(`${count} prompts do whole jobs: ${names}; each names its cost and begins with the free estimate.`);
}

/** What can be read, but for the files, which have a table of their own. */
export function resourcesTable(): string {
  const rows = RESOURCES.filter(({ uri }) => !/\{(?:file|\?.*)\}/.test(uri))
    .filter(({ uri }) => !SNAPSHOT_FILE_NAMES.some((name) => uri.endsWith(`/${name}`)))
    .map(({ uri, about }) => [`\`${uri}\``, about.mimeType ?? "", about.description]);
  return toMarkdownTable(["Resource", "Type", "What is in it"], rows);
}
