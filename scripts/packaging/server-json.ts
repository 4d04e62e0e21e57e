import { DISPLAY_NAME } from "../../src/version.ts";
import { ASKED_SETTINGS, type AskedSetting } from "./asked-settings.ts";
import { ICON_PNG } from "./icon.ts";
import type { PackageFacts } from "./package-facts.ts";

const SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";

const FORMATS = { string: "string", number: "number", directory: "filepath" } as const;

/** A bundle that lies ready to be downloaded. */
export interface PublishedBundle {
  url: string;
  /** Lower-case hex. */
  sha256: string;
}

/**
 * What the public registry of MCP servers lists (its schema of 2025-12-11).
 * @param bundle left out: only the npm package is listed
 */
export function toServerJson(facts: PackageFacts, bundle?: PublishedBundle): Record<string, unknown> {
  const common = { version: facts.version, transport: { type: "stdio" } };
  const environmentVariables = ASKED_SETTINGS.map(toVariable);
  const npm = { registryType: "npm", identifier: facts.name, ...common, runtimeHint: "npx", environmentVariables };
  return {
    $schema: SCHEMA,
    name: facts.mcpName,
    title: DISPLAY_NAME,
    description: facts.description,
    repository: { url: facts.repositoryUrl, source: "github" },
    version: facts.version,
    websiteUrl: facts.homepage,
    icons: [{ src: `${facts.repositoryUrl}/raw/main/${ICON_PNG}`, mimeType: "image/png", sizes: ["512x512"] }],
    packages: [
      npm,
      ...(bundle === undefined
        ? []
        : [{ registryType: "mcpb", identifier: bundle.url, fileSha256: bundle.sha256, ...common }]),
    ],
  };
}

function toVariable({ asked, facts, variable, defaultText, choices }: AskedSetting): Record<string, unknown> {
  return {
    name: variable,
    description: asked.help,
    format: FORMATS[asked.type],
    isRequired: false,
    isSecret: facts.secret === true,
    ...(defaultText !== undefined && { default: defaultText }),
    ...(choices !== undefined && { choices }),
  };
}
