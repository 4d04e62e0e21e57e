import { AppError } from "../../errors.ts";
import { nearestName } from "../../lists/arguments.ts";
import type { GatewayReply, GatewayRequest } from "../exchange.ts";
import type { Answered, Gateway, Meddling } from "../gateway.ts";
import { BODY_FAULTS } from "./body-faults.ts";
import { CONNECTION_FAULTS } from "./connection-faults.ts";
import {
  type Fault,
  type FaultSettings,
  type FaultTable,
  type Occasion,
  SETTING_LIMITS,
  type Send,
  type SettingName,
  sendWhole,
} from "./fault.ts";
import { GATEWAY_FAULTS } from "./gateway-faults.ts";
import { MONEY_FAULTS } from "./money-faults.ts";
import { failTask, PROVIDER_FAULTS } from "./provider-faults.ts";

/** Every fault that can be asked for, by its name. */
export const FAULTS: FaultTable = {
  none: { says: "No fault: lets one call of a queue through.", fate: "carried_out", billed: true },
  ...CONNECTION_FAULTS,
  ...BODY_FAULTS,
  ...MONEY_FAULTS,
  ...PROVIDER_FAULTS,
  ...GATEWAY_FAULTS,
};

/** How a fault is asked for: by name, by name with settings (`"stall;ms=500"`), or as an object. */
export type FaultRequest = string | ({ name: string } & { [Name in SettingName]?: number });

/** A fault that is known to exist, with every setting filled in. */
export interface RequestedFault {
  name: string;
  fault: Fault;
  settings: FaultSettings;
}

export const NO_SETTINGS: FaultSettings = { ms: 0, seconds: 0, pieces: 0, mb: 0 };

/**
 * @param written a `FaultRequest`, from anywhere
 * @throws {AppError} `input` for an unknown name (naming the nearest), or a setting that the fault does not take
 */
export function parseFaultRequest(written: unknown): RequestedFault {
  const { name, ...settings } = typeof written === "string" ? parseText(written) : toRecord(written);
  const fault = typeof name === "string" && Object.hasOwn(FAULTS, name) ? FAULTS[name] : undefined;
  if (typeof name !== "string" || fault === undefined) throw unknownFault(name);
  for (const [key, value] of Object.entries(settings)) checkSetting(name, fault, key, value);
  return { name, fault, settings: { ...NO_SETTINGS, ...fault.settings, ...settings } };
}

function parseText(text: string): Record<string, unknown> {
  const [name = "", ...settings] = text.split(";").map((part) => part.trim());
  const pairs = settings.map((part) => {
    const [key = "", value = ""] = part.split("=", 2);
    return [key.trim(), value.trim() === "" ? Number.NaN : Number(value)];
  });
  return { ...Object.fromEntries(pairs), name };
}

function toRecord(written: unknown): Record<string, unknown> {
  return typeof written === "object" && written !== null ? { ...written } : {};
}

function checkSetting(name: string, { settings = {} }: Fault, key: string, value: unknown): void {
  const takes = Object.keys(settings);
  if (!takes.includes(key)) {
    const known = takes.length === 0 ? "no settings" : takes.join(" and ");
    throw refusal(`${name} takes ${known}, not ${JSON.stringify(key.slice(0, 40))}.`);
  }
  const limit = SETTING_LIMITS[key as SettingName];
  if (typeof value !== "number" || !(value >= 0 && value <= limit)) {
    throw refusal(`${key} of ${name} takes a number from 0 to ${limit}.`);
  }
}

function unknownFault(name: unknown): AppError {
  if (typeof name !== "string" || name === "") return refusal("a fault is asked for by its name.");
  const near = nearestName(name, Object.keys(FAULTS));
  const guess = near === undefined ? "." : `; did you mean "${near}"?`;
  return refusal(`unknown fault ${JSON.stringify(name.slice(0, 40))}${guess}`);
}

const refusal = (sentence: string): AppError =>
  new AppError("input", sentence, { advice: "GET /sandbox/faults lists all of them." });

/** Faults waiting for the paid calls to come, first in first out. */
export interface FaultQueue {
  /**
   * Puts all of them at the end, or none.
   * @throws {AppError} `input` as `parseFaultRequest` does
   */
  add(...faults: readonly FaultRequest[]): void;
  clear(): void;
  next(): RequestedFault | undefined;
  /** Names of those that wait, the next one first. */
  waiting(): string[];
}

export function createFaultQueue(): FaultQueue {
  let queue: RequestedFault[] = [];
  return {
    add(...faults) {
      queue.push(...faults.map(parseFaultRequest));
    },
    clear() {
      queue = [];
    },
    next: () => queue.shift(),
    waiting: () => queue.map(({ name }) => name),
  };
}

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
