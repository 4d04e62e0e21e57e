// Makes the desktop bundle: `npm run bundle` → domain-pages-mcp.mcpb. Not signed, since desktop hosts refuse signed ones.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { packBundle } from "./packaging/pack-bundle.ts";
import { ROOT } from "./packaging/package-facts.ts";

const bundle = await packBundle();
const file = path.join(ROOT, "domain-pages-mcp.mcpb");
await writeFile(file, bundle);
console.log(
  `${path.basename(file)}: ${bundle.byteLength} bytes, sha256 ${createHash("sha256").update(bundle).digest("hex")}`,
);
