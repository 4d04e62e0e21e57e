import { isSupportedNode, NODE_RANGE, PRODUCT } from "../../version.ts";
import type { Check } from "./check.ts";
import { fail, ok } from "./finding.ts";

/** Which version of the program, and whether Node is new enough for it. */
export const program: Check = {
  name: "program",
  look: async ({ nodeVersion }) => {
    const needed = NODE_RANGE.replace(/^>=/, "");
    const says = `${PRODUCT.name} ${PRODUCT.version} on Node ${nodeVersion}`;
    if (isSupportedNode(nodeVersion)) return [ok(`${says} (${needed} or later is needed)`)];
    return [fail("usage", `${says}, which is too old: ${needed} or later is needed`, "Install a newer Node.")];
  },
};
