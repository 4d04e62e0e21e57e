import { countOf } from "../../pages/text.ts";
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
  if (failed > 0) {
    const what = failed === 1 ? "1 thing stands" : `${failed} things stand`;
    return `${what} in the way. Do what is written below the first FAIL, then run doctor again.`;
  }
  if (noted === 0) return "All is well.";
  return `Nothing stands in the way; ${countOf(noted, "note")} above.`;
}
