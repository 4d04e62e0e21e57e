import type { State, StateFilter } from "../state/page-state.ts";

export const STATE_NAMES: Readonly<Record<State | StateFilter, string>> = {
  live: "Live",
  redirect: "Redirect",
  dead: "Dead",
  gone: "Gone",
  refused: "Refused",
  trouble: "Trouble",
  unknown: "Unknown",
};
