import type { Fold } from "../fold.ts";
import { toDisplayUrl } from "../table.ts";
import { identifyUrl } from "../url-identity.ts";
import { describeLinks, type Finding, type List, pickFolds, quoteUrl, toFinding } from "./finding.ts";

/** Pages that name another one as the real one. A hint of their own, which search engines may not take. */
export function findCanonicalElsewhere(list: List): Finding | null {
  return toFinding(
    "canonical elsewhere (meta.canonical names another page; a hint, not folded)",
    pickFolds(list.folds, list.target, (fold) => {
      const canonical = fold.canonicalElsewhere;
      return canonical === null ? null : () => `${describeLinks(fold)}, to ${nameOf(canonical, fold, list)}`;
    }),
  );
}

/** The handle of the row that it is, if it was fetched under this very URL. */
function nameOf(canonical: string, { identity: page }: Fold, { folds, target }: List): string {
  const fetched = folds.find(({ members }) => members.some(({ url }) => url === canonical));
  if (fetched !== undefined) return fetched.main.handle;
  const identity = identifyUrl(canonical, page);
  return quoteUrl(
    toDisplayUrl(identity === undefined ? canonical : `https://${identity.host}${identity.path}`, target),
  );
}
