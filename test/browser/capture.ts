// Pictures of the view for the README: `npm run captures:view` writes those that are kept into docs/images,
// `npm run captures:view -- FOLDER` all of them, every width in both themes, to be looked at.
import { stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { installLocked } from "../clients/support/install.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const IMAGES = fileURLToPath(new URL("../../docs/images", import.meta.url));

/** A README is read over slow lines too. */
const MAX_BYTES = 120_000;

await installLocked(HERE);
const { capture } = await import("./support/capture-views.ts");
const folder = process.argv[2];
for (const file of await capture(path.resolve(folder ?? IMAGES), folder === undefined)) {
  const { size } = await stat(file);
  console.log(`${file}: ${size} bytes`);
  if (folder === undefined && size > MAX_BYTES) throw new Error(`${file} is too large for a README.`);
}
