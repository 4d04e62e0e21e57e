import { ICON_SVG } from "../../src/mcp/server.ts";
import { asWhole, type GeneratedDocument } from "../docs/document.ts";
import { ICON_PNG, ICON_SVG_FILE, renderIcon } from "./icon.ts";
import { toManifest } from "./manifest.ts";
import { type PackageFacts, readPackageFacts } from "./package-facts.ts";
import { toServerJson } from "./server-json.ts";

const asJson = (path: string, describe: (facts: PackageFacts) => unknown): GeneratedDocument =>
  asWhole(path, async () => `${JSON.stringify(describe(await readPackageFacts()), undefined, 2)}\n`);

/** What describes the package to desktop hosts and registries. */
export const PACKAGING_FILES: readonly GeneratedDocument[] = [
  asJson("manifest.json", toManifest),
  asJson("server.json", (facts) => toServerJson(facts)),
  asWhole(ICON_SVG_FILE, () => `${ICON_SVG}\n`),
  asWhole(ICON_PNG, renderIcon),
];
