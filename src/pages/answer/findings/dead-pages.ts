import type { Fold } from "../fold.ts";
import { isDead, isLive } from "../page-status.ts";
import { describeLinks, type Finding, type List, pickFolds, toFinding } from "./finding.ts";
import { createSuggest } from "./similar-page.ts";

/** Links that can be won back: whoever follows them meets an error. A live page much alike is suggested as target. */
export function findDeadPages(list: List): Finding | null {
  const suggest = createSuggest(list.folds.filter(({ main }) => isLive(main)).map(({ main }) => main));
  const says = (fold: Fold): string => {
    const like = suggest(fold.main);
    const links = describeLinks(fold);
    return like === null ? links : `${links}, like ${like.handle} (${like.score.toFixed(2)}, suggestion)`;
  };
  return toFinding(
    "dead pages with links (http >= 400)",
    pickFolds(list.folds, list.target, (fold) => (isDead(fold.main) ? () => says(fold) : null)),
  );
}
