import { ICON_SVG } from "../../src/mcp/icon.ts";
import { ICON_PNG, ICON_SVG_FILE, renderIcon } from "./icon.ts";
import { toManifest } from "./manifest.ts";
import { readPackageFacts } from "./package-facts.ts";
import { toServerJson } from "./server-json.ts";

/** A file that is made from the code and kept in the repository. */
export interface GeneratedFile {
  /** From the repository's root. */
  path: string;
  content: string | Uint8Array;
}

const toJson = (data: unknown): string => `${JSON.stringify(data, undefined, 2)}\n`;

/** What describes the package to desktop hosts and registries. */
export async function packagingFiles(): Promise<GeneratedFile[]> {
  const facts = await readPackageFacts();
  return [
    { path: "manifest.json", content: toJson(toManifest(facts)) },
    { path: "server.json", content: toJson(toServerJson(facts)) },
    { path: ICON_SVG_FILE, content: `${ICON_SVG}\n` },
    { path: ICON_PNG, content: await renderIcon() },
  ];
}
