import type { ViewRow } from "../../pages/view/view-data.ts";

/** What pages are told apart by, in the words of every answer. */
export const STATES = ["live", "redirect", "gone", "refused", "trouble", "unknown"] as const;
export type State = (typeof STATES)[number];

/** What rows can be narrowed to; the free tool takes the same words. */
export const STATE_FILTERS = ["live", "redirect", "dead", "gone", "refused", "trouble", "unknown"] as const;
export type StateFilter = (typeof STATE_FILTERS)[number];

/** The server's rule, which a test holds this to: nothing of it but the form of its data comes into a browser. */
export function stateOf({ status }: Pick<ViewRow, "status">): State {
  if (status === null || status < 200) return "unknown";
  if (status < 300) return "live";
  if (status < 400) return "redirect";
  if (status === 404 || status === 410) return "gone";
  return status >= 500 && status < 600 ? "trouble" : "refused";
}

/** Dead is whatever fails, for whatever reason. */
export const meets = (state: State, filter: StateFilter): boolean =>
  state === filter || (filter === "dead" && (state === "gone" || state === "refused" || state === "trouble"));
