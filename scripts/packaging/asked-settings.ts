import { z } from "zod";
import type { AskedFor } from "../../src/config/schema.ts";
import { ConfigSchema, SETTINGS, type Setting } from "../../src/config/schema.ts";
import { spellDefault } from "../setting-default.ts";

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
