import { formatCount } from "../../lists/text.ts";
import type { Fold } from "../answer/fold.ts";
import { type Finding, type List, pickFolds, toFinding } from "./finding.ts";
import { countKeys, countShare, describeCount, describeShare, exceeds, MOST, type Share } from "./skew.ts";

/** Where an editor links by hand, 20 links to one page are more than a domain has reason for; templates give hundreds. */
const MANY_PER_DOMAIN = 20;

/** Many links that are few votes. Where they mostly stand in boilerplate, they are one template's: sitewide. */
export function findConcentration(list: List): Finding | null {
  let anySitewide = false;
  const candidates = pickFolds(list.folds, list.target, (fold) => {
    const perDomain = leastPerDomain(fold);
    if (perDomain === null || perDomain <= MANY_PER_DOMAIN) return null;
    const isSitewide = countBoilerplate(fold) !== null;
    anySitewide ||= isSitewide;
    return () => `${formatCount(perDomain)}${isExact(fold) ? "" : "+"} per domain${isSitewide ? ", sitewide" : ""}`;
  });
  const sitewide = anySitewide ? `; sitewide: > ${MOST * 100}% in footer, nav, header or aside` : "";
  return toFinding("few domains", `few domains, many links (> ${MANY_PER_DOMAIN} per domain${sitewide})`, candidates);
}

/** Rounded down to a tenth; null when the domains are unknown or nothing bounds them from above. */
function leastPerDomain({ backlinks, referringDomains }: Fold): number | null {
  const domains = referringDomains?.high ?? 0;
  return backlinks === null || domains <= 0 ? null : Math.floor((10 * backlinks) / domains) / 10;
}

const isExact = ({ backlinksAtLeast, referringDomains }: Fold): boolean =>
  !backlinksAtLeast && referringDomains !== null && referringDomains.low === referringDomains.high;

/** Pages whose links mostly ask search engines not to follow them. */
export function findNofollow(list: List): Finding | null {
  return toFinding(
    "nofollow",
    `mostly nofollow (> ${MOST * 100}%)`,
    pickFolds(list.large, list.target, (fold) => {
      const share = countNofollow(fold);
      return share !== null && exceeds(share, MOST) ? () => describeShare(share) : null;
    }),
  );
}

/** Over the variants that tell both figures, as the column `nofollow%`. */
function countNofollow({ members }: Fold): Share | null {
  let count = 0;
  let of = 0;
  for (const { referringPages, referringPagesNofollow } of members) {
    if (referringPages === null || referringPagesNofollow === null) continue;
    of += referringPages;
    count += referringPagesNofollow;
  }
  return of <= 0 || count > of ? null : { count, of, counted: null };
}

/** Unpaid editorial links carry neither mark; in the one real list at hand no page is above 2 %. */
const NOTABLE = 0.1;

const MARKS = ["ugc", "sponsored"] as const;

interface Marked {
  mark: (typeof MARKS)[number];
  share: Share;
}

/** Links that their own site calls written by users, or paid for. */
export function findUgcAndSponsored(list: List): Finding | null {
  return toFinding(
    "ugc or sponsored",
    `ugc or sponsored links (> ${NOTABLE * 100}%)`,
    pickFolds(list.large, list.target, (fold) => {
      const shares: Marked[] = [];
      for (const mark of MARKS) {
        const share = countShare(fold, "referring_links_attributes", [mark], NOTABLE);
        if (share !== null) shares.push({ mark, share });
      }
      return shares.length === 0 ? null : () => describeMarks(shares);
    }),
  );
}

/** `ugc 30, sponsored 12 of 200` */
function describeMarks(shares: readonly Marked[]): string {
  const counts = shares.map(({ mark, share }) => `${mark} ${describeCount(share)}`);
  return `${counts.join(", ")} of ${formatCount(shares[0]?.share.of ?? 0)}`;
}

/** The places of a page that repeat on every page of a site. */
const BOILERPLATE = ["footer", "nav", "header", "aside"] as const;

/** Links outside the text: they come with a template, and count for less than what an author wrote. */
export function findBoilerplateLinks(list: List): Finding | null {
  return toFinding(
    "footer or menu links",
    `links mostly in footer, nav, header or aside (> ${MOST * 100}%)`,
    pickFolds(list.large, list.target, (fold) => {
      const share = countBoilerplate(fold);
      return share === null ? null : () => `${describeShare(share)}${describeLargest(fold)}`;
    }),
  );
}

/** Null unless they are most of the links. Links of unknown place count in the whole, never in the part. */
export const countBoilerplate = (fold: Fold): Share | null =>
  countShare(fold, "referring_links_semantic_locations", BOILERPLATE, MOST);

function describeLargest(fold: Fold): string {
  const counts = BOILERPLATE.map((place) => ({
    place,
    share: countKeys(fold.members, "referring_links_semantic_locations", [place]),
  }));
  const largest = counts.reduce((best, each) => ((each.share?.count ?? 0) > (best.share?.count ?? 0) ? each : best));
  const { place, share } = largest;
  return share === null ? "" : `, ${place} ${describeCount(share)}`;
}

/**
 * The vendor calls an average of 61 to 100 high (31 to 60 medium).
 * @see dataforseo.com/help-center, "What is Spam Score", as quoted by seogyan.in/what-is-spam-score
 */
const HIGH = 60;

/** Pages whose links come from spam on average. */
export function findSpam(list: List): Finding | null {
  return toFinding(
    "spam",
    `high spam score (> ${HIGH})`,
    pickFolds(list.folds, list.target, (fold) => {
      const score = meanScore(fold);
      return score !== null && score > HIGH ? () => `spam score ${score}` : null;
    }),
  );
}

/** An average of backlinks over variants is the mean of theirs, weighted by their backlinks; rounded down. */
function meanScore({ members }: Fold): number | null {
  let backlinks = 0;
  let total = 0;
  for (const page of members) {
    if (page.spamScore === null || page.backlinks === null || page.backlinks <= 0) continue;
    backlinks += page.backlinks;
    total += page.spamScore * page.backlinks;
  }
  return backlinks === 0 ? null : Math.floor(total / backlinks);
}
