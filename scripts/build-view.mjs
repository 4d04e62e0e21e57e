// Builds src/view/ into one page. Everything is in it, nothing is loaded, and its policy lets
// exactly that script and that style sheet run.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { build } from "rolldown";

/** The place where `domain-pages-mcp view` writes what the page shows; null where a host will tell. */
const DATA = '<script type="application/json" id="view-file">null</script>';

/**
 * @param {string} root the checkout
 * @returns {Promise<string>} the page
 */
export const buildViewHtml = async (root) => (await buildView(root)).html;

/**
 * @param {string} root the checkout
 * @returns {Promise<{ html: string, modules: string[] }>} the page, and the files that its script is made of
 */
export async function buildView(root) {
  const folder = path.join(root, "src/view");
  const [template, css, { code: script, moduleIds }] = await Promise.all([
    readFile(path.join(folder, "view.html"), "utf8"),
    readFile(path.join(folder, "view.css"), "utf8"),
    bundle(root, path.join(folder, "main.tsx")),
  ]);
  const style = minifyCss(css);
  for (const [name, text] of Object.entries({ script, style })) {
    if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error(`The view's ${name} would end its element early.`);
  }
  const parts = { "default-src 'none'": writePolicy(script, style), "/* style */": style, "/* script */": script };
  const html = template
    .trim()
    .replace(/(>?)\n\s*/g, "$1")
    .replace(/default-src 'none'|\/\* \w+ \*\//g, (place) => parts[place]);
  if (html.split(DATA).length !== 2) throw new Error("The view has to hold its place for data exactly once.");
  return { html: `${html}\n`, modules: moduleIds };
}

function writePolicy(script, style) {
  const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

async function bundle(root, input) {
  const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  const { output } = await build({
    cwd: root,
    input,
    platform: "browser",
    write: false,
    tsconfig: path.join(root, "tsconfig.view.json"),
    plugins: [textOnlyPreact],
    transform: {
      target: "es2022",
      define: { VIEW_VERSION: JSON.stringify(version) },
    },
    output: { format: "iife", comments: false, minify: true },
  });
  if (output.length !== 1) throw new Error("The view has to be one script.");
  const [{ code, moduleIds }] = output;
  return { code: code.trim(), moduleIds };
}

/**
 * Preact can set markup as a string if it is told to. The view never does, and its policy would refuse; so that nobody
 * has to take that on trust, the page does not even hold the code that could.
 */
const textOnlyPreact = {
  name: "text-only-preact",
  transform(code, id) {
    if (!/[\\/]preact[\\/]dist[\\/]preact\.mjs$/.test(id)) return null;
    const places = code.match(/\.innerHTML\b/g)?.length ?? 0;
    if (places !== 2) throw new Error(`Preact sets markup in another way than was looked at: ${places} places.`);
    return code.replaceAll(".innerHTML", ".textContent").replaceAll("dangerouslySetInnerHTML", "dangerouslySetText");
  },
};

/** Comments and white space; style sheets have no strings here that hold either. */
function minifyCss(css) {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{}:;,>]) ?/g, (_, mark) => mark)
    .replaceAll(";}", "}")
    .trim();
}
