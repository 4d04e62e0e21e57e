import { NODE_RANGE, PRODUCT } from "../../version.ts";
import type { Check } from "./check.ts";
import { fail, ok } from "./finding.ts";

/** Which version of the program, and whether Node is new enough for it. */
export const program: Check = {
  name: "program",
  look: async ({ nodeVersion }) => {
    const needed = NODE_RANGE.replace(/^>=/, "");
    const says = `${PRODUCT.name} ${PRODUCT.version} on Node ${nodeVersion}`;
    if (isAtLeast(nodeVersion, needed)) return [ok(`${says} (${needed} or later is needed)`)];
    return [fail("usage", `${says}, which is too old: ${needed} or later is needed`, "Install a newer Node.")];
  },
};

function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) => text.split(".").map((part) => Number.parseInt(part, 10)));
  for (const [index, part] of (want ?? []).entries()) {
    const difference = (have?.[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
