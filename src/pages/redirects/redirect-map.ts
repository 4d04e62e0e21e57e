import { countOf, formatCount, formatMinute } from "../../lists/text.ts";
import { isLive } from "../answer/follow-redirects.ts";
import { isTrackingParameter } from "../answer/url-identity.ts";
import { describePageLinks } from "../findings/finding.ts";
import { deadKindOf } from "../page.ts";
import type { Snapshot } from "../snapshot.ts";
import {
  type AddressSet,
  bareHost,
  createAddressSet,
  isOwnHost,
  listReclaims,
  type Reclaim,
  toHref,
  toSafeUrl,
} from "./reclaim.ts";

/** One redirect that can be written. Every part of it is safe as `SafeUrl` is. */
export interface RedirectRule {
  /** Without `www.`. */
  host: string;
  path: string;
  /** With its `?`; empty when the rule is for the path with whatever query. */
  query: string;
  /** Absolute. */
  to: string;
  /** What a reviewer wants to know of it: our words and figures, one line. */
  remark: string;
}

/** What a syntax cannot tell apart or hold. */
export interface RedirectSyntax {
  isCaseBlind?: boolean;
  holds?: (rule: RedirectRule) => boolean;
}

export interface RedirectMap {
  /** Most backlinks first; no two are for the same address. */
  rules: RedirectRule[];
  /** What the map is, of what it is made, and what is left out: lines without line breaks, not yet comments. */
  notice: string[];
}

/**
 * The reclaim list as redirects that a server can be given: only from addresses of the target's own hosts and to them,
 * and none that could catch a living page or send a visitor in a circle.
 */
export function toRedirectMap(snapshot: Snapshot, syntax: RedirectSyntax = {}): RedirectMap {
  const { reclaims, deadPages, deadEnds, chains } = listReclaims(snapshot);
  const isCaseBlind = syntax.isCaseBlind === true;
  const drafts = reclaims.map((reclaim) => draftRule(reclaim, snapshot.request.target));
  const targets = drafts.flatMap(({ rule }) => rule?.to ?? []);
  const taken = createAddressSet([...snapshot.pages.filter(isLive).map(({ url }) => url), ...targets], isCaseBlind);
  const written = createAddressSet([], isCaseBlind);
  const covered = { dead: new Set<string>(), dead_end: new Set<string>(), chain: new Set<string>() };
  const leftOut = new Map<string, number>();
  const rules: RedirectRule[] = [];
  for (const draft of drafts) {
    const { reclaim, rule, refusal } = judge(draft, taken, syntax);
    if (rule === undefined) {
      leftOut.set(refusal, (leftOut.get(refusal) ?? 0) + 1);
      continue;
    }
    covered[reclaim.kind].add(reclaim.of);
    // A variant for the same address, such as the one under www, is covered by the line with more links.
    if (written.has(rule)) continue;
    written.add(`https://${rule.host}${rule.path}${rule.query}`);
    rules.push(rule);
  }
  const share = {
    dead: [covered.dead.size, deadPages],
    dead_end: [covered.dead_end.size, deadEnds],
    chain: [covered.chain.size, chains],
  } as const;
  return { rules, notice: describeMap(snapshot, share, leftOut) };
}

/** A reclaim as a rule, or why it can be none. */
type Draft = { reclaim: Reclaim } & (
  | { rule: RedirectRule; refusal?: undefined }
  | { rule?: undefined; refusal: string }
);

function draftRule(reclaim: Reclaim, target: string): Draft {
  const from = toSafeUrl(reclaim.page.url);
  const to = reclaim.to === null ? undefined : toSafeUrl(reclaim.to.url);
  const refuse = (refusal: string): Draft => ({ reclaim, refusal });
  if (reclaim.to === null) return refuse(reclaim.why);
  if (!isGone(reclaim)) return refuse("refused or failing, not gone (neither http 404 nor 410)");
  if (from === undefined || !from.isAsSent) return refuse("address that cannot be written safely");
  if (to === undefined) return refuse("suggested target that cannot be written safely");
  if (!isOwnHost(from.host, target)) return refuse("not on the target's own hosts");
  if (!isOwnHost(to.host, target)) return refuse("leads to another site");
  const query = namesPage(from.query) ? from.query : "";
  const rule = { host: bareHost(from.host), path: from.path, query, to: toHref(to), remark: describe(reclaim) };
  // Such a rule would be for every query of the home page, search results and all.
  return rule.path === "/" && query === "" ? refuse("home page, to be changed by hand") : { reclaim, rule };
}

/** A page behind a log-in answers 403, one in trouble 500: both may be there tomorrow, or for others. */
const isGone = ({ kind, deadStatus }: Reclaim): boolean => kind === "chain" || deadKindOf(deadStatus) === "gone";

/** Not a word but tracking in it: then the page is meant, with whatever query. */
function namesPage(query: string): boolean {
  return query
    .slice(1)
    .split("&")
    .some((part) => {
      const [name = "", ...value] = part.split("=");
      return part !== "" && !isTrackingParameter(name, value.join("="));
    });
}

/** `p2: http 404, 1,070 from 38 domains; to p3, similar page (0.86)` */
function describe({ page, to, why, score }: Reclaim): string {
  const where = to?.handle == null ? "" : `${to.handle}, `;
  const how = score === null ? why : `${why} (${score.toFixed(2)})`;
  return `${page.handle}: http ${page.status ?? "?"}, ${describePageLinks(page)}; to ${where}${how}`;
}

function judge(draft: Draft, taken: AddressSet, { holds }: RedirectSyntax): Draft {
  const { reclaim, rule } = draft;
  if (rule === undefined) return draft;
  if (taken.has(rule)) return { reclaim, refusal: "address of a live page or of a target" };
  return holds === undefined || holds(rule) ? draft : { reclaim, refusal: "address that this format cannot hold" };
}

type Share = Readonly<Record<Reclaim["kind"], readonly [covered: number, all: number]>>;

function describeMap(
  snapshot: Snapshot,
  { dead, dead_end: deadEnd, chain }: Share,
  leftOut: ReadonlyMap<string, number>,
): string[] {
  const { id, source, request, fetchedAt, pages, totalCount } = snapshot;
  const when = fetchedAt === null ? "of unknown time" : `of ${formatMinute(fetchedAt)}`;
  const total = totalCount === null ? "" : ` of ${formatCount(totalCount)}`;
  return [
    ...(source === "sandbox" ? ["SANDBOX: generated data, nothing here is about a real site."] : []),
    `Redirect map for ${request.target}: a suggestion to review line by line, not a finished configuration.`,
    `From snapshot ${id} ${when}, ${countOf(pages.length, "page")}${total}.`,
    `Covers ${formatCount(dead[0])} of ${countOf(dead[1], "dead page")} with links (http >= 400), ` +
      (deadEnd[1] === 0
        ? ""
        : `${formatCount(deadEnd[0])} of ${countOf(deadEnd[1], "redirect URL")} to a dead page and `) +
      `${formatCount(chain[0])} of ${countOf(chain[1], "redirect chain")} with links; most backlinks first.`,
    ...[...leftOut].map(([reason, count]) => `Left out: ${formatCount(count)} x ${reason}.`),
  ];
}
