import type { Fold } from "../fold.ts";
import { countKeys, countShare, describeCount, describeShare, MOST, type Share } from "./breakdown.ts";
import { type Finding, type List, pickFolds, toFinding } from "./finding.ts";

/** The places of a page that repeat on every page of a site. */
const BOILERPLATE = ["footer", "nav", "header", "aside"] as const;

/** Links outside the text: they come with a template, and count for less than what an author wrote. */
export function findBoilerplateLinks(list: List): Finding | null {
  return toFinding(
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
