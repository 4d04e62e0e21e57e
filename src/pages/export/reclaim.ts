import { type Fold, foldPages } from "../answer/fold.ts";
import { isDead } from "../answer/page-status.ts";
import { identifyUrl } from "../answer/url-identity.ts";
import type { Page } from "../snapshot/page.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { createChooseTarget } from "./reclaim-target.ts";
import { findChains } from "./redirect-chain.ts";

/** One address whose links are lost on the way, and where they could lead. */
export interface Reclaim {
  /** The URL variant that holds the links. */
  page: Page;
  /** `dead`: visitors end on an error; `chain`: they take more than one redirect to arrive. */
  kind: "dead" | "chain";
  /** What it counts as: several variants of one dead page share its handle. */
  of: string;
  /** What visitors of a dead page get in the end; null for a chain. */
  deadStatus: number | null;
  /** Where to send visitors; null when there is no such place. */
  to: { url: string; handle: string | null } | null;
  /** Why there, or why nowhere: our words. */
  why: string;
  /** How alike the two addresses are, 0 to 1; null where likeness was not what chose the target. */
  score: number | null;
}

export interface ReclaimList {
  /** Most backlinks first. */
  reclaims: Reclaim[];
  /** Dead pages with links, URL variants counted once: as in the finding of an answer. */
  deadPages: number;
  /** Redirect chains with links. */
  chains: number;
}

/** The links of a snapshot that can be won back by a redirect. Pages without known links are passed over. */
export function listReclaims({ pages, request }: Snapshot): ReclaimList {
  const folds = foldPages(pages);
  const deadFolds = folds.filter(({ main, backlinks }) => isDead(main) && (backlinks ?? 0) > 0);
  const choose = createChooseTarget(folds, request.target);
  const dead = deadFolds.flatMap((fold) => toDeadReclaims(fold, choose));
  const isDeadEnd = new Set(deadFolds.flatMap(({ members }) => members));
  const byKey = toMainPages(folds);
  const chains = findChains(pages)
    .filter(({ page }) => hasLinks(page) && !isDeadEnd.has(page))
    .map(({ page, end }): Reclaim => {
      const common = { page, kind: "chain", of: page.handle, deadStatus: null, score: null } as const;
      if (end === null) return { ...common, to: null, why: "redirects without an end" };
      const handle = byKey.get(identifyUrl(end)?.key ?? "")?.handle ?? null;
      return { ...common, to: { url: end, handle }, why: "end of its redirect chain" };
    });
  const reclaims = [...dead, ...chains].sort((a, b) => (b.page.backlinks ?? 0) - (a.page.backlinks ?? 0));
  return { reclaims, deadPages: deadFolds.length, chains: chains.length };
}

const hasLinks = ({ backlinks }: Page): boolean => (backlinks ?? 0) > 0;

/** One for each variant that holds links, redirects into the dead page among them. */
function toDeadReclaims(fold: Fold, choose: ReturnType<typeof createChooseTarget>): Reclaim[] {
  const target = choose(fold);
  const found =
    target === null
      ? { to: null, why: "no live page to point to", score: null }
      : { to: { url: target.url, handle: target.handle }, why: target.why, score: target.score };
  return fold.members.filter(hasLinks).map((page) => ({
    page,
    kind: "dead",
    of: fold.main.handle,
    deadStatus: isDead(page) ? page.status : fold.main.status,
    ...found,
  }));
}

function toMainPages(folds: readonly Fold[]): ReadonlyMap<string, Page> {
  return new Map(
    folds.flatMap(({ main, identity }) => (identity === undefined ? [] : [[identity.key, main] as const])),
  );
}
