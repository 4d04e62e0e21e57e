// Bundles src/main.ts and what it loads later into dist/: `node scripts/build.mjs`.
// Everything is bundled, so that an installed package has no dependency tree of its own; code that only a call
// needs (undici, the sandbox, the filter language) lies in chunks that are loaded with the first call.
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const outdir = path.join(root, "dist");

/** Shared with the bench, whose bare server must be bundled alike. */
export const BUNDLE_OPTIONS = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.18",
  splitting: true,
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: false,
  legalComments: "none",
  chunkNames: "chunks/[name]-[hash]",
  // Bundled CommonJS packages still ask for node's own modules by require().
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
};

async function main() {
  await rm(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    ...BUNDLE_OPTIONS,
    absWorkingDir: root,
    entryPoints: { main: "src/main.ts" },
    outdir,
    metafile: true,
  });
  await chmod(path.join(outdir, "main.js"), 0o755);
  await writeFile(path.join(outdir, "THIRD-PARTY-LICENSES.txt"), await collectLicenses(Object.keys(metafile.inputs)));
}

/** The licence text of every package that is part of the bundle, as their licences ask. */
async function collectLicenses(inputs) {
  const names = new Set(inputs.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter(Boolean));
  const parts = [];
  for (const name of [...names].sort()) {
    const folder = path.join(root, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
    const text =
      file === undefined ? "(no licence file in the package)" : await readFile(path.join(folder, file), "utf8");
    parts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(outdir, { recursive: true });
  await main();
}
