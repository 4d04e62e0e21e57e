import { noteBrokenOff } from "../../lists/snapshot.ts";
import { countOf, formatCount, formatMinute } from "../../lists/text.ts";
import { isLive } from "../answer/follow-redirects.ts";
import { isTrackingParameter } from "../answer/url-identity.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { describePageLinks } from "../findings/finding.ts";
import {
  type Address,
  type AddressSet,
  addressKey,
  type Blindness,
  bareHost,
  createAddressSet,
  isOwnHost,
  listReclaims,
  type Reclaim,
  type ReclaimList,
  type SafeUrl,
  toHref,
  toSafeUrl,
} from "./reclaim.ts";

/** One redirect that can be written. Every part of it is safe as `SafeUrl` is. */
export interface RedirectRule extends Address {
  /** Absolute. Where it has no query of its own, that of the visitor goes with it, for a rule without a query. */
  to: string;
  /** What a reviewer wants to know of it: our words and figures, one line. */
  remark: string;
}

/** What a host's rules cannot tell apart or hold. */
export interface RedirectSyntax extends Blindness {
  /** Why a rule for such an address would never fire, or would be read otherwise; null where it is well. */
  refuse?: (rule: RedirectRule) => string | null;
}

export interface RedirectMap {
  /**
   * Those for a query first, the longest before others, since hosts that take the first rule would never come to them;
   * else most backlinks first. No two are for the same address.
   */
  rules: RedirectRule[];
  /** What the map is, of what it is made, and what is left out: lines without line breaks, not yet comments. */
  notice: string[];
  /** What a person has to decide, one line each, not yet comments. */
  review: string[];
}

/**
 * The reclaim list as redirects that a server can be given: only from addresses of the target's own hosts and to them,
 * only where the target is certain, and none that could catch a living page or send a visitor in a circle.
 */
export function toRedirectMap(snapshot: PagesSnapshot, syntax: RedirectSyntax = {}): RedirectMap {
  const list = listReclaims(snapshot);
  const drafts = list.reclaims
    .filter(({ verdict }) => verdict === "redirect")
    .map((reclaim) => draftRule(reclaim, snapshot.request.target));
  const targets = drafts.flatMap(({ rule }) => rule?.to ?? []);
  const taken = createAddressSet([...snapshot.items.filter(isLive).map(({ url }) => url), ...targets], syntax);
  const written = new Set<string>();
  const covered = new Set<string>();
  const leftOut = new Map<string, number>();
  const rules: RedirectRule[] = [];
  for (const draft of drafts) {
    const { reclaim, rule, refusal } = judge(draft, taken, syntax);
    if (rule === undefined) {
      leftOut.set(refusal, (leftOut.get(refusal) ?? 0) + 1);
      continue;
    }
    covered.add(reclaim.of);
    // A variant for the same address, such as the one under www, is covered by the line with more links.
    const key = addressKey(rule, syntax);
    if (written.has(key)) continue;
    written.add(key);
    rules.push(rule);
  }
  rules.sort((a, b) => countParameters(b) - countParameters(a));
  const review = list.reclaims.filter(({ verdict, of }) => verdict === "review" && !covered.has(of));
  return {
    rules,
    notice: describeMap(snapshot, { list, covered, review, leftOut }),
    review: review.length === 0 ? [] : ["", "For a person to decide, not active:", ...review.map(describeReview)],
  };
}

const countParameters = ({ query }: RedirectRule): number => (query === "" ? 0 : query.split("&").length);

/** A reclaim as a rule, or why it can be none. */
type Draft = { reclaim: Reclaim } & (
  | { rule: RedirectRule; refusal?: undefined }
  | { rule?: undefined; refusal: string }
);

function draftRule(reclaim: Reclaim, target: string): Draft {
  const from = toSafeUrl(reclaim.page.url);
  const to = reclaim.to === null ? undefined : toSafeUrl(reclaim.to.url);
  const refuse = (refusal: string): Draft => ({ reclaim, refusal });
  if (from === undefined || !from.isAsSent) return refuse("address that cannot be written safely");
  if (to === undefined) return refuse("suggested target that cannot be written safely");
  if (!isOwnHost(from.host, target)) return refuse("not on the target's own hosts");
  if (!isOwnHost(to.host, target)) return refuse("leads to another site");
  // No server passes it on, in whatever place.
  if (/%00/.test(from.path + from.query)) return refuse("address with %00, which servers refuse");
  const query = namesPage(from.query) ? from.query : "";
  const isHostExact = isSameElsewhere(from, to);
  const host = isHostExact ? from.host : bareHost(from.host);
  const rule = { host, path: from.path, query, isHostExact, to: toHref(to), remark: describe(reclaim) };
  // Such a rule would be for every query of the home page, search results and all.
  return rule.path === "/" && query === "" ? refuse("home page, to be changed by hand") : { reclaim, rule };
}

/** The twin has the same address under the other name of the host. */
const isSameElsewhere = (from: SafeUrl, to: SafeUrl): boolean =>
  from.path === to.path && from.host !== to.host && bareHost(from.host) === bareHost(to.host);

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

/** `p2: http 404, 1,070 from 38 domains; https://acme.example/x: similar page, not certain (0.80), perhaps p3 https://…` */
function describeReview({ page, to, why, score }: Reclaim): string {
  const safe = toSafeUrl(page.url);
  const address = safe === undefined ? "an address that cannot be written safely" : toHref(safe);
  const how = score === null ? why : `${why} (${score.toFixed(2)})`;
  const target = to === null ? undefined : toSafeUrl(to.url);
  const perhaps = target === undefined ? "" : `, perhaps ${to?.handle == null ? "" : `${to.handle} `}${toHref(target)}`;
  return `${page.handle}: http ${page.status ?? "?"}, ${describePageLinks(page)}; ${address}: ${how}${perhaps}`;
}

function judge(draft: Draft, taken: AddressSet, { refuse }: RedirectSyntax): Draft {
  const { reclaim, rule } = draft;
  if (rule === undefined) return draft;
  if (taken.catches(rule)) return { reclaim, refusal: "address of a live page or of a target" };
  const refusal = refuse?.(rule) ?? null;
  return refusal === null ? draft : { reclaim, refusal };
}

interface Outcome {
  list: ReclaimList;
  /** By what they count as. */
  covered: ReadonlySet<string>;
  review: readonly Reclaim[];
  leftOut: ReadonlyMap<string, number>;
}

function describeMap(snapshot: PagesSnapshot, { list, covered, review, leftOut }: Outcome): string[] {
  const { id, source, request, fetchedAt, items: pages, totalCount } = snapshot;
  const when = fetchedAt === null ? "of unknown time" : `of ${formatMinute(fetchedAt)}`;
  const total = totalCount === null ? "" : ` of ${formatCount(totalCount)}`;
  const waiting = new Set(review.map(({ of }) => of));
  // Every one is told: what is in no rule needs a person, a repair, or another form than this one.
  const coverage = (kind: Reclaim["kind"], all: string, elsewhere = "") => {
    // Of dead pages only those that are gone: the others are told below.
    const own = list.reclaims.filter((each) => each.kind === kind && (kind !== "dead" || each.verdict !== "repair"));
    const count = (is: (reclaim: Reclaim) => boolean) => new Set(own.filter(is).map(({ of }) => of)).size;
    const isOpen = ({ of }: Reclaim) => !covered.has(of) && !waiting.has(of);
    const people = count(({ of }) => waiting.has(of));
    const repair = count((each) => isOpen(each) && each.verdict === "repair");
    const left = count((each) => isOpen(each) && each.verdict !== "repair");
    return `${[
      `Covers ${formatCount(count(({ of }) => covered.has(of)))} of ${all}`,
      ...(people === 0 ? [] : [`${formatCount(people)} need${people === 1 ? "s" : ""} a person`]),
      ...(repair === 0 ? [] : [`${formatCount(repair)} to repair`]),
      ...(left === 0 ? [] : [`${formatCount(left)} left out`]),
      ...(elsewhere === "" ? [] : [elsewhere]),
    ].join("; ")}.`;
  };
  const { refusedPages, troublePages } = list;
  return [
    ...(source === "sandbox" ? ["SANDBOX: generated data, nothing here is about a real site."] : []),
    `Redirect map for ${request.target}: a suggestion to review line by line, not a finished configuration.`,
    `From snapshot ${id} ${when}, ${countOf(pages.length, "URL")}${total}.`,
    ...noteBrokenOff(snapshot).map((note) => `A part of the list: ${note}.`),
    coverage("dead", `${countOf(list.gonePages, "gone page")} with links (http 404, 410)`),
    ...(list.deadEnds === 0 ? [] : [coverage("dead_end", `${countOf(list.deadEnds, "redirect URL")} to a dead page`)]),
    coverage(
      "chain",
      `${countOf(list.chains, "redirect URL")} to another redirect`,
      list.deadChains === 0 ? "" : `${formatCount(list.deadChains)} of them to a dead page, counted above`,
    ),
    ...(refusedPages + troublePages === 0
      ? []
      : [
          `To repair, not to redirect: ${countOf(refusedPages, "page")} that refuse${refusedPages === 1 ? "s" : ""} ` +
            `crawlers (401, 403, 429 …) and ${formatCount(troublePages)} in trouble (5xx).`,
        ]),
    ...[...leftOut].map(([reason, left]) => `Left out: ${formatCount(left)} x ${reason}.`),
  ];
}
