import type { Finding } from "../answer/findings/finding.ts";
import { toOneLine } from "../text.ts";
import { fitItems, jsonBytes } from "./fit-items.ts";
import type { ViewFinding } from "./view-data.ts";

/** Ours but for the names of TLDs and countries, which are checked; longer than any rule. */
const MAX_RULE_CHARS = 200;
/** It may name an address. */
const MAX_SAYS_CHARS = 200;

/**
 * Findings as far as they fit: each gets an even share of the bytes, and what one leaves the next may use. A finding
 * always tells its rule and figures; handles come after that, then what is said of the first ones.
 */
export function toViewFindings(findings: readonly Finding[], bytes: number): ViewFinding[] {
  let left = bytes;
  return findings.map((finding, index) => {
    const made = toViewFinding(finding, left / (findings.length - index));
    left -= jsonBytes(made) + 1;
    return made;
  });
}

function toViewFinding({ rule, pages, backlinks, top, handles }: Finding, bytes: number): ViewFinding {
  const bare: ViewFinding = { rule: toOneLine(rule, MAX_RULE_CHARS), pages, backlinks, handles: [], says: {} };
  const says = top.map(({ handle, says }): [string, string] => [handle, toOneLine(says, MAX_SAYS_CHARS)]);
  const kept = fitItems(handles, bytes - jsonBytes(bare) - 1);
  const withHandles = { ...bare, handles: kept };
  // `["p1","…"]` takes as much as `"p1":"…"` and its brackets.
  return { ...withHandles, says: Object.fromEntries(fitItems(says, bytes - jsonBytes(withHandles) - 1)) };
}
