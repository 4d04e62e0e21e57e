import { ANALYST_PROMPTS } from "../../src/mcp/prompts.ts";
import { REGISTERED } from "../../src/mcp/server.ts";
import { DISPLAY_NAME } from "../../src/version.ts";
import { ASKED_SETTINGS, type AskedSetting } from "./asked-settings.ts";
import { ICON_PNG } from "./icon.ts";
import type { PackageFacts } from "./package-facts.ts";

/** Where the bundle's one code file lies; in a checkout the built entry lies there too, so that both can be installed. */
export const ENTRY_POINT = "dist/main.js";

const LOCALES = `assets/locales/\${locale}.json`;

/** Of the services that data goes to (docs of both, read 2026-11), after our own. */
const SERVICE_POLICIES = ["https://aisa.one/docs/guides/security", "https://dataforseo.com/privacy-policy"];

const LONG_DESCRIPTION = `Lists the pages of a domain with the backlinks they earn, from AIsa's paid DataForSEO endpoint, \
condensed into a small table with findings such as dead pages that still hold links.

- One call answers many questions: what was bought is kept, and filters, groups, records and comparisons are free.
- Nothing is spent by surprise: a price on request, a cap per call, a budget per day, and every answer says what was charged.
- Without an API key it answers from an embedded sandbox with generated data, free of charge. Ask about acme.example.`;

/** What a desktop host reads of the bundle (MCPB manifest 0.3). */
export function toManifest(facts: PackageFacts): Record<string, unknown> {
  return {
    manifest_version: "0.3",
    name: facts.name,
    display_name: DISPLAY_NAME,
    version: facts.version,
    description: facts.description,
    long_description: LONG_DESCRIPTION,
    author: facts.author,
    repository: { type: "git", url: facts.repositoryUrl },
    homepage: facts.homepage,
    documentation: facts.pageUrl("README.md"),
    support: facts.bugs,
    icon: ICON_PNG,
    localization: { resources: LOCALES, default_locale: "en-US" },
    server: {
      type: "node",
      entry_point: ENTRY_POINT,
      mcp_config: {
        command: "node",
        args: [`\${__dirname}/${ENTRY_POINT}`],
        env: Object.fromEntries(
          ASKED_SETTINGS.map(({ variable, asked }) => [variable, `\${user_config.${asked.name}}`]),
        ),
      },
    },
    tools: Object.values(REGISTERED).map(({ declaration: { name, config } }) => ({
      name,
      description: firstSentence(config.description),
    })),
    prompts: ANALYST_PROMPTS.map(({ name, description, domains, text }) => ({
      name,
      description,
      arguments: Object.keys(domains),
      text: text(Object.fromEntries(Object.keys(domains).map((domain) => [domain, `\${arguments.${domain}}`]))),
    })),
    keywords: facts.keywords,
    license: facts.license,
    privacy_policies: [facts.pageUrl("PRIVACY.md"), ...SERVICE_POLICIES],
    compatibility: { platforms: ["darwin", "win32", "linux"], runtimes: { node: facts.engines.node } },
    user_config: Object.fromEntries(ASKED_SETTINGS.map((setting) => [setting.asked.name, toUserConfig(setting)])),
  };
}

function toUserConfig({ asked, facts, defaultText }: AskedSetting): Record<string, unknown> {
  const { type, title, help, min, max } = asked;
  return {
    type,
    title,
    description: help,
    required: false,
    ...(facts.secret === true && { sensitive: true }),
    ...(defaultText !== undefined && { default: type === "number" ? Number(defaultText) : defaultText }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}

/** Hosts show a line per tool; what a model needs beyond it, it reads in `tools/list`. */
const firstSentence = (text: string): string => /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;
