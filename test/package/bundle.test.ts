import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { getMcpConfigForManifest } from "@anthropic-ai/mcpb/node";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { unzipSync } from "fflate";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildViewHtml } from "../../scripts/build-view.mjs";
import { packBundle } from "../../scripts/packaging/pack-bundle.ts";
import { ROOT } from "../../scripts/packaging/package-facts.ts";
import { PRODUCT } from "../../src/version.ts";
import { makeTempFolder } from "../support/temp-home.ts";

const MAX_BYTES = 1_000_000;

let bundle: Uint8Array;
let folder: string;

beforeAll(async () => {
  await promisify(execFile)("npm", ["run", "--silent", "bundle"], { cwd: ROOT });
  bundle = new Uint8Array(await readFile(path.join(ROOT, "domain-pages-mcp.mcpb")));
  // A path with a space, as desktops have them.
  folder = path.join(makeTempFolder(), "Claude Extensions", "domain-pages-mcp");
  for (const [file, content] of Object.entries(unzipSync(bundle))) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), content);
  }
});

describe("the desktop bundle", () => {
  it("is small, and packed again the same to the byte", async () => {
    expect(bundle.byteLength).toBeLessThanOrEqual(MAX_BYTES);
    expect(Buffer.from(await packBundle()).equals(Buffer.from(bundle))).toBe(true);
  });

  it("holds one code file, and all that the manifest and the licences ask for", async () => {
    const locales = (await readdir(path.join(ROOT, "assets/locales"))).map((file) => `assets/locales/${file}`);
    expect(Object.keys(unzipSync(bundle)).sort()).toEqual(
      [
        "LICENSE",
        "PRIVACY.md",
        "THIRD-PARTY-LICENSES.txt",
        "assets/icon.png",
        "dist/main.js",
        "dist/package.json",
        "manifest.json",
        ...locales,
      ].sort(),
    );
  });

  it("is not signed, since desktop hosts refuse signed ones", () => {
    expect(Buffer.from(bundle).includes("MCPB_SIG")).toBe(false);
  });
});

/** Starts the unpacked bundle as a desktop host does: the manifest decides on command, arguments and environment. */
async function startAsHost(userConfig: Record<string, string | number>) {
  const manifest = JSON.parse(await readFile(path.join(folder, "manifest.json"), "utf8"));
  const config = await getMcpConfigForManifest({
    manifest,
    extensionPath: folder,
    systemDirs: { HOME: makeTempFolder() },
    userConfig,
    pathSeparator: path.sep,
  });
  if (config === undefined) throw new Error("the host would not start it");
  const { command, args = [], env = {} } = config;
  expect(command).toBe("node");
  const transport = new StdioClientTransport({
    command: process.execPath,
    args,
    env: { PATH: process.env["PATH"] ?? "", HOME: makeTempFolder(), ...env },
    stderr: "pipe",
  });
  let stderr = "";
  transport.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  const client = new Client({ name: "desktop", version: "0" });
  return { client, transport, env, stderr: () => stderr };
}

describe("the unpacked bundle, started as a desktop starts it", () => {
  let client: Client | undefined;

  afterEach(async () => {
    await client?.close();
    client = undefined;
  });

  const connect = async (userConfig: Record<string, string | number>) => {
    const host = await startAsHost(userConfig);
    client = host.client;
    await client.connect(host.transport);
    return { ...host, client };
  };

  const ask = async ({ client }: { client: Client }, name: string, args: Record<string, unknown>) => {
    const { content } = await client.callTool({ name, arguments: args });
    return (content as { text: string }[])[0]?.text ?? "";
  };

  it("has the view's page in itself", async () => {
    const { client } = await connect({});
    const { contents } = await client.readResource({ uri: "ui://domain-pages/view" });
    expect(contents[0]).toMatchObject({ mimeType: "text/html;profile=mcp-app", text: await buildViewHtml(ROOT) });
  });

  it("answers from the sandbox when nothing was filled in, placeholders and all", async () => {
    const host = await connect({});
    expect(host.env["AISA_API_KEY"]).toBe(`\${user_config.api_key}`);
    expect(host.client.getServerVersion()).toMatchObject(PRODUCT);
    const manifest = JSON.parse(await readFile(path.join(folder, "manifest.json"), "utf8"));
    const names = (list: { name: string }[]) => list.map(({ name }) => name);
    expect(names((await host.client.listTools()).tools)).toEqual(names(manifest.tools));
    expect(names((await host.client.listPrompts()).prompts)).toEqual(names(manifest.prompts));
    expect(await ask(host, "get_domain_pages", { target: "acme.example", limit: 20 })).toMatch(/^SANDBOX: /);
    const kept = await ask(host, "query_domain_pages", { target: "acme.example", status: "broken" });
    expect(kept).toContain("/anvil-size-calculator");
    // The thread for regular expressions has no file beside it here.
    const filters = ["page", "regex", "/anvil-[a-z]+-calculator$"];
    expect(await ask(host, "query_domain_pages", { target: "acme.example", filters })).toContain(
      "/anvil-size-calculator",
    );
    expect(host.stderr()).toContain("AISA_API_KEY counts as unset: it holds a placeholder that was not filled in");
  });

  it("takes what was filled in: a key, bounds, a folder", async () => {
    const cacheDir = makeTempFolder();
    const host = await connect({
      api_key: "sk-aisa-0123456789abcdef",
      source: "sandbox",
      max_price_usd: 0.1,
      daily_budget_usd: 0,
      ask_above_usd: "0.05",
      cache_dir: cacheDir,
    });
    expect(await ask(host, "get_domain_pages", { target: "acme.example", limit: 5 })).toMatch(/^SANDBOX: /);
    expect(await readdir(cacheDir)).not.toEqual([]);
    expect(host.stderr()).not.toContain("0123456789abcdef");
  });

  it("says what is wrong with an answer it cannot take", async () => {
    const host = await startAsHost({ source: "google" });
    await expect(host.client.connect(host.transport)).rejects.toThrow();
    expect(host.stderr()).toContain("DOMAIN_PAGES_SOURCE: must be one of auto, aisa, sandbox");
  });
});
