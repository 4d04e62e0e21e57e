import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { buildViewHtml } from "../../scripts/build-view.mjs";
import { ROOT } from "../../scripts/packaging/package-facts.ts";
import { type InstalledPackage, installPackage, packPackage, readTree } from "../support/install-package.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const MAX_BYTES = 3_000_000;

/** The files that a file loads, at once or later. */
async function importsOf(folder: string, file: string): Promise<string[]> {
  const code = await readFile(path.join(folder, file), "utf8");
  const names = [...code.matchAll(/\b(?:from|import)\s*\(?\s*[`"']([^`"'\s]+)[`"']/g)].map(([, name = ""]) => name);
  return [...new Set(names)].map((name) => (name.startsWith(".") ? path.join(path.dirname(file), name) : name));
}

/** All that is loaded from a file on: files of the package, and what it takes of Node. */
async function followImports(folder: string, entry: string): Promise<{ files: Set<string>; others: Set<string> }> {
  const files = new Set<string>();
  const others = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const name of await importsOf(folder, file)) {
      if (name.startsWith("dist/")) waiting.push(name);
      else if (builtinModules.includes(name.replace(/^node:/, ""))) others.add(name.replace(/^node:/, ""));
    }
  }
  return { files, others };
}

describe("the package", () => {
  let installed: InstalledPackage;

  beforeAll(async () => {
    const packed = await packPackage();
    installed = { ...packed, ...(await installPackage(packed.tarball)) };
  });

  it("holds these files, and of the code only what an entry loads", async () => {
    const chunks = installed.files.filter((file) => file.startsWith("dist/chunks/"));
    const rest = installed.files.filter((file) => !chunks.includes(file));
    await expect(`${rest.join("\n")}\n`).toMatchFileSnapshot("__snapshots__/files.txt");
    const [server, library] = await Promise.all(
      ["dist/main.js", "dist/pages.js"].map((entry) => followImports(installed.folder, entry)),
    );
    const loaded = new Set([...(server?.files ?? []), ...(library?.files ?? [])]);
    expect(chunks.filter((file) => !loaded.has(file))).toEqual([]);
    expect(chunks.length).toBeLessThanOrEqual(20);
    expect([...loaded].filter((file) => !installed.files.includes(file))).toEqual([]);
  });

  it("is one package that takes at most 3 MB", async () => {
    const tree = await readTree(path.join(installed.app, "node_modules"));
    const manifests = [...tree.keys()].filter((file) => path.basename(file) === "package.json");
    expect(manifests).toEqual(["domain-pages-mcp/package.json"]);
    const bytes = [...tree.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(bytes).toBeGreaterThan(MAX_BYTES / 3);
    expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
  });

  it("writes a page for the browser with nothing but itself", async () => {
    const env = { PATH: process.env["PATH"] ?? "", HOME: makeTempFolder() };
    const runInstalled = (...args: string[]) =>
      promisify(execFile)(process.execPath, [path.join(installed.folder, "dist/main.js"), ...args], { env });
    await runInstalled("get", "example.com");
    const { stdout } = await runInstalled("view", "example.com");
    const [before, after] = (await buildViewHtml(ROOT)).split("null</script>");
    expect(stdout.startsWith(`${before}{"view":{`)).toBe(true);
    expect(stdout.endsWith(`</script>${after}`)).toBe(true);
  });

  it("matches regular expressions with nothing but itself, in the server as in the library", async () => {
    const env = { PATH: process.env["PATH"] ?? "", HOME: makeTempFolder() };
    const runInstalled = (...args: string[]) =>
      promisify(execFile)(process.execPath, [path.join(installed.folder, "dist/main.js"), ...args], { env });
    const filters = ["page", "regex", "/anvil-[a-z]+-calculator$"];
    await runInstalled("get", "acme.example", "--limit", "20");
    const { stdout } = await runInstalled("query", "acme.example", "--body", JSON.stringify({ filters }));
    expect(stdout).toContain("/anvil-size-calculator");
    const { parseRequest, query, readSavedAnswer } = await import(path.join(installed.folder, "dist/pages.js"));
    const { target } = parseRequest({ target: "acme.example" }).request;
    const page = { type: "backlinks_domain_page", page: `https://${target}/anvil-size-calculator`, page_summary: {} };
    const result = [{ target, total_count: 2, items_count: 2, items: [page, { ...page, page: `https://${target}/` }] }];
    const saved = JSON.stringify({ status_code: 20000, tasks: [{ status_code: 20000, data: { target }, result }] });
    expect(query(readSavedAnswer(saved), { filters }).text).toContain("/anvil-size-calculator");
  });

  it("runs no script where it is installed: with scripts allowed, every byte is the same as without", async () => {
    const silent = await installPackage(installed.tarball, ["--ignore-scripts"]);
    // npm names a script that it begins: "> domain-pages-mcp@0.1.0 postinstall".
    expect(installed.said).not.toMatch(/^> /m);
    const [tree, other] = await Promise.all([readTree(installed.folder), readTree(silent.folder)]);
    expect([...tree.keys()]).toEqual([...other.keys()]);
    for (const [file, bytes] of tree) expect(bytes.equals(other.get(file) ?? Buffer.alloc(0)), file).toBe(true);
    const lock = JSON.parse(await readFile(path.join(installed.app, "package-lock.json"), "utf8"));
    expect(lock.packages["node_modules/domain-pages-mcp"]).not.toHaveProperty("hasInstallScript");
  });

  it("would be seen to run a script", async () => {
    const folder = makeTempFolder();
    const planted = { name: "planted", version: "1.0.0", scripts: { postinstall: "node --version" } };
    await writeFile(path.join(folder, "package.json"), JSON.stringify(planted));
    const packed = await packPackage(folder);
    expect((await installPackage(packed.tarball)).said).toMatch(/^> planted@1\.0\.0 postinstall$/m);
  });

  it("keeps the library apart from the server: no disk, no network, no process, and nothing of MCP", async () => {
    const { files, others } = await followImports(installed.folder, "dist/pages.js");
    expect([...others].sort()).toEqual(["crypto", "module", "url"]);
    const server = (await followImports(installed.folder, "dist/main.js")).others;
    expect([...server]).toEqual(expect.arrayContaining(["fs", "http", "process"]));
    for (const file of files) {
      const code = await readFile(path.join(installed.folder, file), "utf8");
      expect(code, file).not.toMatch(/protocolVersion|jsonrpc|McpServer|globalThis\.fetch/);
    }
  });

  it("names the functions in the traces of errors", async () => {
    const { parseRequest } = await import(path.join(installed.folder, "dist/pages.js"));
    const error = (() => {
      try {
        return parseRequest({});
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error.name).toBe("AppError");
    expect(error.stack).toMatch(/at toInputError .*\n +at parseRequest(?:\$\d)? /);
  });
});
