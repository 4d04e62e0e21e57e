import { AppError } from "../../errors.ts";
import { closestNames } from "../../pages/filters/field-names.ts";
import { type Fault, type FaultSettings, SETTING_LIMITS, type SettingName } from "./fault.ts";
import { FAULTS } from "./table.ts";

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
  const [nearest = ""] = closestNames(name, Object.keys(FAULTS), 1);
  return refusal(`unknown fault ${JSON.stringify(name.slice(0, 40))}; did you mean "${nearest}"?`);
}

const refusal = (sentence: string): AppError =>
  new AppError("input", sentence, { advice: "GET /sandbox/faults lists all of them." });
