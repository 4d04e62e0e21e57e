import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SCOPES } from "../../../src/access/principal.ts";
import { ANALYST_PROMPTS } from "../../../src/mcp/prompts.ts";
import { RESOURCES } from "../../../src/mcp/resources.ts";
import { INSTRUCTIONS, REGISTERED } from "../../../src/mcp/server.ts";
import { SNAPSHOT_FILE_NAMES } from "../../../src/pages/export/snapshot-files.ts";
import { TOOLS, type ToolKey } from "../../../src/tools.ts";
import { readDocument } from "../../support/markdown.ts";

const SRC = new URL("../../../src/", import.meta.url);
/** The table itself, and words that a hostile page says. */
const MAY_SPELL = ["tools.ts", "sandbox/faults/body-faults.ts"];
const NAMES: readonly string[] = Object.values(TOOLS).map(({ name }) => name);
const README = readDocument("README.md");
const DOCUMENT = readDocument("docs/tools.md");

const CODE = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => /\.tsx?$/.test(file) && !MAY_SPELL.includes(file))
  .map((file) => ({ file, text: readFileSync(new URL(file, SRC), "utf8").replace(/^\s*(?:\/?\*|\/\/).*$/gm, "") }));

describe.each(Object.keys(TOOLS) as ToolKey[])("the tool %s", (key) => {
  const { name, scope, reach } = TOOLS[key];

  it("is declared under its name, for a scope that can be given, and says what it costs", () => {
    const { declaration } = REGISTERED[key];
    expect(declaration.name).toBe(name);
    expect(SCOPES).toContain(scope);
    expect(declaration.config.description).toMatch(reach === "purchase" ? /\bPAID: / : /^FREE\b/);
  });

  it("is told of in the instructions and the README", () => {
    expect(INSTRUCTIONS, `${name}: INSTRUCTIONS`).toContain(`${name} (${reach === "purchase" ? "PAID" : "free"}`);
    expect(README, `${name}: README.md lacks its row, which says what it costs`).toMatch(
      new RegExp(`^\\| \`${name}\` \\| ${reach === "purchase" ? "paid" : "free"}`, "m"),
    );
  });

  it("is spelled in the table alone", () => {
    expect(CODE.filter(({ text }) => text.includes(name)).map(({ file }) => file)).toEqual([]);
  });
});

describe.each(ANALYST_PROMPTS)("the prompt $name", ({ name, description, domains, text }) => {
  const words = text(Object.fromEntries(Object.keys(domains).map((domain) => [domain, "acme.example"])));

  it("says what it costs, and asks its domains for what they are", () => {
    expect(description, `${name}: description`).toMatch(/Costs at most|Free/);
    for (const [domain, says] of Object.entries(domains)) expect(says, `${name}: ${domain}`).not.toBe("");
  });

  it("names tools and files that there are, and the price before it buys", () => {
    const tools = [...words.matchAll(/\b\w+_domain_pages\b/g)].map(([tool]) => tool);
    expect(tools.filter((tool) => !NAMES.includes(tool))).toEqual([]);
    const [estimate, get] = [words.indexOf(TOOLS.estimate.name), words.indexOf(TOOLS.get.name)];
    if (get >= 0) expect(estimate >= 0 && estimate < get, `${name}: buys before it asks for the price`).toBe(true);
    const files = [...words.matchAll(/\{snapshot_id\}\/([\w.]+\w)/g)].map((match) => match[1]);
    expect(files.filter((file) => !SNAPSHOT_FILE_NAMES.some((known) => known === file))).toEqual([]);
  });

  it("is in the documents and the manifest", () => {
    expect(DOCUMENT, `${name}: docs/tools.md: npm run docs`).toContain(`\`${name}\``);
    expect(readDocument("manifest.json"), `${name}: manifest.json: npm run docs`).toContain(`"name": "${name}"`);
  });
});

describe.each(RESOURCES)("the resource $name", ({ name, uri, about }) => {
  it("has a name and an address of its own, and says that it is free", () => {
    expect(RESOURCES.filter((other) => other.name === name || other.uri === uri)).toHaveLength(1);
    expect(about.title, `${name}: title`).not.toBe("");
    expect(about.description, `${name}: description`).toMatch(/Free\.$/);
  });

  it("is in docs/tools.md", () => {
    if (/\{(?:file|\?.*)\}/.test(uri)) return;
    const ending = SNAPSHOT_FILE_NAMES.find((file) => uri.endsWith(`/${file}`));
    expect(DOCUMENT, `${name}: npm run docs`).toContain(`| \`${ending === undefined ? uri : `…/${ending}`}\` |`);
  });
});
