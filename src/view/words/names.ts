import type { State, StateFilter } from "../state/page-state.ts";

/** `/ (top-level pages)`: the pages directly under the root of a host, and not its home page alone. */
export const nameSection = (section: string): string =>
  section.endsWith("/") ? `${section} (top-level pages)` : section;

export const STATE_NAMES: Readonly<Record<State | StateFilter, string>> = {
  live: "Live",
  redirect: "Redirect",
  dead: "Dead",
  gone: "Gone",
  refused: "Refused",
  trouble: "Trouble",
  unknown: "Unknown",
};
