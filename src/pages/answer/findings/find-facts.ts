import type { Fold } from "../fold.ts";
import { findCanonicalElsewhere } from "./canonical.ts";
import { findConcentration } from "./concentration.ts";
import { findDeadPages } from "./dead-pages.ts";
import { findFading, findLost } from "./fading.ts";
import { type Finding, type Rule, toList } from "./finding.ts";
import { findNofollow, findUgcAndSponsored } from "./link-attributes.ts";
import { findBoilerplateLinks } from "./link-places.ts";
import { findRedirectChains, findRedirectLinks, findRedirects } from "./redirects.ts";
import { findCountrySkew, findTldSkew } from "./skew.ts";
import { findSpam } from "./spam.ts";
import { findThinPages } from "./thin-pages.ts";

/** What can be won back, then what links are worth: the order between findings of equal weight. */
const RULES: readonly Rule[] = [
  findDeadPages,
  findLost,
  findRedirectChains,
  findRedirects,
  findConcentration,
  findSpam,
  findRedirectLinks,
  findNofollow,
  findUgcAndSponsored,
  findBoilerplateLinks,
  findTldSkew,
  findCountrySkew,
];

/** Nothing is lost where these fire; they come after all that links are really at stake in. */
const HINTS: readonly Rule[] = [findThinPages, findCanonicalElsewhere, findFading];

/** What the snapshot shows to act on, most backlinks at stake first, hints last; empty when there is nothing. */
export function findFacts(folds: readonly Fold[], target: string): Finding[] {
  const list = toList(folds, target);
  const find = (rules: readonly Rule[]) =>
    rules.flatMap((rule) => rule(list) ?? []).sort((a, b) => b.backlinks - a.backlinks);
  return [...find(RULES), ...find(HINTS)];
}
