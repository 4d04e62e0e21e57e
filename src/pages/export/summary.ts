import { buildAnswer } from "../answer/answer.ts";
import { renderText } from "../answer/render-text.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";

/** What an answer has when nobody sets it: a summary reads the same on every server. */
const MAX_TOKENS = 1500;

/** The condensed answer of a kept snapshot, as the paid tool gave it: the same text at every reading, free. */
export function renderSummary(snapshot: Snapshot): string {
  // Without an age: that would need a clock, and change what does not change.
  const delivery = { how: "kept", ageMs: null, leftUsd: null } as const;
  return `${renderText(buildAnswer(snapshot, { maxTokens: MAX_TOKENS, surface: "mcp", delivery }))}\n`;
}
