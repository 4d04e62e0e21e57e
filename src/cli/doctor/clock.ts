import { formatAge } from "../../pages/text.ts";
import { findBlock } from "./access.ts";
import type { Check } from "./check.ts";
import type { Probed } from "./examination.ts";
import { type Finding, note, ok, skip } from "./finding.ts";

/** More than any clock that is set by the network is off. */
const TOLERATED_MS = 5 * 60_000;

/** The gateway tells whole seconds. */
const RESOLUTION_MS = 1000;

/** Whether this machine's clock agrees with the gateway's. */
export const clock: Check = {
  name: "clock",
  look: async (examination) => {
    const blocked = await findBlock(examination);
    return [blocked === undefined ? judge(await examination.probe()) : skip("nobody was asked for the time")];
  },
};

function judge({ probe, askedAt, answeredAt }: Probed): Finding {
  if (!probe.reached || probe.gatewayTime === undefined) return skip("the gateway does not tell the time");
  const time = probe.gatewayTime;
  const aheadMs = Math.max(0, askedAt - (time + RESOLUTION_MS));
  const behindMs = Math.max(0, time - answeredAt);
  const offMs = Math.max(aheadMs, behindMs);
  if (offMs === 0) return ok("agrees with the gateway's to the second");
  const says = `this machine's is ${formatAge(offMs)} ${aheadMs > 0 ? "ahead of" : "behind"} the gateway's`;
  if (offMs <= TOLERATED_MS) return ok(says);
  return note(
    says,
    "Have it set by the network (NTP). Until then the budget's day turns at the wrong time, kept answers seem older or newer than they are, and access tokens may be refused.",
  );
}
