import { TINY_REQUEST } from "../../compose/ask-for-nothing.ts";
import { createUpstreamClient } from "../../compose/upstreams.ts";
import { countOf } from "../../pages/text.ts";
import type { Check } from "./check.ts";
import { ok } from "./finding.ts";

/** Really asks the sandbox, through everything that a real call passes. */
export const sandbox: Check = {
  name: "sandbox",
  look: async ({ config, upstream, now, signal }) => {
    const { fetchPages } = await createUpstreamClient(config, await upstream(), () => {}, now);
    const { answer } = await fetchPages(TINY_REQUEST, { id: "doctor", maxPriceUsd: 0 }, signal);
    const pages = Array.isArray(answer.items) ? answer.items.length : 0;
    return [
      ok(
        `it answers with ${countOf(pages, "page")} of ${TINY_REQUEST.target}, free; try: domain-pages-mcp get acme.example`,
      ),
    ];
  },
};
