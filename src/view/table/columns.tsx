import type { ComponentChildren } from "preact";
import type { SortKey } from "../state/choose-rows.ts";
import type { PlacedRow } from "../state/placed-rows.ts";
import { stateOf } from "../state/placed-rows.ts";
import { ThirdParty } from "../words/third-party.tsx";
import { nameSection, toShownUrl, UNKNOWN, type Words } from "../words/words.ts";

export interface Column {
  key: SortKey;
  title: string;
  /** Pixels; the first one takes what is left as well. */
  width: number;
  isFigure: boolean;
  /** Whether a row has something for it: a column that none fills is left out. */
  isFilled: (row: PlacedRow) => boolean;
  show: (row: PlacedRow, words: Words, target: string) => ComponentChildren;
}

const always = () => true;

export const COLUMNS: readonly Column[] = [
  {
    key: "url",
    title: "Page",
    width: 240,
    isFigure: false,
    isFilled: always,
    show: (row, _words, target) => <PageCell row={row} target={target} />,
  },
  // By what findings and the conversation call it.
  figure("id", "Id", 62, always, ({ handle }) => handle),
  {
    key: "status",
    title: "Status",
    width: 74,
    isFigure: false,
    isFilled: ({ status }) => status !== null,
    show: (row) => <span class={`state ${stateOf(row)}`}>{row.status ?? UNKNOWN}</span>,
  },
  figure(
    "rank",
    "Rank",
    62,
    ({ rank }) => rank !== null,
    ({ rank }, words) => words.count(rank),
  ),
  figure(
    "backlinks",
    "Backlinks",
    92,
    ({ backlinks }) => backlinks !== null,
    ({ backlinks, backlinksAtLeast }, words) => `${words.count(backlinks)}${backlinksAtLeast ? "+" : ""}`,
  ),
  figure(
    "domains",
    "Domains",
    88,
    ({ domains }) => domains !== null,
    ({ domains }, words) => words.range(domains),
  ),
  figure(
    "nofollow",
    "Nofollow",
    88,
    ({ nofollow }) => nofollow !== null,
    ({ nofollow }, words) => words.share(nofollow),
  ),
  figure(
    "spam",
    "Spam",
    66,
    ({ spam }) => spam !== null,
    ({ spam }, words) => words.range(spam),
  ),
  figure(
    "firstSeen",
    "First seen",
    106,
    ({ firstSeen }) => firstSeen !== null,
    ({ firstSeen }, words) => words.date(firstSeen),
  ),
  figure(
    "lost",
    "Lost",
    106,
    ({ lost }) => lost !== null,
    ({ lost }, words) => words.date(lost),
  ),
  {
    key: "section",
    title: "Section",
    width: 130,
    isFigure: false,
    isFilled: ({ section }) => section !== null,
    show: ({ section }) => (section === null ? UNKNOWN : <ThirdParty text={nameSection(section)} />),
  },
  figure(
    "variants",
    "Variants",
    86,
    ({ variantsInAll }) => variantsInAll > 0,
    ({ variantsInAll }, words) => (variantsInAll === 0 ? "" : `+${words.count(variantsInAll)}`),
  ),
];

function figure(
  key: SortKey,
  title: string,
  width: number,
  isFilled: Column["isFilled"],
  show: (row: PlacedRow, words: Words) => string,
): Column {
  return { key, title, width, isFigure: true, isFilled, show };
}

/** The address, and below it the title or where it redirects to. */
function PageCell({ row, target }: { row: PlacedRow; target: string }) {
  const more = row.location === null ? row.title : `→ ${toShownUrl(row.location, target)}`;
  return (
    <>
      <ThirdParty class="url" text={row.url === "" ? "(no URL)" : toShownUrl(row.url, target)} />
      {more !== null && <ThirdParty class="title" text={more} />}
    </>
  );
}
