import { ALL_SETTINGS, HttpConfigSchema } from "../../src/config/http-settings.ts";
import { SETTINGS, type Setting } from "../../src/config/schema.ts";
import { toMarkdownTable } from "./markdown.ts";

/** How values are typed that are something else inside. */
const SPELT: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [null, "off"],
  [true, "on"],
  [false, "off"],
]);

/** Those that every command has. */
export const settingsTable = (): string => toTable(SETTINGS);

/** Those that only `http` and `token` read. */
export function httpSettingsTable(): string {
  const common = new Set(SETTINGS.map(({ key }) => key));
  return toTable(ALL_SETTINGS.filter(({ key }) => !common.has(key)));
}

function toTable(settings: readonly Setting[]): string {
  const defaults: Record<string, unknown> = HttpConfigSchema.parse({});
  const rows = settings.map(({ key, facts, flag }) => {
    const names = facts.env.map((name) => `\`${name}\``).join(", ");
    const value = defaults[key];
    const shown = value === undefined || String(value) === "" ? "–" : `\`${SPELT.get(value) ?? value}\``;
    return [names, flag === undefined ? "–" : `\`--${flag}\``, shown, facts.says];
  });
  return toMarkdownTable(["Variable", "Flag", "Default", "What it does"], rows);
}
