import type { Answer } from "./answer.ts";
import { toCsv } from "./csv.ts";
import { describeFinding, needsNote, SHARE_NOTE } from "./findings/finding.ts";
import { renderHeader } from "./render-header.ts";
import { renderSections } from "./sections.ts";

/** The answer as text: header, coverage, one CSV line per row, findings, sections, next calls. No newline at its end. */
export function renderText(answer: Answer): string {
  const blocks = [
    renderHeader(answer),
    renderTable(answer),
    renderFindings(answer),
    renderSections(answer.sections),
    renderNext(answer),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function renderTable({ columns, rows }: Answer): string {
  if (rows.length === 0) return "";
  return toCsv(columns, rows);
}

/** The block of findings; empty when there are none. */
export function renderFindings({ findings }: Answer): string {
  if (findings.length === 0) return "";
  const head = needsNote(findings) ? `findings (${SHARE_NOTE})` : "findings";
  return [head, ...findings.map(describeFinding)].join("\n");
}

/** The calls that make sense next, one a line; empty when there are none. */
export function renderNext({ next }: Answer): string {
  return next.map(({ cost, call, gain }) => `next, ${cost}: ${call} (${gain})`).join("\n");
}
