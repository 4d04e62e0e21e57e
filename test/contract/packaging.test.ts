import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { McpbManifestSchema } from "@anthropic-ai/mcpb/schemas/0.3";
import { beforeAll, describe, expect, it } from "vitest";
import { updateDocuments } from "../../scripts/docs/document.ts";
import { ASKED_SETTINGS } from "../../scripts/packaging/asked-settings.ts";
import { PACKAGING_FILES } from "../../scripts/packaging/files.ts";
import { type PackageFacts, ROOT, readPackageFacts } from "../../scripts/packaging/package-facts.ts";
import { toServerJson } from "../../scripts/packaging/server-json.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { ServerJson } from "./registry-schema.ts";

const readJson = async (file: string) => JSON.parse(await readFile(path.join(ROOT, file), "utf8"));

type Json = Record<string, unknown>;

let facts: PackageFacts;
let manifest: Awaited<ReturnType<typeof readJson>>;

beforeAll(async () => {
  facts = await readPackageFacts();
  manifest = await readJson("manifest.json");
});

describe("what describes the package to hosts and registries", () => {
  it("is what the code makes of it (else: `npm run docs`)", async () => {
    expect(await updateDocuments(PACKAGING_FILES, true)).toEqual([]);
  });

  it("names the same package and version everywhere", async () => {
    const { name, version } = facts;
    expect(manifest).toMatchObject({ name, version });
    expect(await readJson("server.json")).toMatchObject({ version, packages: [{ identifier: name, version }] });
    expect(await readJson("package-lock.json")).toMatchObject({ name, version, packages: { "": { name, version } } });
  });

  it("lies in the registry under the name of whoever owns the repository", () => {
    const owner = new URL(facts.repositoryUrl).pathname.split("/")[1];
    expect(facts.mcpName).toBe(`io.github.${owner}/${facts.name}`);
  });
});

describe("what npm ci installs", () => {
  type Locked = { engines?: { node?: string }; hasInstallScript?: boolean };
  const locked = async () => Object.entries<Locked>((await readJson("package-lock.json")).packages);

  /** Whether a range such as `^20.19.0 || >=22.12.0` holds the newest Node 20. */
  const takesNode20 = (range: string): boolean =>
    range.split("||").some((part) => {
      const [, operator, major = ""] = /^\s*(>=?|\^|~)?\s*v?(\d+|\*)/.exec(part) ?? [];
      return major === "*" || (operator?.startsWith(">") === true ? Number(major) <= 20 : Number(major) === 20);
    });

  it("runs on Node 20, all of it, so that nothing is warned of", async () => {
    expect([">=18", "^20.19.0 || >=22", "*", ">= 0.6"].map(takesNode20)).toEqual([true, true, true, true]);
    expect([">=22", "^18.0.0", "^22.1.0 || >=24"].map(takesNode20)).toEqual([false, false, false]);
    const packages = await locked();
    expect(packages.filter(([, { engines }]) => !takesNode20(engines?.node ?? "*")).map(([name]) => name)).toEqual([]);
  });

  it("runs no install script that nobody has decided about", async () => {
    const { allowScripts } = await readJson("package.json");
    const withScripts = (await locked()).filter(
      ([name, { hasInstallScript }]) => name !== "" && hasInstallScript === true,
    );
    const undecided = withScripts
      .map(([name]) => name.replace(/^.*node_modules\//, ""))
      .filter((name) => !(name in allowScripts));
    // What is optional and for one platform alone is never asked about by the others.
    expect(undecided.filter((name) => name !== "fsevents")).toEqual([]);
  });
});

describe("the manifest", () => {
  it("is one by the format's own strict schema, which does find faults", () => {
    expect(McpbManifestSchema.safeParse(manifest).error).toBeUndefined();
    expect(McpbManifestSchema.safeParse({ ...manifest, colour: "blue" }).success).toBe(false);
  });

  it("asks for nothing that has to be filled in, and hides what is secret", () => {
    for (const { asked, facts: said } of ASKED_SETTINGS) {
      const field = manifest.user_config[asked.name];
      expect(field.required).toBe(false);
      expect(field.sensitive === true).toBe(said.secret === true);
    }
    expect(Object.keys(manifest.user_config)).toContain("api_key");
  });

  it("passes every answer on to the setting it is for", () => {
    const env = manifest.server.mcp_config.env;
    expect(Object.values(env)).toEqual(Object.keys(manifest.user_config).map((name) => `\${user_config.${name}}`));
  });

  it("offers defaults and bounds that the settings hold to", () => {
    const accepts = (variable: string, value: number) => {
      try {
        loadConfig({ [variable]: String(value) });
        return true;
      } catch {
        return false;
      }
    };
    const numbers = ASKED_SETTINGS.filter(({ asked }) => asked.type === "number");
    expect(numbers.length).toBeGreaterThan(0);
    for (const { asked, variable } of numbers) {
      const { min, max, default: start } = manifest.user_config[asked.name];
      expect([min, max, start].map((value) => accepts(variable, value))).toEqual([true, true, true]);
      expect([min - 1, max + 1].map((value) => accepts(variable, value))).toEqual([false, false]);
    }
  });

  it("fills the arguments of prompts in where a host puts them", () => {
    expect(manifest.prompts.length).toBeGreaterThan(0);
    for (const { arguments: names, text } of manifest.prompts) {
      for (const name of names) expect(text).toContain(`\${arguments.${name}}`);
      expect(text.match(/\$\{(?!arguments\.)/)).toBeNull();
    }
  });

  it("names the policies of all who see data", () => {
    expect(manifest.privacy_policies).toHaveLength(3);
    for (const policy of manifest.privacy_policies) expect(policy).toMatch(/^https:\/\//);
  });
});

describe("the translations", () => {
  /** The keys that hosts take from a translation. */
  const TRANSLATED = ["display_name", "description", "long_description", "tools", "prompts"];

  it("say all that the manifest says, of the same tools and prompts", async () => {
    const files = await readdir(path.join(ROOT, "assets/locales"));
    expect(files.length).toBeGreaterThan(0);
    const names = (list: { name: string }[]) => list.map(({ name }) => name);
    for (const file of files) {
      expect(() => Intl.getCanonicalLocales(path.basename(file, ".json"))).not.toThrow();
      const told = await readJson(`assets/locales/${file}`);
      expect(Object.keys(told)).toEqual(TRANSLATED);
      expect(names(told.tools)).toEqual(names(manifest.tools));
      expect(names(told.prompts)).toEqual(names(manifest.prompts));
      const texts = [told, ...told.tools, ...told.prompts].map(({ description }) => description);
      expect(new Set(texts).size).toBe(texts.length);
      for (const text of texts) expect(text.length).toBeGreaterThan(20);
    }
  });
});

describe("the icon", () => {
  it("is a picture of 512 by 512 pixels", async () => {
    const png = await readFile(path.join(ROOT, manifest.icon));
    expect(png.subarray(1, 4).toString("latin1")).toBe("PNG");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([512, 512]);
  });
});

describe("the registry's entry", () => {
  it("is as the registry asks, with a bundle to download and without", async () => {
    const bundle = { url: "https://example.com/domain-pages-mcp.mcpb", sha256: "0a".repeat(32) };
    expect(ServerJson.safeParse(await readJson("server.json")).error).toBeUndefined();
    const withBundle = toServerJson(facts, bundle);
    expect(ServerJson.safeParse(withBundle).error).toBeUndefined();
    expect(withBundle).toMatchObject({ packages: [{}, { registryType: "mcpb", fileSha256: bundle.sha256 }] });
  });

  it.each([
    ["a name without a namespace", (entry: Json) => ({ ...entry, name: "domain-pages-mcp" })],
    ["a long description", (entry: Json) => ({ ...entry, description: "x".repeat(101) })],
    ["a range of versions", (entry: Json) => ({ ...entry, version: "^0.1.0" })],
    ["a misspelt key", (entry: Json) => ({ ...entry, website: "https://example.com" })],
    ["no package", (entry: Json) => ({ ...entry, packages: [] })],
  ])("is checked for %s", async (_what, spoil) => {
    expect(ServerJson.safeParse(spoil(await readJson("server.json"))).success).toBe(false);
  });
});
