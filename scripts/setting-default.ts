import { HttpConfigSchema } from "../src/config/http-settings.ts";

/** How values are typed that are something else inside. */
const SPELT: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [null, "off"],
  [true, "on"],
  [false, "off"],
]);

const DEFAULTS: Readonly<Record<string, unknown>> = HttpConfigSchema.parse({});

/** @returns the default of a setting as it would be typed; undefined where leaving it out is the default */
export function spellDefault(key: string): string | undefined {
  const value = DEFAULTS[key];
  return value === undefined || String(value) === "" ? undefined : (SPELT.get(value) ?? String(value));
}
