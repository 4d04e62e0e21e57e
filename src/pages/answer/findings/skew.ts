import type { Page } from "../../snapshot/page.ts";
import type { Fold } from "../fold.ts";
import {
  type BreakdownName,
  countKeys,
  describeShare,
  exceeds,
  MOST,
  readBreakdown,
  type Share,
  toCount,
} from "./breakdown.ts";
import { type Finding, type List, pickFolds, sumReferringPages, toFinding } from "./finding.ts";

interface Kind {
  breakdown: BreakdownName;
  /** The rule before its brackets. */
  says: string;
  /** Whether a key is what it claims to be: keys are third-party text, and go into the answer as they are. */
  isKey: (key: string) => boolean;
  print: (key: string) => string;
}

/** Also `co.in` and `github.io`, which the upstream counts as one; none is longer than 40 characters. */
const TLD_FORM = /^(?=.{2,40}$)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i;

const TLD: Kind = {
  breakdown: "referring_links_tld",
  says: "one TLD but com links most",
  // Close to half of all web sites are under .com: a majority there is the normal case.
  isKey: (key) => key !== "com" && TLD_FORM.test(key),
  print: (key) => `.${key}`,
};

const COUNTRY: Kind = {
  breakdown: "referring_links_countries",
  says: "one country links most",
  // "WW" is the upstream's word for no country in particular, "" for an unknown one.
  isKey: (key) => key !== "WW" && /^[A-Z]{2}$/.test(key),
  print: (key) => key,
};

/** Pages whose links mostly come from one top-level domain. */
export const findTldSkew = (list: List): Finding | null => findSkew(list, TLD);

/** Pages whose links mostly come from one country. */
export const findCountrySkew = (list: List): Finding | null => findSkew(list, COUNTRY);

/** Pages led by one key; the rule says so where that key leads the whole list, be it by many small pages alone. */
function findSkew(list: List, kind: Kind): Finding | null {
  const leaders = findLeaders(list, kind);
  const whole = findWholeLeader(list.folds, leaders, kind);
  const inAll = whole === undefined ? "" : describeLeader(kind, whole);
  const pick = (isMeant: (leader: Leader) => boolean) =>
    pickFolds(list.folds, list.target, (fold) => {
      const leader = leaders.get(fold);
      return leader !== undefined && isMeant(leader) ? () => describeLeader(kind, leader) : null;
    });
  const large = pick(({ share }) => exceeds(share, MOST));
  if (large.length > 0) {
    const most = `> ${MOST * 100}%`;
    return toFinding(`${kind.says} (${most}${inAll === "" ? "" : `; whole list: ${inAll}`})`, large);
  }
  const small = pick(({ key }) => key === whole?.key);
  return toFinding(`${kind.says} (> ${MOST * 100}% of the whole list: ${inAll})`, small);
}

interface Leader {
  key: string;
  share: Share;
}

/**
 * What leads the list leads one of its pages. Where small pages weigh less than large ones, they are not even looked
 * at: they would have to agree against all of the large ones.
 */
function findLeaders({ folds, large }: List, kind: Kind): Map<Fold, Leader> {
  const leaders = new Map<Fold, Leader>();
  for (const fold of sumPages(folds) > 2 * sumPages(large) ? folds : large) {
    const leader = findLeader(fold, kind);
    if (leader !== undefined) leaders.set(fold, leader);
  }
  return leaders;
}

const sumPages = (folds: readonly Fold[]): number => folds.reduce((sum, fold) => sum + sumReferringPages(fold), 0);

function findLeader({ members }: Fold, kind: Kind): Leader | undefined {
  for (const page of members) {
    // What holds most of the variants together holds most of one of them.
    const key = findMajority(page, kind);
    const share = key === undefined ? null : countKeys(members, kind.breakdown, [key]);
    if (key !== undefined && share !== null && share.count > MOST * share.of) return { key, share };
  }
  return undefined;
}

function findWholeLeader(
  folds: readonly Fold[],
  leaders: ReadonlyMap<Fold, Leader>,
  { breakdown }: Kind,
): Leader | undefined {
  if (leaders.size === 0) return undefined;
  const pages: Page[] = [];
  for (const { members } of folds) for (const page of members) pages.push(page);
  for (const key of new Set([...leaders.values()].map((leader) => leader.key))) {
    const share = countKeys(pages, breakdown, [key]);
    if (share !== null && exceeds(share, MOST)) return { key, share };
  }
  return undefined;
}

/** The one key that more than half of the page's referring pages stand under, if it is one. */
function findMajority(page: Page, { breakdown, isKey }: Kind): string | undefined {
  const told = readBreakdown(page, breakdown);
  if (told === null) return undefined;
  let rest = told.of;
  for (const key in told.map) {
    const count = toCount(told.map[key]) ?? 0;
    if (count > MOST * told.of && isKey(key)) return key;
    rest -= count;
    // The keys part the referring pages: what is left is no majority. Maps are sorted, so this comes soon.
    if (rest <= MOST * told.of) return undefined;
  }
  return undefined;
}

const describeLeader = ({ print }: Kind, { key, share }: Leader): string => `${print(key)} ${describeShare(share)}`;
