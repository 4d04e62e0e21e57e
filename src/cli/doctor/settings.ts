import type { Check } from "./check.ts";
import { fail, note, ok } from "./finding.ts";

/** Whether the settings could be read, and what counts as unset. */
export const settings: Check = {
  name: "settings",
  look: async ({ settings: { problems, ignored }, config, isLive }) => {
    const source = isLive ? `answers come from the gateway at ${config.baseUrl}` : "answers come from the sandbox";
    return [
      ...problems.map((problem) =>
        fail("usage", problem, "Correct it: no other command starts before that. What follows leaves it out."),
      ),
      ...(problems.length === 0 ? [ok(`read; ${source}`)] : []),
      ...ignored.map((what) => note(what)),
    ];
  },
};
