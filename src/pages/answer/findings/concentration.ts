import { formatCount } from "../../text.ts";
import type { Fold } from "../fold.ts";
import { MOST } from "./breakdown.ts";
import { type Finding, type List, pickFolds, toFinding } from "./finding.ts";
import { countBoilerplate } from "./link-places.ts";

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
  return toFinding(`few domains, many links (> ${MANY_PER_DOMAIN} per domain${sitewide})`, candidates);
}

/** Rounded down to a tenth; null when the domains are unknown or nothing bounds them from above. */
function leastPerDomain({ backlinks, referringDomains }: Fold): number | null {
  const domains = referringDomains?.high ?? 0;
  return backlinks === null || domains <= 0 ? null : Math.floor((10 * backlinks) / domains) / 10;
}

const isExact = ({ backlinksAtLeast, referringDomains }: Fold): boolean =>
  !backlinksAtLeast && referringDomains !== null && referringDomains.low === referringDomains.high;
