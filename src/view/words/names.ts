import type { State } from "../state/page-state.ts";

export const STATE_NAMES: Readonly<Record<State, string>> = {
  live: "Live",
  redirect: "Redirect",
  broken: "Broken",
  unknown: "Unknown",
};
