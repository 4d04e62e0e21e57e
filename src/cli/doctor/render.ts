import type { Finding } from "./finding.ts";

/** The longest name of a check. */
const NAME_WIDTH = "certificate".length;
const VERDICT_WIDTH = "note".length;
const INDENT = " ".repeat(VERDICT_WIDTH + 2 + NAME_WIDTH + 2);

/** A line for the finding, and one for what to do. */
export function renderFinding(name: string, finding: Finding): string {
  const line = `${finding.verdict.padEnd(VERDICT_WIDTH)}  ${name.padEnd(NAME_WIDTH)}  ${finding.says}`;
  const todo = "todo" in finding ? finding.todo : undefined;
  return todo === undefined ? line : `${line}\n${INDENT}-> ${todo}`;
}

/** The last line: whether all is well. */
export function renderSum(findings: readonly Finding[]): string {
  const count = (verdict: Finding["verdict"]) => findings.filter((finding) => finding.verdict === verdict).length;
  const [failed, noted] = [count("FAIL"), count("note")];
  if (failed > 0) return `${failed} FAIL: do what stands below the first one, then run doctor again.`;
  return noted === 0 ? "All is well." : `Nothing stands in the way; ${noted} to know of.`;
}
