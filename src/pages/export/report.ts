import type { Cell } from "../../lists/cells.ts";
import { countOf, toSafeJson } from "../../lists/text.ts";
import { buildAnswer } from "../answer/answer.ts";
import { mapFolded } from "../answer/fold.ts";
import { type Answer, renderHeader, renderText } from "../answer/render-answer.ts";
import { withNamedSections } from "../answer/sections.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { describeEvidence, needsNote, SHARE_NOTE } from "../findings/finding.ts";

/**
 * A snapshot as a report in Markdown: what it is, findings, sections, and the whole table. Titles and addresses come
 * from strangers, so every mark that means something to Markdown or HTML is escaped.
 */
export function renderReportMarkdown(snapshot: PagesSnapshot): string {
  // A report has no room to run out of, and nobody to call anything next.
  const answer = buildAnswer(snapshot, { maxTokens: Number.MAX_SAFE_INTEGER, surface: "cli" });
  const blocks = [
    `# Pages with backlinks: ${escapeMarkdown(answer.target)}`,
    ...renderHeader(answer)
      .split("\n")
      .map((line) => escapeMarkdown(line)),
    ...renderFindings(answer),
    ...(answer.sections.rows.length === 0 ? [] : ["## Sections", renderTable(withNamedSections(answer.sections))]),
    ...(answer.rows.length === 0 ? [] : ["## Pages", renderTable(answer)]),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function renderFindings({ findings }: Answer): string[] {
  if (findings.length === 0) return [];
  const note = needsNote(findings) ? [`Percentages are ${escapeMarkdown(SHARE_NOTE)}.`] : [];
  const list = findings.map(({ rule, pages, unit, backlinks, top }) => {
    const head = `- **${escapeMarkdown(rule)}**: ${countOf(pages, unit)}, ${countOf(backlinks, "backlink")}`;
    const rest = pages > top.length ? [`  - ${countOf(pages - top.length, `more ${unit}`)}`] : [];
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

/** What an answer has when nobody sets it: a summary reads the same on every server. */
const MAX_TOKENS = 1500;

/** The condensed answer of a kept snapshot, as the paid tool gave it: the same text at every reading, free. */
export function renderSummary(snapshot: PagesSnapshot): string {
  // Without an age: that would need a clock, and change what does not change.
  const delivery = { how: "kept", ageMs: null, leftUsd: null } as const;
  return `${renderText(buildAnswer(snapshot, { maxTokens: MAX_TOKENS, surface: "mcp", delivery }))}\n`;
}

/**
 * One page with everything that came, as JSON that a person can read; characters that break lines or hide text are
 * escaped. `folded_into` names the page in whose row answers show this one.
 * @returns undefined when no page of the snapshot has this handle
 */
export function renderPageRecord(snapshot: PagesSnapshot, handle: string): string | undefined {
  const page = snapshot.items.find((each) => each.handle === handle);
  if (page === undefined) return undefined;
  const main = mapFolded(snapshot.items).get(handle);
  const record = {
    snapshot_id: snapshot.id,
    id: handle,
    ...(main !== undefined && { folded_into: main }),
    item: page.raw,
  };
  return `${toPrettyJson(record, "")}\n`;
}

/** Deeper than any item of the endpoint; what is deeper stands on one line. */
const MAX_INDENT = 16;

/** Layout is ours, all else goes through the one function that knows what to escape. */
function toPrettyJson(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null || indent.length >= MAX_INDENT) return toSafeJson(value);
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((each) => toPrettyJson(each, inner))
    : Object.entries(value).map(([key, each]) => `${toSafeJson(key)}: ${toPrettyJson(each, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return parts.length === 0 ? `${open}${close}` : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}
