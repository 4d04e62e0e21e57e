import type { GatewayReply, GatewayRequest } from "../exchange.ts";
import type { Answered, Gateway, Meddling } from "../gateway.ts";
import type { Fault, FaultSettings, Occasion, Send } from "./fault.ts";
import { failTask } from "./provider.ts";
import { NO_SETTINGS, type RequestedFault } from "./requested-fault.ts";
import { sendWhole } from "./send.ts";

/** A reply, how it is to be sent, and with which settings. */
export interface Dispatch {
  reply: GatewayReply;
  send: Send;
  settings: FaultSettings;
}

const NO_REPLY: GatewayReply = { status: 502, headers: {}, body: "" };

/** As it should be. */
export const plainly = (reply: GatewayReply): Dispatch => ({ reply, send: sendWhole, settings: NO_SETTINGS });

/** What a data provider that is down would have said, for faults whose reply hides it. */
const PROVIDER_DOWN = failTask(50000, "Internal Error.");

/** Has the gateway answer a call while a fault plays into it. */
export function answerWithFault(
  gateway: Gateway,
  request: GatewayRequest,
  { fault, settings }: RequestedFault,
  now: number,
): Dispatch {
  const occasion: Occasion = { request, settings, now };
  const { outcome, reply } = gateway(fault.mistake?.(request) ?? request, toMeddling(fault, occasion));
  const isHit = fault.fate === "refused" || outcome !== "refused";
  if (!isHit) return plainly(reply);
  return { reply: toReply(fault, { outcome, reply }, occasion), send: fault.send ?? sendWhole, settings };
}

function toMeddling(fault: Fault, occasion: Occasion): Meddling {
  if (fault.fate === "refused") return { refuseWith: fault.reply?.(NO_REPLY, occasion) ?? NO_REPLY };
  return { ...(fault.fate === "failed" && { answerBody: PROVIDER_DOWN }), ...fault.call };
}

/** A refused call already has the fault's reply: the gateway passed it on. */
function toReply(fault: Fault, { outcome, reply }: Answered, occasion: Occasion): GatewayReply {
  return outcome === "refused" ? reply : (fault.reply?.(reply, occasion) ?? reply);
}
