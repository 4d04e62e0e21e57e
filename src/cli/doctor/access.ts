import type { Probe } from "../../upstream/probe.ts";
import type { Check } from "./check.ts";
import { type Examination, isOpen } from "./examination.ts";
import { type Finding, fail, note, ok, skip } from "./finding.ts";

/** Whether the gateway takes the key, by its free question for the balance. */
export const access: Check = {
  name: "access",
  look: async (examination) => {
    const blocked = await findBlock(examination);
    if (blocked !== undefined) return [skip(blocked)];
    const { probe, askedAt, answeredAt } = await examination.probe();
    return [judge(probe, answeredAt - askedAt)];
  },
};

/** @returns why the gateway is not to be asked anything; undefined where it may */
export async function findBlock({ isLive, path, settings }: Examination): Promise<string | undefined> {
  // What a bad one was meant to say is not known: the key could go where it should not, or ask under other caps.
  if (settings.problems.length > 0) return "the key is not sent before the settings are right";
  if (!isLive) return "there is no key that could be used";
  return isOpen(await path()) ? undefined : "the key is not sent before the lines above are fine";
}

function judge(probe: Probe, tookMs: number): Finding {
  if (!probe.reached) {
    return fail(
      "unavailable",
      `the gateway gives no answer (${probe.reason})`,
      "Try again in a minute; if it lasts, ask the gateway's support, or whoever runs the proxy.",
    );
  }
  const how = `HTTP ${probe.status}, ${tookMs} ms`;
  switch (probe.key) {
    case "accepted":
      return ok(`the gateway takes the key (${how})`);
    case "refused":
      return fail(
        "refused",
        `the gateway refuses the key (${how})`,
        "Copy the key anew from your AIsa account into AISA_API_KEY; it may have been revoked.",
      );
    case "unclear":
      return note(
        `the free question for the balance does not settle whether the key is taken (${how})`,
        "See what the quote below says; if there is none, the first real call tells.",
      );
  }
}
