import { z } from "zod";
import { type HttpConfig, HttpConfigSchema } from "../../src/config/http-settings.ts";
import type { AskedFor } from "../../src/config/registry.ts";
import { ConfigSchema, SETTINGS, type Setting } from "../../src/config/schema.ts";

/** A setting that hosts ask their users for. */
export interface AskedSetting extends Setting {
  asked: AskedFor;
  /** Environment variable that takes the answer. */
  variable: string;
  /** As it would be typed; undefined where leaving it out is the default. */
  defaultText: string | undefined;
  /** Where only a few values are allowed. */
  choices: string[] | undefined;
}

/** How values are typed that are something else inside. */
const SPELT: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [null, "off"],
  [true, "on"],
  [false, "off"],
]);

/** @returns the default of a setting as it would be typed; undefined where there is none */
export function spellDefault(key: string): string | undefined {
  const value = HttpConfigSchema.parse({})[key as keyof HttpConfig] as unknown;
  return value === undefined || String(value) === "" ? undefined : (SPELT.get(value) ?? String(value));
}

function readChoices(key: string): string[] | undefined {
  const schema = ConfigSchema.shape[key as keyof typeof ConfigSchema.shape];
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }).enum as string[] | undefined;
}

/** In the order of the table of settings. */
export const ASKED_SETTINGS: readonly AskedSetting[] = SETTINGS.flatMap((setting) => {
  const { asked, env } = setting.facts;
  if (asked === undefined) return [];
  const { key } = setting;
  return [{ ...setting, asked, variable: env[0], defaultText: spellDefault(key), choices: readChoices(key) }];
});
