import { formatCount } from "../../text.ts";
import type { Fold } from "../fold.ts";
import { countShare, describeCount, describeShare, exceeds, MOST, type Share } from "./breakdown.ts";
import { type Finding, type List, pickFolds, toFinding } from "./finding.ts";

/** Pages whose links mostly ask search engines not to follow them. */
export function findNofollow(list: List): Finding | null {
  return toFinding(
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
