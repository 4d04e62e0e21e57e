// Bundles src/ into dist/: `node scripts/build.mjs`.
// Everything is bundled, so that an installed package has no dependency tree of its own. What a server needs to start
// is one chunk (each further file costs a start about a millisecond); what only a call needs (the wire, the sandbox, the
// filter language) lies in chunks of its own, loaded with the first call. The library for other programs is a second
// entry over the same chunks: what both it and a start need is a chunk apart, so that neither loads the other's part.
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import { buildView } from "./build-view.mjs";
import { inlineView } from "./inline-view.mjs";
import { inlineWorker } from "./inline-worker.mjs";
import { writeTypes } from "./write-types.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const outdir = path.join(root, "dist");

/** What a stack trace names stays as it was written; all other names are shortened. */
const keepNames = { function: true, class: true };

/**
 * Shared with the bench, whose bare server must be bundled alike. Licences are not left in the code: they are in one
 * file beside it, the texts of all packages.
 * @type {{ platform: "node", output: import("rolldown").OutputOptions }}
 */
export const BUNDLE = {
  platform: "node",
  output: {
    format: "esm",
    comments: false,
    minify: { mangle: { keepNames }, compress: { keepNames }, codegen: { removeWhitespace: true } },
  },
};

const MAIN = path.join(root, "src/main.ts");
/** What a server runs before it answers. Main stays apart: it switches the compile cache on before anything is loaded. */
const START = path.join(root, "src/cli/run.ts");
const LIBRARY = path.join(root, "src/library/pages.ts");

async function main() {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const view = await buildView(root);
  // For those that run from source; what is built has the page in a chunk of its own.
  await writeFile(path.join(outdir, "view.html"), view.html);
  await Promise.all([bundle(view), writeTypes(root, path.join(outdir, "types"))]);
}

/** @param {{ html: string, modules: string[] }} view the page that becomes part of the code, and what it is made of */
async function bundle({ html, modules: viewModules }) {
  const { output } = await build({
    ...BUNDLE,
    cwd: root,
    input: { main: MAIN, pages: LIBRARY },
    plugins: [inlineView(root, html), inlineWorker(root, BUNDLE)],
    output: {
      ...BUNDLE.output,
      dir: outdir,
      entryFileNames: "[name].js",
      chunkFileNames: "chunks/[name]-[hash].js",
      codeSplitting: { groups: createStartGroups() },
    },
  });
  await chmod(path.join(outdir, "main.js"), 0o755);
  // dist/ runs wherever it is copied: without this, Node 20.18 takes a lone .js file for CommonJS.
  await writeFile(path.join(outdir, "package.json"), '{ "type": "module" }\n');
  const modules = output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : [])).concat(viewModules);
  await writeFile(path.join(outdir, "THIRD-PARTY-LICENSES.txt"), await collectLicenses(modules));
}

/** The two chunks of what a start needs: what the library needs too, and all the rest. */
function createStartGroups() {
  let start;
  let library;
  const named = (name, isIn) => (id, context) => {
    start ??= listBehind([START], context);
    library ??= listBehind([LIBRARY], context);
    return start.has(id) && isIn(id) ? name : null;
  };
  return [
    // First, since a chunk takes all that its modules import along.
    { debugName: "shared", priority: 1, name: named("shared", (id) => library.has(id)) },
    { debugName: "server", name: named("server", (id) => id !== MAIN) },
  ];
}

/** The entries' modules and all that these import; what is loaded later is not in it. */
function listBehind(entries, context) {
  const seen = new Set();
  const waiting = [...entries];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...(context.getModuleInfo(id)?.importedIds ?? []));
  }
  return seen;
}

/** The licence text of every package that is part of the bundle, as their licences ask. */
export async function collectLicenses(modules) {
  const folders = new Set(
    modules
      .map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0])
      .filter((folder) => folder !== undefined),
  );
  const parts = [];
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
    const text =
      file === undefined ? "(no licence file in the package)" : await readFile(path.join(folder, file), "utf8");
    parts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
