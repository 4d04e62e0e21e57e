import type { Fold } from "../fold.ts";
import { type Finding, type List, pickFolds, toFinding } from "./finding.ts";

/**
 * The vendor calls an average of 61 to 100 high (31 to 60 medium).
 * @see dataforseo.com/help-center, "What is Spam Score", as quoted by seogyan.in/what-is-spam-score
 */
const HIGH = 60;

/** Pages whose links come from spam on average. */
export function findSpam(list: List): Finding | null {
  return toFinding(
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
