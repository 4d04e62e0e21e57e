import { shortenNames } from "../../src/lists/export-files.ts";
import { FORMATS, SNAPSHOT_FILE_NAMES, SNAPSHOT_FILES } from "../../src/pages/export/snapshot-files.ts";
import { FINDINGS } from "../../src/pages/findings/find-facts.ts";
import { fillLines, toMarkdownTable } from "./markdown.ts";

/** Every file of a snapshot. */
export function filesTable(): string {
  const rows = SNAPSHOT_FILE_NAMES.map((name) => {
    const { format, mimeType, says } = SNAPSHOT_FILES[name];
    return [`\`…/${name}\``, `\`${format}\``, mimeType, says];
  });
  return toMarkdownTable(["Resource", "`--format`", "Type", "What is in it"], rows);
}

/** What the reclaim list can be had as. */
export function redirectFormats(): string {
  const words = Object.keys(FORMATS).filter((word) => word.startsWith("redirects-"));
  const [first = "", ...rest] = shortenNames(words, "-");
  return fillLines(
    [`\`domain-pages-mcp export … --format ${first}\``, ...rest.map((word) => `\`${word}\``)].join(", ") +
      ` (resources \`…/${FORMATS[first]}\` and so on) list the pages that hold links and are dead, and redirects that lead in` +
      " several steps. A map does no harm, and covers less for it:",
  );
}

/** Every kind of finding, in the order in which an answer tells them. */
export function findingsTable(): string {
  const first = FINDINGS.findIndex(({ group }) => group === "hint");
  const rows = FINDINGS.map(({ words, says }, at) => [at === first ? `*hints:* ${words}` : words, says]);
  return toMarkdownTable(["Finding", "Fires when"], rows);
}
