// Bundles src/ into dist/: `node scripts/build.mjs`.
// Everything is bundled, so that an installed package has no dependency tree of its own. What a server needs to start
// is one chunk; what only a call needs (the wire, the sandbox, the filter language) lies in chunks of its own, a room a
// chunk, loaded with the first call. The library for other programs is a second
// entry over the same chunks: what both it and a start need is a chunk apart, so that neither loads the other's part.
import { existsSync } from "node:fs";
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
    write: false,
    input: { main: MAIN, pages: LIBRARY },
    plugins: [inlineView(root, html), inlineWorker(root, BUNDLE)],
    output: {
      ...BUNDLE.output,
      dir: outdir,
      entryFileNames: "[name].js",
      chunkFileNames: "chunks/[name]-[hash].js",
      codeSplitting: { groups: createChunkGroups() },
    },
  });
  for (const { fileName, code } of withoutFacades(output)) {
    await mkdir(path.dirname(path.join(outdir, fileName)), { recursive: true });
    await writeFile(path.join(outdir, fileName), code);
  }
  await chmod(path.join(outdir, "main.js"), 0o755);
  // dist/ runs wherever it is copied: without this, Node 20.18 takes a lone .js file for CommonJS.
  await writeFile(path.join(outdir, "package.json"), '{ "type": "module" }\n');
  const modules = output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : [])).concat(viewModules);
  await writeFile(path.join(outdir, "THIRD-PARTY-LICENSES.txt"), await collectLicenses(modules));
}

/**
 * What is loaded later, by chunk: the first line that fits a file of `src/` says where it lies.
 * @type {[string, RegExp][]}
 */
const LATER = [
  ["page", /^(?:view\/|cli\/export)/],
  ["pages", /^(?:pages|lists)\//],
  ["money", /^(?:spend\/|compose\/books)/],
  ["storage", /^(?:store|disk)\//],
  ["wire", /^upstream\/(?:live-wire|path\/)/],
  ["gateway", /^upstream\//],
  ["sandbox", /^(?:sandbox\/|cli\/sandbox)/],
  ["access", /^(?:access\/|compose\/open-access|cli\/token)/],
  ["http", /^(?:serve|mcp\/http|metrics)\/|^(?:compose|cli)\/http/],
  ["redis", /^redis\//],
  ["doctor", /^cli\/doctor\//],
  ["commands", /^(?:cli|config)\//],
  ["matching", /^threads\//],
];

/** A chunk takes all that its modules import along, unless one that stands before it here has it. */
const ORDER = ["pages", "money", "storage", "gateway", "wire", "sandbox", "commands"].concat([
  "access",
  "http",
  "redis",
  "doctor",
  "page",
  "matching",
]);

/**
 * What is loaded together lies together, since each further file costs about a millisecond. First what the library needs,
 * as far as a start needs it too, and the rest of it; it loads nothing else, so that it stays free of all that is the
 * server's. Then all the rest of what a start needs, and a chunk for each of the rooms that only some calls need.
 */
function createChunkGroups() {
  let start;
  let library;
  const group = (name, isIn) => ({
    debugName: name,
    name: (id, context) => {
      start ??= listBehind([START], context);
      library ??= listBehind([LIBRARY], context, ["importedIds", "dynamicallyImportedIds"]);
      return id !== MAIN && id !== LIBRARY && isIn(id) ? name : null;
    },
  });
  const src = `${path.join(root, "src")}${path.sep}`;
  const placeOf = (id) =>
    id.startsWith(src)
      ? LATER.find(([, files]) => files.test(id.slice(src.length).replaceAll("\\", "/")))?.[0]
      : undefined;
  return [
    group("shared", (id) => start.has(id) && library.has(id)),
    group("domain", (id) => library.has(id)),
    group("server", (id) => start.has(id)),
    ...ORDER.map((name) => group(name, (id) => placeOf(id) === name)),
  ].map((each, index, all) => ({ ...each, priority: all.length - index }));
}

/**
 * The chunks without those that only pass on what another holds. The bundler makes such a facade for every module that is
 * loaded later and lies in a chunk with others (rolldown#9729): here the import names the other chunk itself.
 * @returns {{ fileName: string, code: string }[]}
 */
function withoutFacades(output) {
  const chunks = output.filter(({ type }) => type === "chunk");
  const facades = new Map(
    chunks.flatMap(({ fileName, code }) => {
      const [, names, from] = /^export\{([^}]*)\}from"\.\/([^"]+)";\s*$/.exec(code) ?? [];
      if (names === undefined || !fileName.startsWith("chunks/")) return [];
      const pairs = names.split(",").map((each) => each.split(" as "));
      const read = pairs.map(([inside, outside = inside]) => `${outside}:e.${inside}`).join(",");
      return [[path.basename(fileName), { from, read }]];
    }),
  );
  const inlined = (code) =>
    code.replace(/import\(`\.\/((?:chunks\/)?)([^`]+)`\)/g, (whole, folder, name) => {
      const facade = facades.get(name);
      return facade === undefined ? whole : `import(\`./${folder}${facade.from}\`).then(e=>({${facade.read}}))`;
    });
  return chunks
    .filter(({ fileName }) => !facades.has(path.basename(fileName)))
    .map(({ fileName, code }) => ({ fileName, code: inlined(code) }));
}

/** The entries' modules and all that these import; what is loaded later is in it where that is asked for. */
function listBehind(entries, context, kinds = ["importedIds"]) {
  const seen = new Set();
  const waiting = [...entries];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...kinds.flatMap((kind) => context.getModuleInfo(id)?.[kind] ?? []));
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

/** CI builds when it installs, once, and names the folder: each script of npm that needs `dist/` would do so again. */
const isBuilt = process.env.DIST_IS_BUILT === outdir && existsSync(path.join(outdir, "main.js"));

if (process.argv[1] === fileURLToPath(import.meta.url) && !isBuilt) await main();
