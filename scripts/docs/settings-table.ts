import { isFormer } from "../../src/config/former-names.ts";
import { ALL_SETTINGS } from "../../src/config/http-settings.ts";
import { SETTINGS, type Setting } from "../../src/config/schema.ts";
import { spellDefault } from "../setting-default.ts";
import { toMarkdownTable } from "./markdown.ts";

/** Those that every command has. */
export const settingsTable = (): string => toTable(SETTINGS);

/** Those that only `http` and `token` read. */
export function httpSettingsTable(): string {
  const common = new Set(SETTINGS.map(({ key }) => key));
  return toTable(ALL_SETTINGS.filter(({ key }) => !common.has(key)));
}

function toTable(settings: readonly Setting[]): string {
  const rows = settings
    .filter((setting) => !isFormer(setting))
    .map(({ key, facts, flag }) => {
      const names = facts.env.map((name) => `\`${name}\``).join(", ");
      const value = spellDefault(key);
      const shown = value === undefined ? "–" : `\`${value}\``;
      return [names, flag === undefined ? "–" : `\`--${flag}\``, shown, facts.says];
    });
  return toMarkdownTable(["Variable", "Flag", "Default", "What it does"], rows);
}
