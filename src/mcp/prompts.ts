import { completable, type McpServer, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import { z } from "zod";
import { shortenNames } from "../lists/export-files.ts";
import type { ReadSnapshots } from "../lists/snapshot.ts";
import { REDIRECT_MAPS } from "../pages/export/snapshot-files.ts";
import { TOOLS } from "../tools.ts";
import { MAX_COMPLETED_FROM } from "./resources.ts";

/** A prompt for an analyst: a way to work with the tools, from the free question to the report. */
export interface AnalystPrompt {
  name: string;
  title: string;
  /** What it does and what it costs. */
  description: string;
  /** Names of its arguments with a line each; every one is a domain and is required. */
  domains: Readonly<Record<string, string>>;
  /** @param domains by name, as the endpoint spells them: nothing but letters, digits, dots and hyphens */
  text: (domains: Readonly<Record<string, string>>) => string;
}

/** How every prompt begins that may buy something. */
const priceFirst = (target: string): string =>
  `1. Call ${TOOLS.estimate.name} {"target":"${target}","limit":1000}. It is free. If a kept answer is fresh, go on: it costs nothing. ` +
  "Else tell me the price and what is left of the budget, and wait for my yes.\n" +
  `2. Call ${TOOLS.get.name} {"target":"${target}","limit":1000} once. Do not page: ask the kept snapshot instead.`;

/** What every report owes its reader. */
const REPORT =
  "Say in the report what the list covers (the coverage line), what was paid, and that figures come from one snapshot with its date. " +
  "Linking sites are not named by this endpoint, which only counts them: name none. " +
  "Keep unknown (empty) apart from 0, and give referring domains of a fold as the range they are.";

const FREE_QUESTIONS = `${TOOLS.query.name} with the snapshot_id, which is free`;

/** `redirects.nginx, .apache and .netlify` */
const MAPS = shortenNames(REDIRECT_MAPS, ".")
  .join(", ")
  .replace(/, (?=[^,]*$)/, " and ");

export const ANALYST_PROMPTS: readonly AnalystPrompt[] = [
  {
    name: "link_audit",
    title: "Audit the links of a domain",
    description: "Which pages earn links, how healthy those are, what to fix first. Costs at most one paid call.",
    domains: { target: "The domain to audit, such as forbes.com" },
    text: ({ target = "" }) => `Audit the backlinks of ${target}.

${priceFirst(target)}
3. Answer the rest from the snapshot, with ${FREE_QUESTIONS}:
   - where the links are: {"group_by":"section"} and {"group_by":"status"}
   - what is dead: {"status":"dead","order_by":["backlinks,desc"]}, told apart as gone (404, 410), refused (answers, but not to a crawler) and trouble (5xx)
   - what redirects: {"status":"redirect"}
   - how far the links can be trusted: pages with a high spam score or nofollow share, pages with many links from few domains
   - where they come from: {"group_by":"country"} and {"group_by":"tld"}
4. Write the audit: a summary of five lines, the ten pages that matter most, the problems by links at stake, and what to do, most valuable first. ${REPORT}`,
  },
  {
    name: "reclaim_dead_links",
    title: "Reclaim links to dead pages",
    description: "Dead pages that still hold links, with where to redirect each. Costs at most one paid call.",
    domains: { target: "The domain whose links are to be reclaimed" },
    text: ({ target = "" }) => `Find the links that ${target} loses to dead pages, and where each should lead.

${priceFirst(target)}
3. Call ${TOOLS.query.name} (free) with the snapshot_id and {"status":"dead","order_by":["backlinks,desc"],"limit":50}.
4. Read the resource domain-pages://snapshots/{snapshot_id}/redirects.csv. Its verdicts: redirect (the target is certain), review (gone; the suggestion, if any, is yours to judge against the live pages: say what you would choose and why, or that nothing replaces the page; never the home page), repair (refuses or fails: no redirect).
5. Give me a table: dead page, backlinks, referring domains, redirect to, why. Then the links at stake in sum. ${MAPS} beside that resource are the same map as server rules, for review before use. ${REPORT}`,
  },
  {
    name: "compare_with_competitor",
    title: "Compare with a competitor",
    description: "Two domains side by side: what earns links there and not here. Costs at most two paid calls.",
    domains: { target: "Your domain", competitor: "The domain to compare it with" },
    text: ({
      target = "",
      competitor = "",
    }) => `Compare the link-earning pages of ${target} with those of ${competitor}.

1. Call ${TOOLS.estimate.name} for each, {"target":"${target}","limit":1000} and {"target":"${competitor}","limit":1000}. Both are free. Tell me the sum of what is not kept yet, and wait for my yes.
2. Call ${TOOLS.get.name} once for each, with these same arguments.
3. Call ${TOOLS.compare.name} {"target":"${target}","other_target":"${competitor}"}, which is free, then ask both snapshots with ${FREE_QUESTIONS}: {"group_by":"section"}, and the pages with the most referring domains.
4. Tell me: who earns more and with what kind of content; which topics or sections earn links for ${competitor} that ${target} has no page for; what ${target} does better; three things to do. ${REPORT}`,
  },
  {
    name: "what_changed",
    title: "What changed since last time",
    description: "New, lost and changed pages since an earlier snapshot. Free if two are kept; else one paid call.",
    domains: { target: "The domain to look at again" },
    text: ({ target = "" }) => `Tell me what changed in the link-earning pages of ${target}.

1. Read the resource domain-pages://snapshots. If it lists two snapshots of ${target} that were fetched with the same request at different times, go to step 3 with the two newest.
2. Else call ${TOOLS.estimate.name} {"target":"${target}","limit":1000}, which is free. While the kept answer is fresh a new one cannot be had through this tool: then say so, and from when on it can. If it is too old, tell me the price, wait for my yes, and call ${TOOLS.get.name} with the same arguments.
3. Call ${TOOLS.compare.name} with the two snapshot ids (free). Heed what it says about comparability: a page that is missing from a list that was cut off is not lost, and one that was not crawled again says nothing of its status today.
4. Report: pages that went dead or began to redirect, with the links at stake, first; then losses and gains of links; then new pages that earn links. ${REPORT}`,
  },
  {
    name: "content_that_earns_links",
    title: "Content that earns links",
    description: "What kinds of pages earn links, to plan content by. Costs at most one paid call.",
    domains: { target: "The domain to learn from: your own, or one you admire" },
    text: ({ target = "" }) => `Find out what kinds of content earn links for ${target}.

${priceFirst(target)}
3. Ask the snapshot, with ${FREE_QUESTIONS}: {"group_by":"section"}, {"status":"live","order_by":["ref_domains,desc"],"limit":40}, {"group_by":"month_first_seen"} and {"group_by":"link_type"}. Open the records of the five strongest pages with "handles".
4. Sort the strongest pages into kinds (tools, studies, guides, news, widgets, product pages …). For each kind: how many pages, backlinks, referring domains, an example, and what its links have in common. Leave out pages whose links come from few domains or carry a high spam score, and say that you did.
5. Conclude with five pieces of content worth making, each with the evidence for it. ${REPORT}`,
  },
];

/** How many targets a completion offers. */
const MAX_OFFERED = 20;

/** Registers the prompts for analysts. Domains are completed from what is kept, and checked before they become words. */
export function registerPrompts(server: McpServer, snapshots: ReadSnapshots): void {
  const offer = async (typed: string | undefined) => {
    const targets = (await snapshots.list(undefined, MAX_COMPLETED_FROM)).map(({ request }) => request.target);
    return [...new Set(targets)].filter((target) => target.startsWith(typed ?? "")).slice(0, MAX_OFFERED);
  };
  for (const { name, title, description, domains, text } of ANALYST_PROMPTS) {
    const fields = Object.entries(domains).map(([domain, says]) => [
      domain,
      completable(z.string().describe(says), offer),
    ]);
    const argsSchema = z.object(Object.fromEntries(fields) as Record<string, z.ZodString>);
    server.registerPrompt(name, { title, description, argsSchema }, async (given) => ({
      description,
      messages: [{ role: "user", content: { type: "text", text: text(await toDomains(given)) } }],
    }));
  }
}

/** @throws {ProtocolError} invalid params, naming the argument, the rule and a value that works */
async function toDomains(given: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  // Loaded when a prompt is asked for: the list of public suffixes would slow every start.
  const { parseTarget } = await import("../lists/target.ts");
  const toDomain = (name: string, written: string): string => {
    try {
      return parseTarget(written, { argument: name, takesFilters: false }).target;
    } catch (error) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, error instanceof Error ? error.message : "");
    }
  };
  return Object.fromEntries(Object.entries(given).map(([name, written]) => [name, toDomain(name, written)]));
}
