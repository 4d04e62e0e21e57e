import type { PageState } from "./page-state.ts";

/**
 * `status`: it answers otherwise than before. `changed`: other links, domains or rank. `new` and `lost` are told;
 * `only before` and `only after` may be in the other list's unseen part.
 */
export const CHANGE_KINDS = ["status", "new", "lost", "changed", "only before", "only after"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** One line of what changed; a side is null where the page is not in that list. */
export interface PageChange {
  kind: ChangeKind;
  before: PageState | null;
  after: PageState | null;
  /** Backlinks at stake: of a change of status all that the page has or had, else the difference. */
  stake: number;
}

/** Whether anything changed is not known. */
export const isUntold = ({ kind }: PageChange): boolean => kind === "only before" || kind === "only after";
