import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type Zippable, zipSync } from "fflate";
import { build } from "rolldown";
import { BUNDLE, collectLicenses } from "../build.mjs";
import { buildView } from "../build-view.mjs";
import { inlineView } from "../inline-view.mjs";
import { inlineWorker } from "../inline-worker.mjs";
import { ENTRY_POINT } from "./manifest.ts";
import { ROOT } from "./package-facts.ts";

/** As early as the format can tell: the same content makes the same bytes, whenever it is packed. */
const TIMELESS = new Date(1980, 0, 1);

/** What is packed as it lies in the repository. */
const KEPT_FILES = ["manifest.json", "assets/icon.png", "LICENSE", "PRIVACY.md"];
const LOCALES = "assets/locales";

/** @returns the whole server as one code file with what a desktop host reads beside it, as a zip archive */
export async function packBundle(): Promise<Uint8Array> {
  const { code, moduleIds } = await buildOneFile();
  const locales = (await readdir(path.join(ROOT, LOCALES))).sort().map((file) => `${LOCALES}/${file}`);
  const kept = await Promise.all(
    [...KEPT_FILES, ...locales].map(async (file) => [file, await readFile(path.join(ROOT, file))] as const),
  );
  const text = (content: string) => new TextEncoder().encode(content);
  const files: Record<string, Uint8Array> = {
    ...Object.fromEntries(kept),
    [ENTRY_POINT]: text(code),
    // Without this, Node takes a lone .js file for CommonJS.
    [`${path.dirname(ENTRY_POINT)}/package.json`]: text('{ "type": "module" }\n'),
    "THIRD-PARTY-LICENSES.txt": text(await collectLicenses(moduleIds)),
  };
  const entries: Zippable = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  return zipSync(entries, { level: 9, mtime: TIMELESS });
}

/** The product in one file. */
async function buildOneFile(): Promise<{ code: string; moduleIds: string[] }> {
  const view = await buildView(ROOT);
  const { output } = await build({
    ...BUNDLE,
    cwd: ROOT,
    input: { main: path.join(ROOT, "src/main.ts") },
    plugins: [inlineView(ROOT, view.html), inlineWorker(ROOT, BUNDLE)],
    write: false,
    output: { ...BUNDLE.output, codeSplitting: false },
  });
  const [chunk, ...more] = output;
  if (chunk.type !== "chunk" || more.length > 0) throw new Error("the build made more than one file");
  return { code: chunk.code, moduleIds: [...chunk.moduleIds, ...view.modules] };
}
