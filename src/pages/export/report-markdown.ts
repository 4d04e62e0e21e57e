import { type Answer, buildAnswer } from "../answer/answer.ts";
import { describeEvidence, needsNote, SHARE_NOTE } from "../answer/findings/finding.ts";
import { renderHeader } from "../answer/render-header.ts";
import type { Cell } from "../answer/table.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { countOf } from "../text.ts";

/**
 * A snapshot as a report in Markdown: what it is, findings, sections, and the whole table. Titles and addresses come
 * from strangers, so every mark that means something to Markdown or HTML is escaped.
 */
export function renderReportMarkdown(snapshot: Snapshot): string {
  // A report has no room to run out of, and nobody to call anything next.
  const answer = buildAnswer(snapshot, { maxTokens: Number.MAX_SAFE_INTEGER, surface: "cli" });
  const blocks = [
    `# Pages with backlinks: ${escapeMarkdown(answer.target)}`,
    ...renderHeader(answer)
      .split("\n")
      .map((line) => escapeMarkdown(line)),
    ...renderFindings(answer),
    ...(answer.sections.rows.length === 0 ? [] : ["## Sections", renderTable(answer.sections)]),
    ...(answer.rows.length === 0 ? [] : ["## Pages", renderTable(answer)]),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function renderFindings({ findings }: Answer): string[] {
  if (findings.length === 0) return [];
  const note = needsNote(findings) ? [`Percentages are ${escapeMarkdown(SHARE_NOTE)}.`] : [];
  const list = findings.map(({ rule, pages, backlinks, top }) => {
    const head = `- **${escapeMarkdown(rule)}**: ${countOf(pages, "page")}, ${countOf(backlinks, "backlink")}`;
    const rest = pages > top.length ? [`  - ${countOf(pages - top.length, "more page")}`] : [];
    return [head, ...top.map((each) => `  - ${escapeMarkdown(describeEvidence(each))}`), ...rest].join("\n");
  });
  return ["## Findings", ...note, list.join("\n")];
}

function renderTable({ columns, rows }: Pick<Answer, "columns" | "rows">): string {
  const isNumber = columns.map((_, index) => rows.every((row) => typeof row[index] !== "string"));
  const toLine = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    toLine(columns.map(escapeMarkdown)),
    toLine(isNumber.map((each) => (each ? "--:" : "---"))),
    ...rows.map((row) => toLine(row.map(toCell))),
  ].join("\n");
}

const toCell = (cell: Cell): string => (cell === null ? "" : escapeMarkdown(String(cell)));

/** Inside a line; marks that only count at the beginning of one are not first in any of ours. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<#!|~&$@]/g, "\\$&");
}
