import type { ViewRow } from "../../pages/view/view-data.ts";

/** What pages are told apart by, in the words of the free tool; `unknown` is what it has no word for. */
export const STATES = ["live", "redirect", "broken", "unknown"] as const;
export type State = (typeof STATES)[number];

export function stateOf({ status }: Pick<ViewRow, "status">): State {
  if (status === null) return "unknown";
  if (status >= 400) return "broken";
  if (status >= 300) return "redirect";
  return status >= 200 ? "live" : "unknown";
}
